"""A file that the user names: read whole, where it is as long as such a file can be."""

import errno
from pathlib import Path

MOST_BYTES = 256 * 1024 * 1024
"""A recording of hours has so many."""


def read_named(path: Path) -> bytes:
    """The content of a file. Raises `OSError`, also for one that is too long, as a device is."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {MOST_BYTES} bytes", str(path))
    return content


def read_named_text(path: Path) -> str:
    """The text of a file in UTF-8, with a mark in front of it or without. Raises `OSError`."""
    return read_named(path).decode("utf-8-sig", "replace")
