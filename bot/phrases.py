"""Every sentence that the bot says, in the HTML that Telegram understands."""

from collections.abc import Sequence

COMMANDS = (
    ("ask", "Ask a question and get quotes from the articles"),
    ("start", "What this bot does"),
    ("help", "How to ask, in private and in groups"),
)

START = (
    "Ask me a question and I answer with quotes from a collection of news articles: word for "
    "word, each with its title, publisher, date and link. I write nothing of my own.\n\n"
    "Just type your question here. In a group, use /ask. More in /help."
)

HELP = (
    "<b>In private</b>, type your question.\n"
    "<b>In a group</b>, write <code>/ask your question</code>, or reply to one of my messages. "
    "Mentioning me works too, where the group lets me read its messages.\n\n"
    "I quote at most three passages; the sentence that answers best is bold. Names, places and "
    "dates in the question help me most. If the articles do not answer it, I say so."
)

HOW_TO_ASK = (
    "Put your question after the command: <code>/ask who was hurt near the harbour?</code>"
)

UNKNOWN_COMMAND = "I do not know that command. Type your question, or see /help."

BUSY = "Too many questions are waiting just now. Please ask again in a minute."

SOURCE_UNKNOWN = "Source unknown"

TOOK_TOO_LONG = "That took too long, so I stopped looking. Please try again in a minute."


def failed(reference: str) -> str:
    """The apology for a fault of ours, with the id under which the log tells more."""
    return f"Something went wrong on my side (reference {reference}). Please try again."


def nothing_found(articles: int, publishers: int, earliest: str, latest: str) -> str:
    """The reply when no article answers, saying what was looked through; dates as spoken."""
    if not articles:
        return "I have no articles to search yet, so I cannot answer."
    searched = _count(articles, "article")
    if publishers:
        searched += f" from {_count(publishers, 'publisher')}"
    return f"I found nothing that answers this. I searched {searched}{_period(earliest, latest)}."


def searched(question: str, limits: Sequence[str]) -> str:
    """What was really searched, where it is not just what was asked."""
    return f"Searched: {' · '.join(part for part in (question, *limits) if part)}"


def no_such_source(names: Sequence[str]) -> str:
    """The reply when only sources were asked for that there are none of."""
    return f"I have no articles of {_quoted(names)}, so I searched nothing."


NO_MORE = "There is no more to that."

NOTHING_WITHIN = "I found nothing within these limits that answers this."

NOTHING_TO_LOOK_FOR = "Tell me also what to look for: a name, a place, or what happened."

SAME_ARTICLE = "in the same article"


def only_from(names: Sequence[str]) -> str:
    """That only these publishers were searched."""
    return f"only {', '.join(names)}"


def with_phrase(phrase: str) -> str:
    """That only what holds the phrase was searched."""
    return f"with “{phrase}”"


def not_together(phrase: str) -> str:
    """That nothing to the point has a phrase word for word, so it was searched without."""
    return f"“{phrase}” not word for word"


def not_understood(limit: str) -> str:
    """That something looks like a limit but was not understood, and so not kept to."""
    return f"“{limit}” not understood as a limit"


def without(words: str) -> str:
    """That what holds the words was left out."""
    return f"without “{words}”"


def published(when: str) -> str:
    """That only what was published then was searched."""
    return f"published {when}"


def on(day: str) -> str:
    """On a day."""
    return f"on {day}"


def within(period: str) -> str:
    """In a month or year."""
    return f"in {period}"


def since(day: str) -> str:
    """From a day on."""
    return f"since {day}"


def until(day: str) -> str:
    """Up to a day."""
    return f"until {day}"


def between(first: str, last: str) -> str:
    """From one day to another."""
    return f"from {first} to {last}"


def also_carried_by(names: str, more: int) -> str:
    """The line under a quote that other publishers carry too."""
    return f"Also carried by {names} and {more} more" if more else f"Also carried by {names}"


def _quoted(names: Sequence[str]) -> str:
    return " or ".join(f"“{name}”" for name in names)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _period(earliest: str, latest: str) -> str:
    match earliest, latest:
        case "", "":
            return ""
        case first, last if first and last and first != last:
            return f", published from {first} to {last}"
        case first, last:
            moment = first or last
            on = "on" if moment.count(" ") == 2 else "in"
            return f", published {on} {moment}"
