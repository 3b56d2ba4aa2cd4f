"""What a process holds: its memory and its open files, as Linux tells them."""

from dataclasses import dataclass
from pathlib import Path

_PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Standing:
    """Resident memory in megabytes, and open files."""

    rss_mb: float
    files: int


def standing(process: int | str = "self") -> Standing:
    """What a process holds now; noughts where the system does not tell, or it is gone."""
    folder = Path("/proc") / str(process)
    try:
        pages = int((folder / "statm").read_text("ascii").split()[1])
        return Standing(pages * _PAGE_BYTES / 2**20, len(list((folder / "fd").iterdir())))
    except OSError:
        return Standing(0.0, 0)
