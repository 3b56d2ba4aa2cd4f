"""What sites ask of programs in their robots.txt (RFC 9309), each looked up once a run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

from index.errors import Unreadable

LONGEST_DELAY_S = 30.0
MOST_BYTES = 512 * 1024  # the RFC has a program read 500 KiB of it
_MOST_LINES = 10_000
_SAFE = "/?&=:;,@!'()~+*$#[]%"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for one program: patterns of paths, allowed or not, and seconds between visits."""

    paths: tuple[tuple[str, bool], ...] = ()
    delay_s: float = 0.0

    def allow(self, path: str) -> bool:
        """Whether a path with its query may be fetched: the longest pattern that fits decides."""
        path = _normal(path)
        fitting = [
            (len(pattern), allowed) for pattern, allowed in self.paths if _fits(pattern, path)
        ]
        return max(fitting, default=(0, True))[1]


class Robots:
    """Answers whether a page may be fetched; `read` gives the text of a robots.txt, "" for none.

    A site without the file, or that refuses it with 4xx, allows everything; one whose file cannot
    be had just now allows nothing, which `read` says by raising Unreadable.
    """

    def __init__(self, read: Callable[[str], str], *, agent: str) -> None:
        self._read = read
        self._agent = agent
        self._sites: dict[str, Rules | str] = {}

    def refusal(self, url: str) -> str:
        """Why the page may not be fetched; "" where it may."""
        rules = self._rules_of(url)
        if isinstance(rules, str):
            return rules
        parts = urlsplit(url)
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        return "" if rules.allow(path) else "the site's robots.txt does not allow it"

    def delay_s(self, url: str) -> float:
        """Seconds between two requests that the site asks for, half a minute at most."""
        rules = self._rules_of(url)
        return 0.0 if isinstance(rules, str) else min(rules.delay_s, LONGEST_DELAY_S)

    def _rules_of(self, url: str) -> Rules | str:
        """The rules of a site, or the reason for which they cannot be had."""
        parts = urlsplit(url)
        site = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
        if site not in self._sites:
            try:
                self._sites[site] = rules_for(self._agent, self._read(site))
            except Unreadable as error:
                self._sites[site] = str(error)
        return self._sites[site]


def rules_for(agent: str, text: str) -> Rules:
    """The rules of the groups that name the agent, or else of those for everyone."""
    named: list[tuple[str, str]] = []
    for_all: list[tuple[str, str]] = []
    is_named = False
    for agents, lines in _groups(text):
        if agent.lower() in agents:
            is_named = True
            named += lines
        elif "*" in agents:
            for_all += lines
    lines = named if is_named else for_all
    paths = tuple((_normal(value), key == "allow") for key, value in lines if _is_path(key, value))
    delays = [_seconds(value) for key, value in lines if key == "crawl-delay"]
    return Rules(paths, max(delays, default=0.0))


def _groups(text: str) -> Iterator[tuple[set[str], list[tuple[str, str]]]]:
    """The agents of each group, in lower case, and its lines as (key, value)."""
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    for line in text.removeprefix("\ufeff").splitlines()[:_MOST_LINES]:
        key, colon, value = (part.strip() for part in line.partition("#")[0].partition(":"))
        key = key.lower()
        if key == "user-agent":
            if lines:
                yield agents, lines
                agents, lines = set(), []
            agents.add(value.partition("/")[0].strip().lower())
        elif colon and key in ("allow", "disallow", "crawl-delay"):
            lines.append((key, value[:1000]))
    yield agents, lines


def _is_path(key: str, value: str) -> bool:
    return key in ("allow", "disallow") and value.startswith(("/", "*"))


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return seconds if seconds > 0 else 0.0


def _normal(path: str) -> str:
    """The path with one spelling for every letter: "/%7Etea" and "/~tea" are the same."""
    return quote(unquote_to_bytes(path), safe=_SAFE)


def _fits(pattern: str, path: str) -> bool:
    """Whether the path begins like the pattern; * is anything, a last $ the end of the path."""
    whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(others, start=1):
        if whole and number == len(others):
            return len(path) - len(part) >= at and path.endswith(part)
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return not whole or at == len(path)
