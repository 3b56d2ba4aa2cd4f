"""Where the sentences of a text begin and end, in any script, without ever rewriting the text."""

import re

# A run of stops, then the quotes, brackets and note marks that close with it. Each run starts only
# once (the lookbehind) and never gives back (the `+`), so the scan is linear on any input.
_STOP = re.compile(
    r"(?<![.!?…؟۔。！？｡।॥።։។။．])[.!?…؟۔。！？｡।॥።։។။．]++"
    r"(?:[\"'”“’»«›)\]}」』）】〉》]|\[\d{1,3}\]|[ \u00a0\u202f]»(?!\w))*+"
    r"|\n"
)
_HARD = frozenset("؟۔。！？｡।॥።։។။")  # these stand without a space after them
_NEXT = re.compile(r"\S")
_LETTER = re.compile(r"\w")
_WORD = re.compile(r"[^\W\d_]{1,20}+")
_OPENERS = "\"'“‘«‹([{「『（【„"
_QUOTED_ON = frozenset("とっ、，,；;：:")  # the sentence goes on after its quotation
_NAME_LIKE_AL_QAEDA = re.compile(r"[^\W\d_]{1,2}[-'’]?[A-ZА-ЯЁ]")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}")
_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-zА-Яа-я]|[ivxIVX]{1,5})")
_TOKEN_LIMIT = 24


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Never the last word of a sentence: a name, a number or a thing follows.
_LEADS_ON = _words("""
    adj adm amb asst atty brig capt cmdr col cpl det dr fr ft gen gov hon insp lt maj messrs
    mlle mme mr mrs ms msgr mt pfc ph pres prof pvt rep reps rev sec sen sens sgt spc sra sr
    st ste supt approx ca cf eg ie viz vs v nr resp акад врем ген гр кап лейт майор напр оз пл
    полк пос пр просп проф рис св см ср ст стр ул dra dña mgr ing doc
""")
# Followed by a number they are its label ("No. 5", "Sept. 9"); otherwise they end like any word.
_NUMBERED = _words("""
    jan feb mar apr jun jul aug sep sept oct nov dec no nos art ch fig figs p pp par para sect
    vol op янв фев мар апр авг сен сент окт ноя нояб дек п пп гл табл д кв ок № nr núm
""")
# May end a sentence or not; it does when the next word is one that sentences begin with.
_OPEN_ENDED = _words("""
    inc ltd co corp bros jr sr al dept est univ assn ave blvd rd etc им тыс млн млрд руб
""")
_RUSSIAN_YEAR = frozenset(("г", "гг", "в", "вв"))
_STARTERS = _words("""
    a about after all although among an and another any are as at back because before both but
    by did do does during each early even every few first for four from further had has have
    he her here his how however i if in instead is it its last later many meanwhile more most
    much my nearly neither no nobody none nor not nothing now of officials on once one only or
    other others our over police several she since so some still such that the their then
    there these they this those though three through to today tuesday two under until was we
    were what when where whether which while who why with yet you your в во вот все всего и из
    к как когда кроме между мы на но о об однако он она они оно по после при с сейчас так там
    тем тогда у что эта эти это этот я
""")


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The (start, end) of every sentence, in order, without the white space around it.

    Together they cover every character that is not white space. A line break always ends a
    sentence. Abbreviations, initials, decimals and ellipses do not. Takes linear time.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _ends(text, stop, start):
            _keep(spans, text, start, stop.end())
            start = stop.end()
    _keep(spans, text, start, len(text))
    return tuple(spans)


def _keep(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if body := piece.strip():
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(body)))


def _ends(text: str, stop: re.Match[str], start: int) -> bool:
    """Whether this run of stops ends the sentence that began at `start`."""
    if stop[0] == "\n":
        return True
    if stop.start() - start < 4 and not _LETTER.search(text, start, stop.start()):
        return False
    following = _NEXT.search(text, stop.end())
    if following is None:
        return True
    if not _HARD.isdisjoint(stop[0]):
        return stop[0][-1] in _HARD or following[0] not in _QUOTED_ON
    if following.start() == stop.end():
        return False
    return _soft_stop_ends(text, stop, start, following.start())


def _soft_stop_ends(text: str, stop: re.Match[str], start: int, after: int) -> bool:
    """Whether a stop that has white space after it ends the sentence, judged by its neighbours."""
    if text[after] in ".!?…,;:":
        return False
    if text[after] in _OPENERS and after + 1 < len(text):
        after += 1
    if text[after].islower() and not _NAME_LIKE_AL_QAEDA.match(text, after):
        return stop[0] == "?"
    if stop[0] != ".":
        return True
    return not _is_abbreviation(text, stop.start(), start, after)


def _is_abbreviation(text: str, dot: int, start: int, after: int) -> bool:
    """Whether the word before the single full stop at `dot` is short for another, mid-sentence."""
    token = _token_before(text, dot, start)
    word = token.lower()
    if word in _LEADS_ON:
        return True
    if word in _NUMBERED and text[after].isdigit():
        return True
    if word in _RUSSIAN_YEAR:
        return not text[max(start, dot - 8) : dot - len(token)].rstrip()[-1:].isdigit()
    if word in _OPEN_ENDED or _DOTTED.fullmatch(token) or _is_initial(token):
        return not _begins_a_sentence(text, after)
    return _only_a_number_so_far(text, start, dot)


def _is_initial(token: str) -> bool:
    """Whether this is one letter, but no small one: "J. Tide", or the "د." of an Arabic doctor."""
    return len(token) == 1 and token.isalpha() and not token.islower()


def _token_before(text: str, dot: int, start: int) -> str:
    left = max(start, dot - _TOKEN_LIMIT)
    pieces = text[left:dot].rsplit(maxsplit=1)
    if not pieces or text[dot - 1].isspace():
        return ""
    return pieces[-1].lstrip(_OPENERS).rpartition("-")[2]


def _begins_a_sentence(text: str, at: int) -> bool:
    word = _WORD.match(text, at)
    if word is None or text[word.end() : word.end() + 1] == ".":
        return False
    return word[0].lower() in _STARTERS


def _only_a_number_so_far(text: str, start: int, dot: int) -> bool:
    """Whether the sentence is only "1" or "b" yet: the number of a list item."""
    return dot - start < _TOKEN_LIMIT and bool(_ENUMERATOR.fullmatch(text[start:dot].strip()))
