"""What is said in /settings."""

from collections.abc import Sequence

from bot.phrases.words import Words


class ChoiceWords(Words):
    """Around settings and what can be chosen."""

    @property
    def settings_here(self) -> str:
        """The heading of a group's settings."""
        return self._("Settings of this group")

    @property
    def settings_yours(self) -> str:
        """The heading of a person's settings."""
        return self._("Your settings")

    @property
    def settings_done(self) -> str:
        """What stands under the settings once they are closed."""
        return self._("All saved. To change something, send /settings again.")

    @property
    def back(self) -> str:
        """A button: to the page before."""
        return self._("‹ Back")

    @property
    def done(self) -> str:
        """A button: the settings are as wanted."""
        return self._("Done")

    @property
    def language(self) -> str:
        """A setting: what the bot speaks."""
        return self._("Language")

    @property
    def mode(self) -> str:
        """A setting: which messages are answered."""
        return self._("Answers")

    @property
    def sources(self) -> str:
        """A setting: whose articles are quoted."""
        return self._("Sources")

    @property
    def passages(self) -> str:
        """A setting: how many quotes an answer has."""
        return self._("Length")

    @property
    def quiet(self) -> str:
        """A setting: when alerts make no sound."""
        return self._("Quiet hours")

    @property
    def zone(self) -> str:
        """A setting: by which clock."""
        return self._("Time zone")

    @property
    def watchers(self) -> str:
        """A setting: who may have the group watch a question."""
        return self._("Watches")

    @property
    def language_asked(self) -> str:
        """Above the choice of a language."""
        return self._("Which language shall I speak here? Quotes stay as they were published.")

    @property
    def each_persons_language(self) -> str:
        """No language was chosen for the chat."""
        return self._("Each person's own")

    @property
    def my_apps_language(self) -> str:
        """A person chose no language."""
        return self._("That of your Telegram")

    @property
    def mode_asked(self) -> str:
        """Above the choice of what is answered."""
        return self._(
            "When shall I answer? Every question means: whenever a message ends with a question "
            "mark and I have a quote that answers it; otherwise I keep quiet."
        )

    @property
    def mode_of_topic(self) -> str:
        """The choice holds for the topic alone."""
        return self._("This choice holds for this topic; the others keep theirs.")

    @property
    def mode_is_deaf(self) -> str:
        """Every question is to be answered, but Telegram does not show them to the bot."""
        return self._(
            "⚠ Telegram does not show me the questions here. Make me an admin of this group, or "
            "have my owner turn off my group privacy at @BotFather and add me again."
        )

    @property
    def when_asked(self) -> str:
        """The bot answers who speaks to it."""
        return self._("When I am asked")

    @property
    def every_question(self) -> str:
        """The bot answers every question in the group."""
        return self._("Every question")

    @property
    def sources_asked(self) -> str:
        """Above the choice of publishers."""
        return self._("Whose articles may I quote here? Choose one or more, or all.")

    @property
    def all_sources(self) -> str:
        """No publisher was chosen, so that all are quoted."""
        return self._("All")

    def some_sources(self, names: Sequence[str], more: int) -> str:
        """The publishers chosen: some by name, and how many more."""
        if not more:
            return ", ".join(names)
        return self._n(
            "{names} and {number} more", "{names} and {number} more", more, names=", ".join(names)
        )

    @property
    def too_many_sources(self) -> str:
        """No further publisher can be chosen."""
        return self._("That is as many as can be chosen. Take one away first, or choose all.")

    @property
    def no_sources(self) -> str:
        """There is nothing to choose from yet."""
        return self._("There are no articles yet, and so no publishers to choose from.")

    @property
    def passages_asked(self) -> str:
        """Above the choice of a number."""
        return self._("How many passages shall an answer quote at first? More are a press away.")

    def up_to(self, passages: int) -> str:
        """The most passages of an answer."""
        return self._n("One passage", "Up to {number} passages", passages)

    def quiet_asked(self, zone: str) -> str:
        """Above the choice of hours."""
        return self._(
            "When shall my alerts make no sound? The hours are those of {zone}. For others write, "
            "for example, <code>/settings quiet 21-6</code>.",
            zone=zone,
        )

    @property
    def never_quiet(self) -> str:
        """There are no quiet hours."""
        return self._("None")

    def quiet_from(self, first: int, last: int) -> str:
        """The quiet hours."""
        return self._("{first} to {last}", first=f"{first:02}:00", last=f"{last:02}:00")

    @property
    def quiet_not_understood(self) -> str:
        """What was typed are no hours."""
        return self._(
            "Write the first and the last hour, from 0 to 23: "
            "<code>/settings quiet 22-7</code>, or <code>/settings quiet off</code>."
        )

    @property
    def zone_asked(self) -> str:
        """Above the choice of a zone."""
        return self._(
            "By which clock? It tells what “yesterday” and the quiet hours mean. For any other "
            "write, for example, <code>/settings zone Europe/Lisbon</code>."
        )

    def zone_now(self, zone: str, clock: str) -> str:
        """A zone and what time it is there."""
        return self._("{zone}, now {clock}", zone=zone, clock=clock)

    def zone_unknown(self, written: str, near: Sequence[str]) -> str:
        """What was typed is no time zone; some are spelt nearly so."""
        if not near:
            return self._(
                "I know no time zone “{written}”. Name a continent and a big city: "
                "<code>/settings zone Europe/Lisbon</code>.",
                written=written,
            )
        return self._(
            "I know no time zone “{written}”. Did you mean {names}?",
            written=written,
            names=self.listed((f"<code>{name}</code>" for name in near), either=True),
        )

    @property
    def watchers_asked(self) -> str:
        """Above the choice of who may watch."""
        return self._("Who may have me watch a question here with /watch?")

    @property
    def everyone(self) -> str:
        """Everybody in the group."""
        return self._("Everyone")

    @property
    def admins_only(self) -> str:
        """The admins of the group alone."""
        return self._("Admins only")

    def setting(self, name: str, value: str) -> str:
        """A setting and its value, as one line."""
        return self._("{name}: <b>{value}</b>", name=name, value=value)

    def chosen(self, label: str) -> str:
        """The label of a button whose choice holds."""
        return self._("✓ {label}", label=label)

    @property
    def settings_how(self) -> str:
        """What can be typed after /settings."""
        return self._(
            "Send /settings alone to see what can be set. With words I understand "
            "<code>/settings zone Europe/Lisbon</code> and <code>/settings quiet 22-7</code>."
        )
