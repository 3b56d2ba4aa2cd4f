"""What is said to the bot's admins."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal

from bot.phrases.words import Words

_MB = 2**20


class AdminWords(Words):
    """What is said to the bot's admins; what comes from outside is escaped before it goes in."""

    @property
    def only_in_private(self) -> str:
        """A command of the bot's admins, given in a group."""
        return self._("That I do only in our private chat.")

    @property
    def cancel(self) -> str:
        """On the button that stops or drops something."""
        return self._("Cancel")

    @property
    def too_late(self) -> str:
        """The notice on a button whose matter is over."""
        return self._("That is over already.")

    # /reindex

    @property
    def reindex_begins(self) -> str:
        """Before the first sign of progress."""
        return self._("<b>Reindexing</b>\nStarting …")

    def reindexing(self, stage: str, done: int, total: int) -> str:
        """How far a reindex is."""
        name = self._stage(stage)
        if total <= 1:
            return self._("<b>Reindexing</b>\n{stage} …", stage=name)
        return self._(
            "<b>Reindexing</b>\n{stage}: {done} of {total}",
            stage=name,
            done=self.number(done),
            total=self.number(total),
        )

    def pace(self, rate: float, left_s: float) -> str:
        """How fast it goes, and how long the stage still takes."""
        return self._(
            "{rate} a second, {left} left",
            rate=self.number(round(rate)) if rate >= 10 else self._decimal(rate),
            left=self.span(left_s),
        )

    def failures(self, number: int) -> str:
        """What could not be read so far."""
        return self._n("{number} failure so far", "{number} failures so far", number)

    @property
    def reindex_stopping(self) -> str:
        """The notice after a press on Cancel."""
        return self._("Stopping at the next safe moment …")

    @property
    def reindex_runs(self) -> str:
        """A second /reindex, in reply to the message that shows the first."""
        return self._("A reindex is running already: this message shows how far it is.")

    @property
    def reindex_runs_elsewhere(self) -> str:
        """A second /reindex, where another admin began the first."""
        return self._("Another admin has begun a reindex, which is still running.")

    def reindexed(self, outcome: Mapping[str, Any]) -> str:
        """The closing figures."""
        return self._(
            "<b>Reindexed</b> in {span}: generation {generation}.\n"
            "Articles: {new} new, {changed} changed, {removed} removed, {unchanged} unchanged.\n"
            "Paragraphs: {embedded} embedded, {paragraphs} in all.",
            span=self.span(outcome["seconds"]),
            generation=self.number(outcome["generation"]),
            **{name: self.number(outcome[name]) for name in _COUNTS},
        )

    def failed_files(self, number: int) -> str:
        """Above the first few files that could not be read."""
        return self._n("{number} file failed:", "{number} files failed:", number)

    @property
    def reindex_cancelled(self) -> str:
        """It was stopped by a button."""
        return self._(
            "<b>Reindexing was cancelled.</b> The articles are as they were; what was done so far "
            "is kept for the next time."
        )

    @property
    def reindex_stopped(self) -> str:
        """It ended with the bot."""
        return self._(
            "<b>Reindexing stopped</b>, since the bot did. The articles are as they were; "
            "/reindex goes on where it was."
        )

    def reindex_locked(self, reason: str) -> str:
        """Another process reindexes this collection."""
        return self._(
            "<b>Another process is reindexing</b>, in a terminal or by itself. Try again when it "
            "is through.\n<code>{reason}</code>",
            reason=reason,
        )

    def reindex_failed(self, reason: str) -> str:
        """It broke down, or was held back."""
        return self._(
            "<b>Reindexing failed.</b> The articles are as they were.\n<code>{reason}</code>",
            reason=reason,
        )

    def _stage(self, stage: str) -> str:
        named = {
            "fetching": self._("Fetching feeds and pages"),
            "reading": self._("Reading files"),
            "loading the model": self._("Loading the model"),
            "embedding": self._("Embedding paragraphs"),
            "calibrating": self._("Calibrating"),
            "asking golden questions": self._("Asking the golden questions"),
            "publishing": self._("Publishing"),
        }
        return named.get(stage) or self._("Working")

    # /status

    def serving(self, generation: int, articles: int, published: str) -> str:
        """What the collection is."""
        return self._(
            "<b>Collection</b>: generation {generation}, {articles} articles, published {when}.",
            generation=self.number(generation),
            articles=self.number(articles),
            when=published,
        )

    def last_reindex(self, when: str, end: str) -> str:
        """When somebody last used /reindex, and how that ended."""
        return self._("<b>Last /reindex</b>: {when}, {end}.", when=when, end=self._end(end))

    @property
    def never_reindexed(self) -> str:
        """Nobody has used /reindex yet."""
        return self._("<b>Last /reindex</b>: none yet.")

    @property
    def is_reindexing(self) -> str:
        """A reindex runs."""
        return self._("<b>A reindex is running.</b>")

    def queues(self, waiting: int, aside: int, looked_up: int) -> str:
        """What waits."""
        return self._(
            "<b>Waiting</b>: {waiting} messages, {looked_up} questions being looked up; "
            "{aside} messages could not be read.",
            waiting=self.number(waiting),
            looked_up=self.number(looked_up),
            aside=self.number(aside),
        )

    def heard(self, ago_s: float) -> str:
        """When Telegram last answered."""
        return self._("<b>Telegram</b> last answered {span} ago.", span=self.span(ago_s))

    @property
    def never_heard(self) -> str:
        """Telegram has not answered yet."""
        return self._("<b>Telegram</b> has not answered yet.")

    @property
    def no_errors(self) -> str:
        """Nothing went wrong."""
        return self._("<b>Errors</b> since the start: none.")

    def errors(self, number: int, kinds: Iterable[str]) -> str:
        """How many errors there were, and in which parts."""
        return self._(
            "<b>Errors</b> since the start: {number} ({kinds}).",
            number=self.number(number),
            kinds=", ".join(kinds),
        )

    def room(self, own: int, collection: int | None, free: int) -> str:
        """What the data takes up, in bytes."""
        if collection is None:
            return self._(
                "<b>Disk</b>: the bot's data {own}, free {free}.",
                own=self.size(own),
                free=self.size(free),
            )
        return self._(
            "<b>Disk</b>: the collection {collection}, the bot's data {own}, free {free}.",
            collection=self.size(collection),
            own=self.size(own),
            free=self.size(free),
        )

    def running(self, up_s: float, versions: str) -> str:
        """Since when, and what."""
        return self._("<b>Up</b> for {span}. {versions}", span=self.span(up_s), versions=versions)

    def _end(self, end: str) -> str:
        named = {
            "done": self._("done"),
            "cancelled": self._("cancelled"),
            "stopped": self._("stopped with the bot"),
            "locked": self._("another process was reindexing"),
        }
        return named.get(end) or self._("failed")

    # /unanswered

    @property
    def all_answered(self) -> str:
        """There is no such question."""
        return self._("No question is known that got no answer.")

    def unanswered(self, number: int) -> str:
        """Above the list."""
        return self._n(
            "<b>{number} question got no answer</b>, asked most often first:",
            "<b>{number} different questions got no answer</b>, asked most often first:",
            number,
        )

    @property
    def make_golden(self) -> str:
        """Below the list: what to do about them."""
        return self._(
            "In a terminal, <code>scripts/run golden --from-bot</code> makes golden questions of "
            "them: each reindex then shows whether they are answered."
        )

    @property
    def clear(self) -> str:
        """On the button that forgets the list."""
        return self._("Clear the list")

    @property
    def clear_surely(self) -> str:
        """On the button that makes sure."""
        return self._("Yes, clear it")

    @property
    def cleared(self) -> str:
        """The list is empty."""
        return self._("The list is cleared.")

    # /addsource, files and links

    @property
    def how_to_add(self) -> str:
        """The hint for /addsource without an address."""
        return self._(
            "Put the address of a feed or page after the command, and a name if you like: "
            "<code>/addsource https://tidewater.example Tidewater Weekly</code>"
        )

    @property
    def files_from_admins(self) -> str:
        """Somebody else sent a file."""
        return self._("Files are only taken from the bot's admins. Ask me a question instead.")

    def too_large(self, most: int) -> str:
        """A file that Telegram does not hand over; the limit is in bytes."""
        return self._(
            "Telegram gives me files of at most {limit}. Put this one into a folder among the "
            "sources, and read it with <code>scripts/run reindex</code>.",
            limit=self.size(most),
        )

    @property
    def looking(self) -> str:
        """While the preview is made."""
        return self._("Having a look …")

    @property
    def not_fetched(self) -> str:
        """Telegram did not hand the file over."""
        return self._("I could not get that file from Telegram. Please send it again.")

    def refused(self, reason: str) -> str:
        """It cannot be added."""
        return self._("That cannot be added:\n<code>{reason}</code>", reason=reason)

    def feed(self, title: str, where: str, articles: int) -> str:
        """A feed that can be added."""
        return self._n(
            "<b>Feed</b>: {title}\n{where}\n{number} article:",
            "<b>Feed</b>: {title}\n{where}\n{number} articles, the newest are:",
            articles,
            title=title,
            where=where,
        )

    def page(self, title: str, where: str) -> str:
        """A page that can be added."""
        return self._("<b>Page</b>: {title}\n{where}", title=title, where=where)

    def document(self, title: str, articles: int, paragraphs: int) -> str:
        """A file that can be added."""
        return self._n(
            "<b>File</b>: {title}\n{articles}, {number} paragraph",
            "<b>File</b>: {title}\n{articles}, {number} paragraphs",
            paragraphs,
            title=title,
            articles=self._n("{number} article", "{number} articles", articles),
        )

    def faults(self, number: int) -> str:
        """Above the first few faults of a file."""
        return self._n("{number} part cannot be read:", "{number} parts cannot be read:", number)

    @property
    def untitled(self) -> str:
        """In place of a title."""
        return self._("without a title")

    @property
    def summaries_only(self) -> str:
        """A feed has no whole articles in it."""
        return self._(
            "The feed has summaries only, it seems; the articles' pages can be read too."
        )

    @property
    def add(self) -> str:
        """On the button that adds what is shown."""
        return self._("Add")

    @property
    def add_with_pages(self) -> str:
        """On the button that adds a feed, and has the pages of its articles read too."""
        return self._("Add, with the articles' pages")

    @property
    def add_page_only(self) -> str:
        """On the button that adds the page that was named, and not the feed found on it."""
        return self._("Add only this page")

    @property
    def not_added(self) -> str:
        """It was cancelled."""
        return self._("Nothing was added.")

    @property
    def gone(self) -> str:
        """A file that waited too long for its confirmation."""
        return self._("That file is not here any more. Please send it again.")

    def added(self, name: str) -> str:
        """It is among the sources now."""
        return self._("<b>Added</b> as {name}. A reindex reads it.", name=name)

    @property
    def reindex_now(self) -> str:
        """On the button that begins a reindex."""
        return self._("Reindex now")

    # Amounts

    def moment(self, moment: datetime, zone: tzinfo) -> str:
        """A day with its time of day, in a time zone."""
        return format_datetime(moment, "d MMMM y, HH:mm", tzinfo=zone, locale=self._locale)

    def span(self, seconds: float) -> str:
        """About how long something takes, in the greatest unit that fits."""
        return format_timedelta(
            timedelta(seconds=max(1, round(seconds))), locale=self._locale, threshold=1.5
        )

    def size(self, size_bytes: int) -> str:
        """A size in MB or GB."""
        if size_bytes >= 1024 * _MB:
            return self._("{size} GB", size=self._decimal(size_bytes / (1024 * _MB)))
        return self._("{size} MB", size=self._decimal(size_bytes / _MB))

    def _decimal(self, number: float) -> str:
        return format_decimal(round(number, 1), locale=self._locale)


_COUNTS = ("new", "changed", "removed", "unchanged", "embedded", "paragraphs")
