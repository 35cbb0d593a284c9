"""Reads a signature back: which digest its writer may have written in this way.

What is done to a digest after it was computed mostly shows in the signature, so it is undone and not tried. Where
digits were lost, a view of the whole digest is compared.
"""

import base64
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from uuid import UUID

from flipsnack_mock.doctor.steps.digests import ALGORITHMS, Algorithm

View = Callable[[str], str]


class Made(NamedTuple):
    """A mistake in the writing of the digest: its name and its detail."""

    mistake: str
    detail: str


class Reading(NamedTuple):
    """The `core` that a digest must give, seen through `view` (None: as it is), and the mistakes in its writing."""

    core: str
    made: tuple[Made, ...]
    view: View | None = None


_SHORTEST = 8


def readings(cores: dict[str, tuple[Made, ...]], algorithm: Algorithm) -> Iterator[Reading]:
    """The ways in which a digest of this algorithm may have become one of `cores`; the mistakes name the algorithm."""
    other = () if algorithm is ALGORITHMS[0] else (Made("other-digest", algorithm.name.upper()),)
    for core, made in cores.items():
        yield from _viewed(core, algorithm.digits, other + made)
        if re.fullmatch("[0-9a-f]+", core):
            if len(core) == algorithm.digits:
                yield from _whole(core, other + made)
            yield from _partial(core, algorithm.digits, other + made)
        elif re.fullmatch(r"[A-Za-z0-9+/]{12,}=*", core):
            yield from _partial_base64(core, algorithm.digits, other + made)


def _whole(core: str, made: tuple[Made, ...]) -> Iterator[Reading]:
    yield Reading(core, made)
    for detail, order in _ORDERS.items():
        # Each order undoes itself.
        if ordered := order(core):
            yield Reading(ordered, (*made, Made("reordered", detail)))


def _viewed(core: str, digits: int, made: tuple[Made, ...]) -> Iterator[Reading]:
    for mistake, detail, pattern, least, most, view in _VIEWS:
        if least <= 2 * len(core) / digits <= most and re.fullmatch(pattern, core) and len(core) >= _SHORTEST:
            yield Reading(core, (*made, Made(mistake, detail)), view)


def _partial(core: str, digits: int, made: tuple[Made, ...]) -> Iterator[Reading]:
    length = len(core)
    parts: dict[str, View] = {"first": lambda text: text[:length], "last": lambda text: text[-length:]}
    if length == 16 and digits == 32:
        parts["middle"] = lambda text: text[8:24]
    for part, view in parts.items() if _SHORTEST <= length < digits else ():
        yield Reading(core, (*made, Made("truncated", f"only the {part} {length} characters were sent")), view)


def _partial_base64(core: str, digits: int, made: tuple[Made, ...]) -> Iterator[Reading]:
    made = (*made, Made("base64", "sent as base64"))
    length, full = len(core), 4 * -(-digits // 6)
    if length < full:
        kept = Made("truncated", f"only the first {length} characters were sent")
        yield Reading(core, (*made, kept), lambda text: _in_base64(text)[:length])
    elif length == full and core in (core.upper(), core.lower()):
        change = str.upper if core == core.upper() else str.lower
        case = Made("upper-case", "all letters in one case")
        yield Reading(core, (*made, case), lambda text: change(_in_base64(text)))


def _in_base64(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()


def _each(form: str, change: Callable[[int], int] = int) -> View:
    """The bytes one after the other, each written in this form."""
    return lambda digest: "".join([form.format(change(byte)) for byte in bytes.fromhex(digest)])


def _signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte


def _filled(byte: int) -> int:
    return _signed(byte) & 0xFFFFFFFF


def _last_two(digest: str) -> str:
    return "".join([f"0{_signed(byte):x}"[-2:] for byte in bytes.fromhex(digest)])


def _as_utf_8(digest: str) -> str:
    # How many marks stand for unreadable bytes depends on the language.
    return re.sub("\ufffd+", "\ufffd", bytes.fromhex(digest).decode("utf-8", "replace"))


def _as_ascii(digest: str) -> str:
    return bytes.fromhex(digest).decode("ascii", "replace").replace("\ufffd", "?")


def _guid(digest: str) -> str:
    return UUID(bytes_le=bytes.fromhex(digest)).hex if len(digest) == 32 else ""


def _words(digest: str) -> str:
    return "".join([bytes.fromhex(word)[::-1].hex() for word in re.findall(".{8}", digest)])


_ORDERS: dict[str, View] = {
    "the byte order of a GUID": _guid,
    "the digits backwards": lambda text: text[::-1],
    "the bytes backwards": lambda text: bytes.fromhex(text)[::-1].hex(),
    "the two digits of each byte exchanged": lambda text: re.sub("(.)(.)", r"\2\1", text),
    "the bytes of each word of 32 bits backwards": _words,
}
_HEX, _FILLED, _MINUS = "[0-9a-f]+", "[0-9a-f]*f{6}[0-9a-f]*", "[0-9a-f-]*-[0-9a-f-]*"
_SIGNED = "signed-bytes"
_VIEWS: tuple[tuple[str, str, str, float, float, View], ...] = (
    ("leading-zeros", "leading zeros lost", _HEX, 1.6, 1.99, lambda text: text.lstrip("0")),
    ("leading-zeros", "the leading zero of each byte lost", _HEX, 1, 1.99, _each("{:x}")),
    (
        _SIGNED,
        "bytes from 0x80 written with ffffff in front",
        _FILLED,
        2,
        8,
        _each("{:02x}", _filled),
    ),
    (_SIGNED, "the same, and others without leading zero", _FILLED, 1, 8, _each("{:x}", _filled)),
    (_SIGNED, "bytes from 0x80 written with a minus sign", _MINUS, 1, 3, _each("{:x}", _signed)),
    (
        _SIGNED,
        "the same, and others with two digits",
        _MINUS,
        1,
        3,
        _each("{:02x}", _signed),
    ),
    (_SIGNED, "bytes from 0x80 as negative numbers without sign", "([0-7].|80|-[1-9a-f])+", 2, 2, _last_two),
    ("integer", "the bytes as decimal numbers, with nothing in between", "[0-9]+", 1, 3, _each("{}")),
    ("integer", "the bytes as signed numbers, with nothing in between", "[0-9-]+", 1, 4, _each("{}", _signed)),
    ("raw-bytes", "sent as the bytes themselves, read as UTF-8", "(?s).*\ufffd.*", 0.1, 1, _as_utf_8),
    ("raw-bytes", "sent as the bytes themselves, ? for those from 0x80", r"[\0-\x7f]*\?[\0-\x7f]*", 1, 1, _as_ascii),
)
"""Ways of writing that lose digits: what comes out, and its least and greatest length for each byte."""
