"""What is said about standing questions, alerts and corrections."""

from bot.phrases.words import Words


class WatchWords(Words):
    """What is said about standing questions, alerts and corrections."""
