"""Checks a downloaded package: a zip in which every member can be read and matches its CRC."""

import re
import stat
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO

from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.exceptions import FlipsnackError
from flipsnack_client.readable import readable

BLOCK = 1024 * 1024

DIRECTORY_BYTES = 32 * 1024 * 1024
"""Bytes of the list of members, which is enough for some hundred thousand."""

_SIZE = 5
"""The place of that size in what zipfile reads of the end of the file."""

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The compressions of members that are read: bzip2 and LZMA need much memory for a small input."""


_ENCRYPTED = 1
"""The flag of a member that needs a password."""

_UNIX_MODE = 16
"""The upper half of a member's attributes is its mode, where the package was made on a Unix."""

_LEAVES = re.compile(r"(^|[/\\])\.\.([/\\]|\Z)|^[A-Za-z]:")
"""A step up, or the drive of another system."""


def fault(file: BinaryIO, *, between: Callable[[], None], max_bytes: int = MAX_BYTES) -> str | None:
    """Return what is wrong with the zip in `file`, or None; `between` is called between blocks."""
    try:
        if _directory_size(file) > DIRECTORY_BYTES:
            return f"its list of members has more than {DIRECTORY_BYTES} bytes"
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            if wrong := _refused(members, max_bytes):
                return wrong
            for member in members:
                between()
                if wrong := _read(package, member, between):
                    return wrong
    except FlipsnackError:
        raise
    except Exception as error:
        # zipfile documents BadZipFile; damaged input also raises struct, zlib, lzma, seek and codec errors.
        return readable(str(error)) or type(error).__name__
    return None


def _directory_size(file: BinaryIO) -> int:
    # zipfile reads all of the list into the memory, which takes ten times its size.
    read: Callable[[BinaryIO], list[Any] | None] = getattr(zipfile, "_EndRecData", lambda _file: None)
    record = read(file)
    return int(record[_SIZE]) if record else 0


def _refused(members: list[zipfile.ZipInfo], max_bytes: int) -> str | None:
    for member in members:
        if wrong := _refused_member(member):
            return f"{readable(member.filename, 80)} {wrong}"
    unpacked = sum(member.file_size for member in members)
    if unpacked > max_bytes:
        return f"it unpacks to {unpacked} bytes, more than the {max_bytes} that are allowed"
    return _ambiguous(members)


def _ambiguous(members: list[zipfile.ZipInfo]) -> str | None:
    """What programs that unpack do not read alike: a name that is there twice, or bytes that are of two members."""
    names: set[str] = set()
    end = -1
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.filename in names:
            return f"{readable(member.filename, 80)} is there twice"
        if member.header_offset <= end:
            return f"{readable(member.filename, 80)} begins in another member"
        names.add(member.filename)
        end = member.header_offset + member.compress_size
    return None


def _refused_member(member: zipfile.ZipInfo) -> str | None:
    if member.compress_type not in METHODS:
        return "is neither stored nor deflated"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    # Names of any system: the package may be unpacked on another one.
    if member.filename.startswith(("/", "\\")) or _LEAVES.search(member.filename):
        return "would be unpacked outside of the folder"
    if stat.S_ISLNK(member.external_attr >> _UNIX_MODE):
        return "is a symbolic link"
    return None


def _read(package: zipfile.ZipFile, member: zipfile.ZipInfo, between: Callable[[], None]) -> str | None:
    left = member.file_size
    with package.open(member) as content:
        # Reading to the end is what makes zipfile compare the CRC.
        while block := content.read(BLOCK):
            left -= len(block)
            between()
    return f"{readable(member.filename, 80)} ends {left} bytes too soon" if left else None
