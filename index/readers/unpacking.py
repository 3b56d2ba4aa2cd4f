"""ZIP archives of strangers, unpacked in memory and within bounds."""

import io
import zipfile
import zlib

from index.errors import Unreadable

MAGIC = "PK\x03\x04"
_EMPTY = b"PK\x05\x06"
UNPACKED_LIMIT = 256 * 1024 * 1024  # bytes, of all that is in one archive
ENTRY_LIMIT = 64 * 1024 * 1024
ENTRIES_LIMIT = 50_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # LZMA and BZIP2 know no bound of memory


def is_archive(data: bytes) -> bool:
    """Whether the bytes are a ZIP archive's."""
    return data.startswith((MAGIC.encode(), _EMPTY))


def names_in(data: bytes) -> list[str]:
    """The names of the files in an archive; none where it is damaged."""
    try:
        return opened(data).namelist()
    except Unreadable:
        return []


def opened(data: bytes) -> zipfile.ZipFile:
    """The archive, whose own account of its sizes is within bounds.

    Nothing is unpacked yet, and unpacking yields no more than the account says. Raises Unreadable.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("a damaged ZIP archive") from error
    entries = archive.infolist()
    if len(entries) > ENTRIES_LIMIT:
        raise Unreadable(f"a ZIP archive of {len(entries):,} files; {ENTRIES_LIMIT:,} are allowed")
    size_bytes = sum(entry.file_size for entry in entries)
    if size_bytes > UNPACKED_LIMIT:
        raise Unreadable(
            f"a ZIP archive that unpacks to {size_bytes / 2**20:,.0f} MB;"
            f" the limit is {UNPACKED_LIMIT // 2**20} MB"
        )
    return archive


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of one file in the archive. Raises Unreadable, with the reason alone."""
    if entry.flag_bits & 1:
        raise Unreadable("encrypted; save a copy without its password")
    if entry.file_size > ENTRY_LIMIT:
        raise Unreadable(
            f"too large ({entry.file_size / 2**20:,.0f} MB;"
            f" the limit is {ENTRY_LIMIT // 2**20} MB)"
        )
    if entry.compress_type not in _METHODS:
        raise Unreadable("compressed in a way that is not read; deflate is")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise Unreadable("damaged in the archive") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("packed in a way that is not read") from error


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of the file of that name. Raises Unreadable, which names it."""
    try:
        entry = archive.getinfo(name)
    except KeyError as error:
        raise Unreadable(f"{name} is missing in it") from error
    try:
        return unpacked(archive, entry)
    except Unreadable as error:
        raise Unreadable(f"{name} in it is {error}") from error
