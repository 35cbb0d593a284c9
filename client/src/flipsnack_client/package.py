"""Checks a downloaded package: a zip in which every member can be read and matches its CRC."""

import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.exceptions import FlipsnackError
from flipsnack_client.members import refused
from flipsnack_client.readable import readable

BLOCK = 1024 * 1024

DIRECTORY_BYTES = 8 * 1024 * 1024
"""Bytes of the list of members, which is enough for a hundred thousand."""

_COUNT, _SIZE = 4, 5
"""The places of how many members there are, and of that size, in what zipfile reads of the end of the file."""

_COUNTED_TO = 2**16
"""Some writers count more members than that from 0 again."""


def fault(file: BinaryIO, *, between: Callable[[], None], max_bytes: int = MAX_BYTES) -> str | None:
    """Return what is wrong with the zip in `file`, or None; `between` is called between blocks."""
    try:
        count, size = _list_of_members(file)
        if size > DIRECTORY_BYTES:
            return f"its list of members has more than {DIRECTORY_BYTES} bytes"
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            if (count - len(members)) % _COUNTED_TO:
                return f"it says that it has {count} members, and has {len(members)}"
            return refused(file, members, package.start_dir, max_bytes) or _unreadable(package, between)
    except FlipsnackError:
        raise
    except Exception as error:
        # zipfile documents BadZipFile; damaged input also raises struct, zlib, lzma, seek and codec errors.
        return readable(str(error)) or type(error).__name__


def _list_of_members(file: BinaryIO) -> tuple[int, int]:
    """The number of members, and the bytes of their list: zipfile reads all of it, which takes ten times its size."""
    read: Callable[[BinaryIO], list[Any] | None] = getattr(zipfile, "_EndRecData", lambda _file: None)
    record = read(file)
    return (int(record[_COUNT]), int(record[_SIZE])) if record else (0, 0)


def _unreadable(package: zipfile.ZipFile, between: Callable[[], None]) -> str | None:
    for member in package.infolist():
        between()
        if wrong := _read(package, member, between):
            return wrong
    return None


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, between: Callable[[], None]) -> str | None:
    left = member.file_size
    with package.open(member) as content:
        # Reading to the end is what makes zipfile compare the CRC.
        while block := content.read(BLOCK):
            left -= len(block)
            between()
    return f"{readable(member.filename, 80)} ends {left} bytes too soon" if left else None
