"""What is said to a question: with the quotes, or in their place."""

from collections.abc import Sequence

from bot.phrases.words import Words


class AnswerWords(Words):
    """Around answers."""

    @property
    def how_to_ask(self) -> str:
        """The hint for a command, or a mention, without a question."""
        return self._(
            "Put your question after the command: <code>/ask who was hurt near the harbour?</code>"
        )

    @property
    def busy(self) -> str:
        """There is no room for another question."""
        return self._("Too many questions are waiting just now. Please ask again in a minute.")

    @property
    def enough(self) -> str:
        """Somebody has so many questions waiting that others come first."""
        return self._(
            "I am still at work on your earlier questions. Please ask again once they are "
            "answered."
        )

    @property
    def took_too_long(self) -> str:
        """The patience ended before the answer came."""
        return self._("That took too long, so I stopped looking. Please try again in a minute.")

    @property
    def warming_up(self) -> str:
        """What stands where the answer will, while what finds it is loaded after a start."""
        return self._("I have just been started and am warming up. Your answer will appear here.")

    @property
    def source_unknown(self) -> str:
        """In place of a credit of which nothing is known."""
        return self._("Source unknown")

    def page(self, number: int) -> str:
        """Behind the source of a printed file: the page on which the quote begins."""
        return self._("p. {number}", number=number)

    def failed(self, reference: str) -> str:
        """The apology for a fault of ours, with the id under which the log tells more."""
        return self._(
            "Something went wrong on my side (reference {reference}). Please try again.",
            reference=reference,
        )

    def nothing_found(self, articles: int, publishers: int, earliest: str, latest: str) -> str:
        """The reply when no article answers, saying what was looked through; dates are ISO."""
        if not articles:
            return self._("I have no articles to search yet, so I cannot answer.")
        nothing = self._("I found nothing that answers this.")
        looked = self._looked_through(articles, publishers)
        return f"{nothing} {looked}{self._covering(earliest, latest)}"

    def _looked_through(self, articles: int, publishers: int) -> str:
        if not publishers:
            return self._n("I searched {number} article", "I searched {number} articles", articles)
        return self._(
            "{searched} from {publishers}",
            searched=self._n(
                "I searched {number} article", "I searched {number} articles", articles
            ),
            publishers=self._n("{number} publisher", "{number} publishers", publishers),
        )

    def _covering(self, earliest: str, latest: str) -> str:
        first, last = self.day(earliest), self.day(latest)
        if first and last and first != last:
            when = self.between(first, last)
        elif moment := first or last:
            exact = (earliest or latest).count("-") == 2
            when = self.on(moment) if exact else self.within(moment)
        else:
            return "."
        return self._(", published {when}.", when=when)

    def searched(self, question: str, limits: Sequence[str]) -> str:
        """What was really searched, where it is not just what was asked."""
        what = " · ".join(part for part in (question, *limits) if part)
        return self._("Searched: {what}", what=what)

    def no_such_source(self, names: Sequence[str]) -> str:
        """The reply when only sources were asked for that there are none of."""
        quoted = self.listed((f"“{name}”" for name in names), either=True)
        return self._("I have no articles of {names}, so I searched nothing.", names=quoted)

    @property
    def no_more(self) -> str:
        """Every passage that answers was given."""
        return self._("There is no more to that.")

    @property
    def nothing_within(self) -> str:
        """The limits leave nothing that answers."""
        return self._("I found nothing within these limits that answers this.")

    @property
    def nothing_to_look_for(self) -> str:
        """Limits alone are no question."""
        return self._("Tell me also what to look for: a name, a place, or what happened.")

    @property
    def same_article(self) -> str:
        """Only the article quoted before was searched."""
        return self._("in the same article")

    def only_from(self, names: Sequence[str]) -> str:
        """Only these publishers were searched."""
        return self._("only {names}", names=", ".join(names))

    def with_phrase(self, phrase: str) -> str:
        """Only what holds the phrase was searched."""
        return self._("with “{phrase}”", phrase=phrase)

    def not_together(self, phrase: str) -> str:
        """Nothing to the point has a phrase word for word, so it was searched without."""
        return self._("“{phrase}” not word for word", phrase=phrase)

    def not_understood(self, limit: str) -> str:
        """Something looks like a limit but was not understood, and so not kept to."""
        return self._("“{limit}” not understood as a limit", limit=limit)

    def without(self, words: str) -> str:
        """What holds the words was left out."""
        return self._("without “{words}”", words=words)

    def published(self, when: str) -> str:
        """Only what was published then was searched."""
        return self._("published {when}", when=when)

    def on(self, day: str) -> str:
        """On a day, as spoken."""
        return self._("on {day}", day=day)

    def within(self, period: str) -> str:
        """In a month or year, as spoken."""
        return self._("in {period}", period=period)

    def since(self, day: str) -> str:
        """From a day on."""
        return self._("since {day}", day=day)

    def until(self, day: str) -> str:
        """Up to a day."""
        return self._("until {day}", day=day)

    def between(self, first: str, last: str) -> str:
        """From one day to another."""
        return self._("from {first} to {last}", first=first, last=last)

    def changed_on(self, day: str) -> str:
        """The line under the credit of an article that has changed since it came in."""
        return self._("Changed by the publisher, seen on {day}", day=day)

    def also_carried_by(self, names: str, more: int) -> str:
        """The line under a quote that other publishers carry too."""
        if not more:
            return self._("Also carried by {names}", names=names)
        return self._n(
            "Also carried by {names} and {number} more",
            "Also carried by {names} and {number} more",
            more,
            names=names,
        )

    @property
    def more(self) -> str:
        """The button for the next passages."""
        return self._("More")

    @property
    def context(self) -> str:
        """The button for the paragraphs before and after a quote."""
        return self._("Context")

    @property
    def source(self) -> str:
        """The button for the whole article."""
        return self._("Article")

    @property
    def why(self) -> str:
        """The button for what a quote was chosen by."""
        return self._("Why?")

    @property
    def back(self) -> str:
        """The button that leads back to the answer."""
        return self._("‹ Answer")

    @property
    def previous(self) -> str:
        """The button for the passages before."""
        return self._("‹ Before")

    @property
    def copy(self) -> str:
        """The button that copies the best sentence with its source."""
        return self._("Copy")

    @property
    def thanks(self) -> str:
        """The notice after a vote."""
        return self._("Thank you.")

    @property
    def what_was_wrong(self) -> str:
        """The notice after a vote against an answer, above buttons with reasons."""
        return self._("Thank you. What was wrong with it?")

    def reason(self, reason: str) -> str:
        """A reason why an answer did not help, on a button."""
        told = {
            "off": self._("Not what I asked"),
            "wrong": self._("Not true"),
            "old": self._("Out of date"),
            "incomplete": self._("Something is missing"),
        }
        return told[reason]

    @property
    def gone(self) -> str:
        """In place of a passage that is not in the collection any more."""
        return self._("This passage has left the collection since.")

    @property
    def all_gone(self) -> str:
        """The notice where every passage of a page has left the collection."""
        return self._("These passages have left the collection since.")

    def passage_of(self, number: int, count: int) -> str:
        """Which of several passages is shown."""
        return self._(
            "Passage {number} of {count}", number=self.number(number), count=self.number(count)
        )

    def in_passage(self, found: str) -> str:
        """Words of the question that stand in the passage, in HTML."""
        return self._("In the passage: {words}", words=found)

    def in_article(self, found: str) -> str:
        """Words of the question that stand in the title or opening of the article."""
        return self._("In the title or opening of its article: {words}", words=found)

    def nowhere(self, missing: str) -> str:
        """Words of the question that stand in neither."""
        return self._("Not found: {words}", words=missing)

    def told_as(self, asked: str, told: str) -> str:
        """A word of the question that stands there in other letters or words."""
        return self._("{asked} (as “{told}”)", asked=asked, told=told)

    @property
    def near_in_meaning(self) -> str:
        """The words do not stand in the passage, but it means what was asked."""
        return self._("It was chosen because it is close in meaning.")

    def evidence(self, share: int, enough: int) -> str:
        """How much speaks for the passage, in percent, and from where on it is quoted."""
        return self._(
            "Evidence: {share} of 100. I quote from {enough} on.",
            share=self.number(share),
            enough=self.number(enough),
        )
