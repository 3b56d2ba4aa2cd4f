"""What is said about looking things up: /search, /latest, /sources, /article, /about."""

from bot.phrases.words import Words


class LookupWords(Words):
    """What is said about looking things up: /search, /latest, /sources, /article, /about."""
