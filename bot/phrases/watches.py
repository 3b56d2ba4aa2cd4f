"""What is said about standing questions, alerts and corrections."""

from bot.phrases.words import Words


class WatchWords(Words):
    """What is said about standing questions, alerts and corrections.

    Questions, quotes and new texts come in as HTML.
    """

    @property
    def how_to_watch(self) -> str:
        """The hint for /watch without a question."""
        return self._(
            "Put a question after the command, and I tell you when new articles answer it: "
            "<code>/watch what happened in the harbour?</code>\n"
            "With <code>/watch daily</code> and a question I do so once a day. "
            "What is watched here: /watches"
        )

    @property
    def nothing_to_watch(self) -> str:
        """The question has nothing in it that could be looked for."""
        return self._(
            "I cannot watch that: there is nothing in it to look for. Name a person, a place, or "
            "what may happen."
        )

    def too_long(self, most: int) -> str:
        """The question is too long."""
        return self._(
            "I cannot watch that: it is longer than {most} characters.", most=self.number(most)
        )

    def too_many(self, most: int) -> str:
        """There is no room for another watch."""
        return self._(
            "I watch as much as I can, here at most {most} questions. Stop one first: /watches",
            most=self.number(most),
        )

    @property
    def admins_watch(self) -> str:
        """Only admins may set up a watch in this group."""
        return self._("In this group only admins may have me watch a question.")

    def watching(self, question: str) -> str:
        """The confirmation's first line."""
        return self._("👁 I watch: <b>{question}</b>", question=question)

    @property
    def told_at_once(self) -> str:
        """How often: at once, in a chat without quiet hours."""
        return self._("As soon as new articles answer it, I quote them here.")

    def told_quietly(self, first: str, last: str) -> str:
        """How often: at once, in a chat with quiet hours."""
        return self._(
            "As soon as new articles answer it, I quote them here; from {first} to {last} "
            "without a sound.",
            first=first,
            last=last,
        )

    def told_daily(self, hour: str) -> str:
        """How often: once a day."""
        return self._(
            "Once a day, at {hour}, I quote here what new articles answer it.", hour=hour
        )

    def until_stopped(self, number: int) -> str:
        """Until when, and how to stop it."""
        return self._(
            "That goes on until you press Stop or send <code>/unwatch {number}</code>.",
            number=number,
        )

    def known_already(self, passages: int) -> str:
        """What the collection has on it."""
        if not passages:
            return self._("So far no article answers it.")
        return self._n(
            "So far {number} passage answers it; ask me to read it.",
            "So far {number} passages answer it; ask me to read them.",
            passages,
        )

    def stopped(self, question: str) -> str:
        """A watch has been ended."""
        return self._("I no longer watch: <b>{question}</b>", question=question)

    @property
    def alert_stopped(self) -> str:
        """Below an alert whose watch has been ended."""
        return self._("I no longer watch this.")

    @property
    def stopped_before(self) -> str:
        """The notice where a watch was ended before."""
        return self._("This watch was stopped before.")

    @property
    def not_yours(self) -> str:
        """Somebody else's watch."""
        return self._("Only who set it up, or an admin, can change this watch.")

    @property
    def nothing_watched(self) -> str:
        """There is no watch in this chat."""
        return self._("I watch nothing here. To begin: <code>/watch your question</code>")

    def watches(self, number: int) -> str:
        """The heading of the list of watches."""
        return self._n(
            "I watch {number} question here:", "I watch {number} questions here:", number
        )

    def since(self, question: str, day: str) -> str:
        """A watch in the list, told at once."""
        return self._("{question} <i>(since {day})</i>", question=question, day=day)

    def daily_since(self, question: str, day: str) -> str:
        """A watch in the list, told once a day."""
        return self._("{question} <i>(daily, since {day})</i>", question=question, day=day)

    @property
    def which_to_stop(self) -> str:
        """Below the list, where it is not clear which watch is meant."""
        return self._(
            "Press a button to stop one, or send <code>/unwatch</code> with its number or words."
        )

    def no_such_watch(self, sought: str) -> str:
        """No watch has that number or those words."""
        return self._("I watch nothing like “{sought}” here.", sought=sought)

    @property
    def stop(self) -> str:
        """The button that ends a watch."""
        return self._("Stop")

    def stop_number(self, number: int) -> str:
        """The button that ends one of several watches."""
        return self._("Stop {number}", number=self.number(number))

    def stop_one(self, question: str) -> str:
        """The button that ends one of the watches of which a digest tells."""
        return self._("Stop: {question}", question=question)

    @property
    def daily(self) -> str:
        """The button that has a watch told once a day."""
        return self._("Once a day")

    @property
    def at_once(self) -> str:
        """The button that has a watch told at once."""
        return self._("At once")

    def alert(self, question: str) -> str:
        """The heading of an alert."""
        return self._("🔔 New: <b>{question}</b>", question=question)

    def alerts(self, watches: int) -> str:
        """The heading of a digest of several watches."""
        return self._n(
            "🔔 New on {number} watched question", "🔔 New on {number} watched questions", watches
        )

    def further(self, passages: int) -> str:
        """How many more passages are new than there is room for."""
        return self._n(
            "{number} more new passage answers this; ask me to read it.",
            "{number} more new passages answer this; ask me to read them.",
            passages,
        )

    def changed(self, quote: str, day: str) -> str:
        """A quoted passage reads otherwise now; the new text follows as a quote of its own."""
        return self._(
            "⚠️ <b>Changed by the publisher</b>, seen on {day}. What is quoted below as “{quote}” "
            "now reads:",
            quote=quote,
            day=day,
        )

    def withdrawn(self, quote: str, day: str) -> str:
        """A quoted passage is not in the collection any more."""
        return self._(
            "⚠️ <b>Withdrawn</b>: “{quote}”, quoted below, left the collection on {day}. I no "
            "longer vouch for it.",
            quote=quote,
            day=day,
        )

    def changed_above(self, quote: str, day: str) -> str:
        """As `changed`, in a reply to the message with the quote."""
        return self._(
            "⚠️ <b>Changed by the publisher</b>, seen on {day}. What I quoted as “{quote}” now "
            "reads:",
            quote=quote,
            day=day,
        )

    def withdrawn_above(self, quote: str, day: str) -> str:
        """As `withdrawn`, in a reply to the message with the quote."""
        return self._(
            "⚠️ <b>Withdrawn</b>: “{quote}”, which I quoted, left the collection on {day}. I no "
            "longer vouch for it.",
            quote=quote,
            day=day,
        )
