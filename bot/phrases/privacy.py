"""What is said about what the bot keeps: /privacy and /forget."""

from bot.phrases.words import Words


class PrivacyWords(Words):
    """What is kept, of whom, for how long, and that it is forgotten."""

    @property
    def of_you(self) -> str:
        """Above what is kept about a person."""
        return self._("<b>What I keep about you</b>")

    @property
    def of_group(self) -> str:
        """Above what is kept of a group."""
        return self._("<b>What I keep of this group</b>")

    @property
    def yours_here(self) -> str:
        """Above the part of that which is one person's."""
        return self._("<b>Of that, yours</b>")

    @property
    def nothing(self) -> str:
        """Nothing is kept."""
        return self._("Nothing.")

    def days(self, number: int) -> str:
        """For how long."""
        return self._n("{number} day", "{number} days", number)

    def answers(self, number: int, days: int) -> str:
        """Messages of the bot that are remembered."""
        return self._n(
            "{number} message of mine with the question behind it, for follow-ups and buttons: "
            "{days}",
            "{number} messages of mine with the questions behind them, for follow-ups and "
            "buttons: {days}",
            number,
            days=self.days(days),
        )

    def watches(self, number: int) -> str:
        """Standing questions."""
        return self._n(
            "{number} watched question: until it is stopped",
            "{number} watched questions: until they are stopped",
            number,
        )

    def votes(self, number: int, days: int) -> str:
        """Votes on answers."""
        return self._n(
            "{number} 👍 or 👎, with the question: {days}",
            "{number} 👍 or 👎, with the questions: {days}",
            number,
            days=self.days(days),
        )

    def settings(self, number: int) -> str:
        """What was set."""
        return self._n(
            "{number} setting: until it is changed",
            "{number} settings: until they are changed",
            number,
        )

    def messages(self, number: int) -> str:
        """Updates that are not answered yet, or could not be read."""
        return self._n(
            "{number} message not answered yet: until it is, a day at most",
            "{number} messages not answered yet: until they are, a day at most",
            number,
        )

    def besides(self, days: int) -> str:
        """What holds for everybody."""
        return self._(
            "Your messages are erased once I have answered them. Questions without an answer are "
            "counted for {days}, without who asked them or where. My log holds no words of yours.",
            days=self.days(days),
        )

    @property
    def how_to_forget(self) -> str:
        """How to have it deleted."""
        return self._("/forget deletes it.")

    @property
    def surely(self) -> str:
        """The question above the buttons of /forget."""
        return self._("Shall I forget it? That cannot be undone.")

    @property
    def watches_end(self) -> str:
        """A warning of what ends with it."""
        return self._("Watches end with it, and buttons under what I said before no longer work.")

    @property
    def mine(self) -> str:
        """On the button that deletes what is one's own."""
        return self._("Forget what is mine")

    @property
    def all_of_group(self) -> str:
        """On the button that deletes what is kept of a group."""
        return self._("Forget all of this group")

    @property
    def keep(self) -> str:
        """On the button that deletes nothing."""
        return self._("Keep it")

    @property
    def not_yours(self) -> str:
        """The notice for whoever else presses."""
        return self._("Only who sent /forget may press that.")

    @property
    def nothing_to_forget(self) -> str:
        """In reply to /forget where nothing is kept."""
        return self._("There is nothing that I could forget.")

    @property
    def forgotten(self) -> str:
        """All that was kept about a person is gone."""
        return self._("Forgotten. I keep nothing about you any more.")

    @property
    def forgotten_here(self) -> str:
        """All that was kept about a person in one group is gone."""
        return self._(
            "Forgotten. I keep nothing of yours from this group any more. For everything, send "
            "/forget in our private chat."
        )

    @property
    def forgotten_group(self) -> str:
        """All that was kept of a group is gone."""
        return self._("Forgotten. I keep nothing of this group any more.")

    @property
    def kept_on(self) -> str:
        """The question was answered with no."""
        return self._("Nothing was forgotten.")
