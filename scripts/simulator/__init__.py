"""A Telegram of our own: a Bot API on loopback, and people who use it."""
