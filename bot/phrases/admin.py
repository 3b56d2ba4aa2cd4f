"""What is said to the bot's admins."""

from bot.phrases.words import Words


class AdminWords(Words):
    """What is said to the bot's admins."""
