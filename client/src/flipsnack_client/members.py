"""The members of a package as its list names them: what cannot be unpacked safely, or not by all programs alike."""

import posixpath
import re
import stat
import struct
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from flipsnack_client.readable import readable

METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The compressions of members that are read: bzip2 and LZMA need much memory for a small input."""

_ENCRYPTED = 1
"""The flag of a member that needs a password."""

_DESCRIBED_BEHIND = 8
"""The flag of a member whose CRC and sizes are behind its bytes, not in front of them."""

_UNIX_MODE = 16
"""The upper half of a member's attributes is its mode, where the package was made on a Unix."""

_KINDS = frozenset({0, stat.S_IFREG, stat.S_IFDIR})

_LEAVES = re.compile(r"(^|[/\\])\.\. *([/\\]|\Z)|^[A-Za-z]:")
"""A step up, or the drive of another system, which may drop blanks at an end."""

_CONTROL = re.compile(r"[\0-\x1f\x7f]")

_HEADER = struct.Struct("<6xHH4xIII")
"""Flags, method, CRC and both sizes in what is in front of a member's bytes."""

_ELSEWHERE = 0xFFFF_FFFF
"""A size that is in a field behind the name, because it may have 64 bits."""


def refused(file: BinaryIO, members: Sequence[zipfile.ZipInfo], end: int, max_bytes: int) -> str | None:
    """Return what is wrong with the members of the zip in `file`, whose list begins at `end`, or None."""
    for member in members:
        if wrong := _refused_member(member):
            return f"{readable(member.filename, 80)} {wrong}"
    unpacked = sum(member.file_size for member in members)
    if unpacked > max_bytes:
        return f"it unpacks to {unpacked} bytes, more than the {max_bytes} that are allowed"
    if wrong := _misplaced(members, end):
        return wrong
    different = (member for member in members if _is_different(file, member))
    return next((f"{readable(one.filename, 80)} is described in two ways" for one in different), None)


def _refused_member(member: zipfile.ZipInfo) -> str | None:
    if member.compress_type not in METHODS:
        return "is neither stored nor deflated"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    # Names of any system: the package may be unpacked on another one.
    if member.filename.startswith(("/", "\\")) or _LEAVES.search(member.filename):
        return "would be unpacked outside of the folder"
    # zipfile ends a name at a NUL, others do not.
    if _CONTROL.search(member.orig_filename):
        return "has a control character in its name"
    if stat.S_IFMT(member.external_attr >> _UNIX_MODE) not in _KINDS:
        return "is neither a file nor a folder"
    return None


def _misplaced(members: Sequence[zipfile.ZipInfo], end: int) -> str | None:
    """What programs do not unpack alike: a name that is there twice, and bytes that are of two members or of none."""
    names: set[str] = set()
    at = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        name, shown = posixpath.normpath(member.filename.replace("\\", "/")), readable(member.filename, 80)
        if name in names:
            return f"{shown} is there twice"
        if member.header_offset < at:
            return f"{shown} begins in another member"
        if not names and member.header_offset > 0:
            return f"{shown} is the first member, and something else is before it"
        names.add(name)
        at = member.header_offset + member.compress_size + 1
        if at > end:
            return f"{shown} has no end before the list of members"
    return None if members or not end else "its list of members is empty, and something is before it"


def _is_different(file: BinaryIO, member: zipfile.ZipInfo) -> bool:
    """Whether a program that reads from front to back takes something else for the member than the list of them."""
    file.seek(member.header_offset)
    flags, method, crc, packed, size = _HEADER.unpack(file.read(_HEADER.size))
    if method != member.compress_type or flags & _ENCRYPTED:
        return True
    return not flags & _DESCRIBED_BEHIND and (
        crc != member.CRC
        or packed not in (member.compress_size, _ELSEWHERE)
        or size not in (member.file_size, _ELSEWHERE)
    )
