"""Turn text into the terms that are indexed and looked for: folded, stemmed, in figures."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import snowballstemmer

ANALYSER = 3
"""The version of `analyse`: stored terms made by another version have to be made again."""

# A Snowball stemmer keeps its word in itself: two threads in one make nonsense or an IndexError.
_STEMMING = Lock()

_DATA = Path(__file__).parent / "data"

SPACELESS = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    r"\uac00-\ud7af]+"
)
"""A run of letters of a script that puts no space between words."""

# One alternation, most specific first, so that a single pass over the text finds every token.
_TOKEN = re.compile(
    r"(?P<iso>\b[12]\d{3}-\d{2}-\d{2})(?:T[\d:.+Z-]*)?"
    r"|(?P<number>\d{1,3}(?:[,\u066c]\d{3})+(?:\.\d+)?|\d+(?:[.\u066b]\d+)?)"
    r"|(?P<dotted>\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?)"
    rf"|(?P<spaceless>{SPACELESS.pattern})"
    r"|(?P<word>[^\W\d_]+(?:[\u0300-\u036f\u064b-\u065f\u0670\u093c-\u094f][^\W\d_]*)*)"
)

_STEMMERS = {
    "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish",
}  # fmt: skip
_LATIN_GUESSES = ("en", "es", "fr", "de", "it", "pt", "nl", "tr")

_ARABIC = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیئ", "ي"),
        "ة": "ه",
        "ؤ": "و",
        "ک": "ك",
        "ـ": "",
        "ء": "",
        "ё": "е",
        "ґ": "г",
        **{chr(mark): "" for mark in (*range(0x064B, 0x0660), 0x0670)},
    }
)
# Latin letters that Unicode does not decompose; the ligatures are left to NFKC.
_LATIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h"}
)
_MONTHS = {
    "jan": "january", "feb": "february", "apr": "april", "jun": "june", "jul": "july",
    "aug": "august", "sept": "september", "sep": "september", "oct": "october",
    "nov": "november", "dec": "december",
}  # fmt: skip
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
# Forms that no stemmer joins with their verb or singular, as frequent in news.
_IRREGULAR = {
    form: base
    for base, forms in {
        "begin": "began begun", "break": "broke broken", "bring": "brought", "build": "built",
        "buy": "bought", "catch": "caught", "child": "children", "choose": "chose chosen",
        "die": "dead death deaths died dying", "draw": "drew drawn", "drive": "drove driven",
        "fall": "fell fallen", "fight": "fought", "find": "found", "flee": "fled",
        "fly": "flew flown", "grow": "grew grown", "hide": "hid hidden", "hold": "held",
        "lead": "led leader leaders", "leave": "left", "lose": "lost loss losses",
        "man": "men", "meet": "met", "pay": "paid", "person": "people persons",
        "rise": "rose risen", "seek": "sought", "sell": "sold", "send": "sent",
        "shake": "shook shaken", "shoot": "shot", "sink": "sank sunk", "speak": "spoke spoken",
        "spend": "spent", "steal": "stole stolen", "strike": "struck stricken strikes",
        "take": "took taken", "teach": "taught", "think": "thought", "throw": "threw thrown",
        "wear": "wore worn", "win": "won winner", "withdraw": "withdrew withdrawn withdrawal",
        "woman": "women", "write": "wrote written",
    }.items()
    for form in forms.split()
}  # fmt: skip
_UNITS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def analyse(text: str, language: str = "") -> tuple[str, ...]:
    """The terms of a text in order, repeats kept, made of letters and digits only.

    Stop words are left out; a hyphenated word gives its parts and then the whole. An empty
    language is guessed by script and stop words.
    """
    return tuple(term for term, _, _ in spot(text, language))


def spot(text: str, language: str = "") -> list[tuple[str, int, int]]:
    """The terms of a text with the slice that each one was made of."""
    language = language or guess_language(text)
    shouting = text.isupper()
    return [
        (term, start, end)
        for kind, raw, start, end in _joined(_numbers(_tokens(text)), text)
        for term in _terms(kind, raw, language, shouting=shouting)
    ]


def guess_language(text: str) -> str:
    """The two-letter code that script and stop words point at; "en" when nothing does."""
    sample = text[:400]
    letters = [mark for mark in sample if mark > "\u024f" and mark.isalpha()]
    if 2 * len(letters) > sum(map(str.isalpha, sample)):
        return _language_of_script(letters)
    words = [fold(word) for word in re.findall(r"[^\W\d_]+", sample)]
    counts = {code: sum(map(stops(code).__contains__, words)) for code in _LATIN_GUESSES}
    return max(_LATIN_GUESSES, key=counts.__getitem__)


@cache
def stops(language: str) -> frozenset[str]:
    """The folded stop words of a language; none where the language is not known."""
    for line in (_DATA / "stopwords.txt").read_text("utf-8").splitlines():
        code, _, words = line.partition(":")
        if code == language:
            return frozenset(fold(words).split())
    return frozenset()


def words_of(text: str) -> list[str]:
    """The folded words and numbers of a text as they are written, stop words included."""
    return re.findall(r"\w+", fold(text))


def is_stop(word: str, language: str) -> bool:
    """Whether a folded word is a stop word, in Arabic also behind "and", "in", "for", "as"."""
    held = stops(language)
    return word in held or (language == "ar" and word[:1] in _ATTACHED and word[1:] in held)


def fold(text: str) -> str:
    """Text in one case and spelling: NFKC, no Latin diacritics, plain Arabic letters, е for ё."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC)
    if any("\u00c0" <= mark <= "\u036f" or "\u1e00" <= mark <= "\u1fff" for mark in folded):
        folded = _without_marks(folded).translate(_LATIN)
    return folded


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word, by the stemmer of its own script where the text mixes several."""
    if word.isascii():
        word = _IRREGULAR.get(word, word) if language == "en" else word
        language = "en" if language in _OTHER_SCRIPTS else language
    elif language not in _OTHER_SCRIPTS and "\u0400" <= word[0] <= "\u06ff":
        language = "ru" if word[0] < "\u0530" else "ar"
    if language in {"ar", "fa"}:
        return _light_arabic(word)
    stemmer = _stemmer(language)
    if stemmer is None or len(word) < 3:
        return word
    with _STEMMING:
        return str(stemmer.stemWord(word))


_SCRIPTS = (
    ("\u036f", "en"), ("\u03ff", "el"), ("\u052f", "ru"), ("\u058f", "hy"), ("\u05ff", "he"),
    ("\u077f", "ar"), ("\u08ff", ""), ("\u097f", "hi"), ("\u0b7f", ""), ("\u0bff", "ta"),
    ("\u1dff", ""), ("\u1eff", "en"), ("\u1fff", "el"),
)  # fmt: skip
_ATTACHED = frozenset("وفبلك")
_OTHER_SCRIPTS = frozenset({"ar", "fa", "ru", "uk", "el", "hi", "ne", "hy", "ta", "he"})


def _light_arabic(word: str) -> str:
    """An Arabic word without conjunction, article, preposition and endings.

    After Larkey, Ballesteros and Connell's Light10, which finds more than stemming to the root
    does, with attached prepositions taken off long words too.
    """
    if word.startswith("و") and len(word) > 3:
        word = word[1:]
    for prefix in ("بال", "كال", "فال", "ال", "لل", "ب", "ل", "ف", "ك"):
        if word.startswith(prefix) and len(word) - len(prefix) >= (2 if len(prefix) > 1 else 4):
            word = word[len(prefix) :]
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
    return word


@cache
def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer | None":
    name = _STEMMERS.get("ru" if language == "uk" else language)
    return snowballstemmer.stemmer(name) if name else None


Token = tuple[str, str, int, int]


def _tokens(text: str) -> list[Token]:
    return [
        (str(match.lastgroup), match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def _numbers(tokens: list[Token]) -> Iterator[Token]:
    """Numbers told in words become figures: "two hundred and five", "sixty-two", "1.2 million"."""
    place = 0
    while place < len(tokens):
        value, used = _number_at(tokens, place)
        if used:
            yield "number", value, tokens[place][2], tokens[place + used - 1][3]
            place += used
        else:
            yield tokens[place]
            place += 1


_SEPARATORS = re.compile("[,\u066c]")


def _number_at(tokens: list[Token], place: int) -> tuple[str, int]:
    """The figure that starts at a token, with the count of tokens that tell it; 0 for none."""
    kind, raw, _, _ = tokens[place]
    if kind == "number":
        scale = _SCALES.get(tokens[place + 1][1].lower()) if place + 1 < len(tokens) else None
        if scale is None or scale == 1:
            return "", 0
        # Beyond this many digits it is no quantity, and a float could not hold it.
        figure = _SEPARATORS.sub("", raw).replace("\u066b", ".")
        return (_plain(float(figure) * scale), 2) if len(figure) <= 15 else ("", 0)
    first = raw.lower()
    if kind != "word" or (first not in _UNITS and first not in _TENS):
        return "", 0
    return _told_in_words([token[1].lower() for token in tokens[place : place + 8]])


def _told_in_words(words: list[str]) -> tuple[str, int]:
    total, current, used = 0, 0, 0
    for place, word in enumerate(words):
        if word in _TENS and current % 100 == 0:
            current += _TENS[word]
        elif word in _UNITS and current % (10 if _UNITS[word] < 10 else 100) == 0:
            current += _UNITS[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _SCALES:
            total, current = total + max(current, 1) * _SCALES[word], 0
        elif word == "and" and words[place - 1] in _SCALES:
            continue
        else:
            break
        used = place + 1
    # "one" alone is a pronoun more often than a figure.
    return ("", 0) if words[:used] == ["one"] else (str(total + current), used)


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _joined(tokens: Iterable[Token], text: str) -> Iterator[Token]:
    """The tokens with the whole of each hyphenated word behind its parts."""
    run: list[Token] = []
    for token in tokens:
        kind, _, start, _ = token
        if run and not (kind == "word" and start == run[-1][3] + 1 and text[start - 1] in "-‐‑"):
            yield from _whole(run)
            run = []
        if kind == "word":
            run.append(token)
        yield token
    yield from _whole(run)


def _whole(run: list[Token]) -> Iterator[Token]:
    if 1 < len(run) < 4:
        yield "word", "".join(token[1] for token in run), run[0][2], run[-1][3]


def _terms(kind: str, raw: str, language: str, *, shouting: bool) -> tuple[str, ...]:
    if kind == "word":
        return _word(raw, language, acronym=not shouting and len(raw) > 1 and raw.isupper())
    if kind == "number":
        return (_figure(raw),)
    if kind == "iso":
        year, month, day = raw.split("-")
        return str(int(day)), stem(_MONTH_NAMES[(int(month) - 1) % 12], "en"), year
    if kind == "dotted":
        return (fold(raw.replace(".", "")),)
    return _bigrams(fold(raw))


@lru_cache(maxsize=200_000)
def _word(raw: str, language: str, *, acronym: bool) -> tuple[str, ...]:
    # An acronym is no stop word: the US is not "us", nor the WHO "who".
    word = fold(raw)
    if not acronym and (is_stop(word, language) or word in stops("names")):
        return ()
    word = _MONTHS.get(word, word)
    stemmed = stem(word, language) if word else ""
    # FTS5 splits at what is neither letter nor digit, as some marks of Indic scripts are.
    return (stemmed,) if stemmed else ()


@lru_cache(maxsize=50_000)
def _figure(raw: str) -> str:
    """A number's term: ASCII digits without separators or leading zeros, "p" for the point."""
    whole, _, part = re.sub("[,\u066c]", "", raw).replace("\u066b", ".").partition(".")
    digits = "".join(str(unicodedata.digit(mark, 0)) for mark in whole).lstrip("0") or "0"
    return f"{digits}p{part}" if part.strip("0") else digits


def _bigrams(run: str) -> tuple[str, ...]:
    """Overlapping pairs, for scripts that put no space between words."""
    return tuple(run[at : at + 2] for at in range(max(1, len(run) - 1)))


def _without_marks(text: str) -> str:
    """Latin and Greek letters without diacritics; й and other letters of their own are kept."""
    kept = []
    for mark in text:
        if mark < "\u0250" or "\u0370" <= mark <= "\u03ff" or "\u1e00" <= mark <= "\u1fff":
            parts = unicodedata.normalize("NFD", mark)
            kept.append("".join(part for part in parts if not unicodedata.combining(part)))
        elif not "\u0300" <= mark <= "\u036f":
            kept.append(mark)
    return "".join(kept)


def _language_of_script(letters: list[str]) -> str:
    block = Counter(_script(mark) for mark in letters).most_common(1)[0][0]
    if block == "ar":
        return "fa" if any(mark in "پچژگ" for mark in letters) else "ar"
    if block == "ru":
        return "uk" if any(mark in "іїєґІЇЄҐ" for mark in letters) else "ru"
    return block


def _script(mark: str) -> str:
    for last, language in _SCRIPTS:
        if mark <= last:
            return language
    return ""
