"""Bytes to text: which encoding they are in, and what never belongs in a text."""

import codecs
import re

from index.errors import Unreadable

_MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)
# What pages declare, and what they then are: the superset that browsers read them as.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-9": "cp1254",
}
_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SAMPLE = 64 * 1024


def decode(data: bytes, *, charset: str = "") -> str:
    """The text that the bytes are, with line feeds for line ends.

    Believed in this order: a byte order mark, zeros as UTF-16 and UTF-32 have them, UTF-8 where
    it is valid, the `charset` that came with the data, the one that a page or a feed declares, and
    last what the letters look like. Raises Unreadable for what is no text.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise Unreadable(f"{name}, not text")
    text = clean(_marked(data) or _wide(data) or _narrow(data, charset))
    if len(_CONTROL.findall(text, 0, _SAMPLE)) * 50 > min(len(text), _SAMPLE):
        raise Unreadable("binary data, not text")
    return text


def clean(text: str) -> str:
    """The text with line feeds for line ends, no NUL, and U+FFFD for each lone surrogate."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", text.replace("\0", ""))


def _marked(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 or -32 without a mark: the high bytes of its spaces and Latin letters are zeros."""
    if b"\0" not in data:
        return None
    if text := _widest(data):
        return text
    even, odd = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 == 0 and min(even, odd) * 20 <= max(even, odd):
        encoding = "utf-16-be" if even > odd else "utf-16-le"
        if (text := _strictly(data, encoding)) and not _CONTROL.search(text, 0, _SAMPLE):
            return text
    raise Unreadable("binary data, not text")


def _widest(data: bytes) -> str | None:
    """UTF-32: its highest byte is always zero, the next one mostly."""
    for encoding, highest, next_one in (("utf-32-be", 0, 1), ("utf-32-le", 3, 2)):
        if len(data) % 4 or any(data[highest::4]) or data[next_one::4].count(0) * 8 < len(data):
            continue
        if (text := _strictly(data, encoding)) and not _CONTROL.search(text, 0, _SAMPLE):
            return text
    return None


def _narrow(data: bytes, charset: str) -> str:
    if b"\x1b$" in data[:_SAMPLE] and (text := _strictly(data, "iso2022_jp")):
        return text
    return _utf8(data) or _named(data, charset) or _declared(data) or _guessed(data)


def _utf8(data: bytes) -> str | None:
    """UTF-8, with a damaged character here and there as long as whole ones are many."""
    if (text := _strictly(data, "utf-8")) is not None:
        return text
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    whole = sum(1 for character in text[:_SAMPLE] if character > "\x7f") - damaged
    return text if damaged * 20 < whole and damaged * 200 < len(text) else None


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096])
    return _named(data, match[1].decode("ascii", errors="replace")) if match else None


def _named(data: bytes, charset: str) -> str | None:
    """The text in the encoding of that name, unless it is unknown or plainly another."""
    name = charset.strip().lower()
    try:
        text = data.decode(_SUPERSETS.get(name, name), errors="replace")
    except (LookupError, ValueError):  # a name that nobody knows, or no encoding of texts
        return None
    return text if text.count("\ufffd") * 100 < len(text) else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    if len(data) > _SAMPLE:  # not in the middle of a character: no encoding here has this byte so
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b" ")) + 1] or sample
    best = from_bytes(sample, cp_isolation=list(_PLAUSIBLE)).best()
    if best is None:
        raise Unreadable("its encoding cannot be told")
    return data.decode(best.encoding, errors="replace")


_PLAUSIBLE = (
    "cp1252", "cp1251", "koi8_r", "cp866", "cp1256", "iso8859_6",
    "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp874",
    "cp1250", "cp1253", "cp1254", "cp1255",
)  # fmt: skip
