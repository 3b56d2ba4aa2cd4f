"""The body of an answer, unpacked and never larger than allowed, however small it came."""

import zlib
from collections.abc import Iterable, Iterator

from index.errors import Unreadable

ENCODINGS = "gzip"  # what is asked for: of others a few bytes may unpack to more than memory
_PLAIN = frozenset(("", "identity"))
_MAGIC = b"\x1f\x8b"
_GZIP = 31  # zlib's word for "a gzip header, and the largest window"


def read_body(parts: Iterable[bytes], encoding: str, *, most_bytes: int) -> bytes:
    """The whole body. Raises Unreadable where it is too large or cannot be unpacked."""
    body = bytearray()
    for part in _unpacked(parts, encoding, most_bytes):
        body += part
        if len(body) > most_bytes:
            raise Unreadable(f"larger than {most_bytes / 2**20:,.0f} MB, so it was not read")
    return bytes(body)


def _unpacked(parts: Iterable[bytes], encoding: str, most_bytes: int) -> Iterator[bytes]:
    encoding = encoding.strip().lower().removeprefix("x-")
    if encoding in _PLAIN:
        return iter(parts)
    if encoding == "gzip":
        return _inflated(parts, most_bytes)
    raise Unreadable(f'packed as "{encoding[:40]}", which was not asked for')


def _inflated(parts: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """At most one part more than `most_bytes`, for a caller that stops there."""
    unpacker = zlib.decompressobj(_GZIP)
    for part in parts:
        waiting = part
        while waiting:
            if unpacker.eof:  # a gzip file may hold several, one behind the other, and padding
                if not waiting.startswith(_MAGIC):
                    return
                unpacker = zlib.decompressobj(_GZIP)
            try:
                yield unpacker.decompress(waiting, most_bytes + 1)
            except zlib.error as error:
                raise Unreadable("its gzip data is damaged") from error
            waiting = unpacker.unconsumed_tail or unpacker.unused_data
    if not unpacker.eof:
        raise Unreadable("it broke off before its end")
