"""What is said about how to use the bot: /start, /help, joining a group, /settings."""

from bot.phrases.choices import ChoiceWords


class RoomWords(ChoiceWords):
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
        """How to ask, and what else there is."""
        asking = self._(
            "<b>In private</b>, type your question.\n"
            "<b>In a group</b>, write <code>/ask your question</code>, or reply to one of my "
            "messages. Mentioning me works too, where the group lets me read its messages.\n\n"
            "I quote at most three passages; the sentence that answers best is bold. Names, "
            "places and dates in the question help me most. If the articles do not answer it, I "
            "say so."
        )
        more = self._(
            "<b>Also</b>: /watch and a question, and I tell you when new articles answer it; "
            "/search and words finds passages that hold them; /latest and /sources show what "
            "there is to quote. Language, sources and quiet hours are chosen in /settings, in a "
            "group by its admins."
        )
        return f"{asking}\n\n{more}"

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

    @property
    def not_served(self) -> str:
        """The bot was put where its owner does not want it, or is spoken to there."""
        return self._("My owner has me work in certain chats only, and this is none of them.")

    def joined(self, bot: str) -> str:
        """The first words in a group: what the bot does there and how to ask."""
        return self._(
            "Hello! I answer questions with word-for-word quotes from news articles, each with "
            "its source.\n\n<code>/ask@{bot} who was hurt near the harbour?</code>\n\nA reply to "
            "one of my messages is a question too.",
            bot=bot,
        )

    def hears_mentions(self, bot: str) -> str:
        """Every message of the group reaches the bot, which keeps quiet until it is asked."""
        return self._("Mentioning me, @{bot}, works as well. Otherwise I keep quiet.", bot=bot)

    @property
    def hears_commands_only(self) -> str:
        """Telegram's privacy mode keeps all but commands and replies from the bot."""
        return self._(
            "Telegram shows me nothing else that is written here, so mentioning me does not "
            "work unless you make me an admin."
        )

    @property
    def help_tells_more(self) -> str:
        """Where all else is told."""
        return self._("What else I can do, such as watching for news, is in /help.")

    @property
    def admins_can_set(self) -> str:
        """Where admins find the settings."""
        return self._("Admins choose language, sources and more in /settings.")

    @property
    def description(self) -> str:
        """What the empty private chat shows, in plain text of at most 512 characters."""
        return self._(
            "Ask me a question, and I answer with quotes from a collection of news articles: word "
            "for word, each with its title, publisher, date and link. I write nothing of my own."
            "\n\nI work in groups too: add me to one and write /ask."
        )

    @property
    def short_description(self) -> str:
        """What my profile says, in plain text of at most 120 characters."""
        return self._(
            "Answers questions by quoting news articles word for word, with their sources."
        )

    def command(self, name: str) -> str:
        """What a command does, in the few words that Telegram's menu has room for."""
        told = {
            "ask": self._("Ask a question and get quotes from the articles"),
            "search": self._("Find passages that hold these words"),
            "latest": self._("The newest articles, of one source if you name it"),
            "sources": self._("Whose articles there are, and of when"),
            "article": self._("Read an article, found by words of its title"),
            "watch": self._("Be told when new articles answer a question"),
            "watches": self._("What this chat watches"),
            "unwatch": self._("Stop a watch"),
            "about": self._("What this bot is and what it has read"),
            "stats": self._("The collection in figures"),
            "privacy": self._("What I keep about you, and for how long"),
            "forget": self._("Have me forget you"),
            "help": self._("How to ask, in private and in groups"),
            "start": self._("What this bot does"),
            "settings": self._("Language, answers, sources, quiet hours: for admins"),
            "reindex": self._("Read the sources again"),
            "status": self._("How the bot is doing"),
            "unanswered": self._("Questions that got no answer"),
            "addsource": self._("Add a feed or page to the sources"),
        }
        return told[name]
