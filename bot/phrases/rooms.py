"""What is said about how to use the bot: /start, /help, joining a group, /settings."""

from bot.phrases.words import Words


class RoomWords(Words):
    """Around chats and how the bot is used in them."""

    @property
    def start(self) -> str:
        """What the bot does."""
        return self._(
            "Ask me a question and I answer with quotes from a collection of news articles: word "
            "for word, each with its title, publisher, date and link. I write nothing of my own."
            "\n\nJust type your question here. In a group, use /ask. More in /help."
        )

    @property
    def help(self) -> str:
        """How to ask."""
        return self._(
            "<b>In private</b>, type your question.\n"
            "<b>In a group</b>, write <code>/ask your question</code>, or reply to one of my "
            "messages. Mentioning me works too, where the group lets me read its messages.\n\n"
            "I quote at most three passages; the sentence that answers best is bold. Names, "
            "places and dates in the question help me most. If the articles do not answer it, I "
            "say so."
        )

    @property
    def unknown_command(self) -> str:
        """A command that there is not."""
        return self._("I do not know that command. Type your question, or see /help.")

    @property
    def not_allowed(self) -> str:
        """A command or button that is for admins."""
        return self._("That is for admins only.")

    @property
    def button_too_old(self) -> str:
        """A button of a message that has changed since, or that is not remembered any more."""
        return self._("This message has changed, or is too old for its buttons.")

    def command(self, name: str) -> str:
        """What a command does, in the few words that Telegram's menu has room for."""
        told = {
            "ask": self._("Ask a question and get quotes from the articles"),
            "search": self._("Find passages that hold these words"),
            "latest": self._("The newest articles, of one source if you name it"),
            "sources": self._("Whose articles there are, and of when"),
            "article": self._("Read an article, by its address"),
            "watch": self._("Be told when new articles answer a question"),
            "watches": self._("What this chat watches"),
            "unwatch": self._("Stop a watch"),
            "about": self._("What this bot is and what it has read"),
            "stats": self._("The collection in figures"),
            "help": self._("How to ask, in private and in groups"),
            "start": self._("What this bot does"),
            "settings": self._("Language, answers, sources, quiet hours: for admins"),
            "reindex": self._("Read the sources again"),
            "status": self._("How the bot is doing"),
            "unanswered": self._("Questions that got no answer"),
            "addsource": self._("Add a feed or page to the sources"),
        }
        return told[name]
