"""What is said about looking things up: /search, /latest, /sources, /article, /about, inline."""

from collections.abc import Sequence

from bot.phrases.words import Words


class LookupWords(Words):
    """Around lists, whole articles, and what the collection holds. Names come in escaped."""

    @property
    def search_how(self) -> str:
        """The hint for a search without words."""
        return self._(
            "Put the words after the command: <code>/search harbour fire</code>. "
            "I show the passages that hold them."
        )

    def searched_for(self, words: str, number: int) -> str:
        """Above the passages that hold the words."""
        return self._n(
            "<b>{words}</b>: {number} passage",
            "<b>{words}</b>: {number} passages",
            number,
            words=words,
        )

    @property
    def some_of_them(self) -> str:
        """Above passages that hold some of the words, where none holds all."""
        return self._("No passage holds all of these words; these hold some of them.")

    def nothing_holds(self, words: str, articles: int) -> str:
        """No passage holds the words."""
        return self._n(
            "I found nothing for <b>{words}</b>. I searched {number} article.",
            "I found nothing for <b>{words}</b>. I searched {number} articles.",
            articles,
            words=words,
        )

    def nothing_holds_within(self, words: str, names: Sequence[str]) -> str:
        """No passage holds the words in the sources to which the chat keeps."""
        return self._(
            "I found nothing for <b>{words}</b>. I searched the articles of {names}.",
            words=words,
            names=self.listed(names),
        )

    @property
    def empty(self) -> str:
        """The collection holds nothing."""
        return self._("I have no articles yet.")

    @property
    def newest(self) -> str:
        """Above the newest articles."""
        return self._("<b>The newest articles</b>")

    def newest_of(self, names: Sequence[str]) -> str:
        """Above the newest articles of some sources."""
        return self._("<b>The newest articles of {names}</b>", names=self.listed(names))

    def no_articles_of(self, names: Sequence[str]) -> str:
        """There is nothing of the sources to which the chat keeps."""
        return self._("I have no articles of {names}.", names=self.listed(names))

    def no_such_source(self, name: str, near: Sequence[str]) -> str:
        """A source that there is not, and those whose names are the nearest."""
        if not near:
            return self._("I have no source called “{name}”. See /sources.", name=name)
        return self._(
            "I have no source called “{name}”. Did you mean {names}? See /sources.",
            name=name,
            names=self.listed(near, either=True),
        )

    @property
    def no_publishers(self) -> str:
        """The reply to /sources where no article names its publisher."""
        return self._("None of my articles names its publisher. See /latest for what there is.")

    def publishers(self, number: int) -> str:
        """Above the list of publishers."""
        return self._n("<b>{number} source</b>", "<b>{number} sources</b>", number)

    def publisher(self, name: str, articles: int, earliest: str, latest: str) -> str:
        """A publisher with the number of its articles, and the days of the first and the last."""
        first, last = self.day(earliest), self.day(latest)
        if first and last and first != last:
            return self._n(
                "{name}: {number} article, {first} to {last}",
                "{name}: {number} articles, {first} to {last}",
                articles,
                name=name,
                first=first,
                last=last,
            )
        if day := first or last:
            return self._n(
                "{name}: {number} article, {day}",
                "{name}: {number} articles, {day}",
                articles,
                name=name,
                day=day,
            )
        return self._n(
            "{name}: {number} article", "{name}: {number} articles", articles, name=name
        )

    @property
    def article_how(self) -> str:
        """The hint for /article without words."""
        return self._(
            "Put words of its title after the command: <code>/article otters sleep</code>. "
            "Or choose one from /latest."
        )

    def no_such_article(self, words: str) -> str:
        """No article has the words in its title."""
        return self._(
            "I have no article with <b>{words}</b> in its title. Try /search.", words=words
        )

    @property
    def article_gone(self) -> str:
        """The article is not in the collection any more."""
        return self._("This article has left the collection.")

    @property
    def back(self) -> str:
        """The button that leads from an article back to the list."""
        return self._("‹ Back to the list")

    @property
    def read_there(self) -> str:
        """The button that opens the publisher's page."""
        return self._("Open the page")

    @property
    def read_here(self) -> str:
        """The button that opens an article in the private chat with the bot."""
        return self._("Read the article here")

    def page_of(self, page: int, pages: int) -> str:
        """Which page is shown, on a button."""
        return self._("{page}/{pages}", page=self.number(page), pages=self.number(pages))

    def about(self, articles: int, publishers: int, earliest: str, latest: str) -> str:
        """What the bot is, what it has read, how to ask, and that no model writes anything."""
        return "\n\n".join(
            (
                self._(
                    "I answer questions with quotes from news articles: word for word, each with "
                    "its title, publisher, date and link."
                ),
                self.have_read(articles, publishers, earliest, latest),
                self._(
                    "No language model writes anything here. What I say is quoted, or one of a "
                    "few fixed sentences; if the articles do not answer, I say so."
                ),
                self._(
                    "Ask in private, or in a group with <code>/ask who was hurt?</code>. Look "
                    "around with /search, /latest and /sources; more in /help."
                ),
            )
        )

    def have_read(self, articles: int, publishers: int, earliest: str, latest: str) -> str:
        """How much there is in the collection, and of when."""
        if not articles:
            return self.empty
        said = [
            self._n("I have read {number} article.", "I have read {number} articles.", articles)
        ]
        if publishers:
            said.append(
                self._n(
                    "There is {number} publisher.", "There are {number} publishers.", publishers
                )
            )
        first, last = self.day(earliest), self.day(latest)
        if first and last and first != last:
            said.append(
                self._("The oldest is of {first}, the newest of {last}.", first=first, last=last)
            )
        elif day := first or last:
            said.append(self._("Published: {dates}", dates=day))
        return " ".join(said)

    def stats(  # noqa: PLR0913 - the lines of one small table
        self,
        *,
        articles: int,
        passages: int,
        publishers: int,
        dates: str,
        generation: int,
        published: str,
        model: str,
    ) -> str:
        """The collection in figures, a line each."""
        lines = [
            self._("<b>The collection</b>"),
            self._("Articles: {number}", number=self.number(articles)),
            self._("Passages: {number}", number=self.number(passages)),
            self._("Publishers: {number}", number=self.number(publishers)),
        ]
        if dates:
            lines.append(self._("Published: {dates}", dates=dates))
        lines.append(
            self._(
                "Edition: {number}, of {moment}",
                number=self.number(generation),
                moment=published,
            )
            if published
            else self._("Edition: {number}", number=self.number(generation))
        )
        lines.append(self._("Model: {name}", name=model))
        return "\n".join(lines)

    def from_to(self, earliest: str, latest: str) -> str:
        """The days that the collection covers; "" where they are unknown."""
        first, last = self.day(earliest), self.day(latest)
        if first and last and first != last:
            return self._("{first} to {last}", first=first, last=last)
        return first or last

    def moment(self, day: str, time: str, zone: str) -> str:
        """A day with a time of day, and in which zone it is told."""
        return self._("{day}, {time} ({zone})", day=day, time=time, zone=zone)

    @property
    def type_more(self) -> str:
        """The button above no results yet, as too little was typed."""
        return self._("Type a question to get quotes")

    @property
    def nothing_inline(self) -> str:
        """The button above no results: nothing answers."""
        return self._("Nothing found. Ask me in private")

    @property
    def trouble_inline(self) -> str:
        """The button above no results: the question could not be looked up."""
        return self._("Not now. Ask me in private")

    @property
    def guest_how(self) -> str:
        """The hint where the bot was called in, and not asked a question."""
        return self._(
            "Put your question after my name, and I answer with quotes from news articles."
        )

    @property
    def answer_title(self) -> str:
        """The title of an answer where Telegram wants one; people may not see it."""
        return self._("Answer")
