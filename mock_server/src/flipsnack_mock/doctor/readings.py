"""Reads a signature back: which digest its writer may have written in this way.

What is done to a digest after it was computed mostly shows in the signature, so it is undone and not tried: upper case,
Base64, dashes, or text around it. Where digits were lost, a view of the whole digest is compared.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes
from uuid import UUID

from flipsnack_mock.doctor.digests import ALGORITHMS, Algorithm

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
_LONGEST = 1_000
_DEEPEST = 3


def readings(cores: dict[str, tuple[Made, ...]], algorithm: Algorithm) -> Iterator[Reading]:
    """The ways in which a digest of this algorithm may have become one of `cores`; the mistakes name the algorithm."""
    other = () if algorithm is ALGORITHMS[0] else (Made("other-digest", algorithm.name.upper()),)
    for core, made in cores.items():
        if re.fullmatch("[0-9a-f]+", core):
            if len(core) == algorithm.digits:
                yield Reading(core, other + made)
            yield from _partial(core, algorithm.digits, other + made)
        elif re.fullmatch(r"[A-Za-z0-9+/]{12,}=*", core):
            yield from _partial_base64(core, algorithm.digits, other + made)


def _partial(core: str, digits: int, made: tuple[Made, ...]) -> Iterator[Reading]:
    length = len(core)
    if length < _SHORTEST:
        return
    for mistake, detail, view, least, most in _VIEWS:
        if least(digits) <= length <= most(digits):
            yield Reading(core, (*made, Made(mistake, detail)), view)
    if length < digits:
        kept = f"only the first {length} characters were sent"
        yield Reading(core, (*made, Made("truncated", kept)), lambda text: text[:length])
        kept = f"only the last {length} characters were sent"
        yield Reading(core, (*made, Made("truncated", kept)), lambda text: text[-length:])
        if length == 16 and digits == 32:
            kept = "only the middle 16 digits were sent"
            yield Reading(core, (*made, Made("truncated", kept)), lambda text: text[8:24])


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


def _bytes(digest: str) -> list[int]:
    return list(bytes.fromhex(digest))


def _signed(digest: str) -> Iterator[int]:
    return ((byte - 256) & 0xFFFFFFFF if byte > 127 else byte for byte in _bytes(digest))


def _guid(digest: str) -> str:
    return UUID(bytes_le=bytes.fromhex(digest)).hex if len(digest) == 32 else ""


_VIEWS: tuple[tuple[str, str, View, Callable[[int], int], Callable[[int], int]], ...] = (
    ("leading-zeros", "leading zeros lost", lambda text: text.lstrip("0"), lambda n: n - 6, lambda n: n - 1),
    (
        "leading-zeros",
        "the leading zero of each byte lost",
        lambda text: "".join([f"{byte:x}" for byte in _bytes(text)]),
        lambda n: n // 2,
        lambda n: n - 1,
    ),
    (
        "signed-bytes",
        "bytes from 0x80 written as negative numbers, with ffffff in front",
        lambda text: "".join([f"{byte:02x}" for byte in _signed(text)]),
        lambda n: n + 1,
        lambda n: n * 4,
    ),
    (
        "signed-bytes",
        "bytes from 0x80 written with ffffff in front, others without leading zero",
        lambda text: "".join([f"{byte:x}" for byte in _signed(text)]),
        lambda n: n // 2,
        lambda n: n * 4,
    ),
    ("reordered", "the byte order of a GUID", _guid, lambda n: n, lambda n: n),
    ("reordered", "the digits backwards", lambda text: text[::-1], lambda n: n, lambda n: n),
    ("reordered", "the bytes backwards", lambda text: bytes.fromhex(text)[::-1].hex(), lambda n: n, lambda n: n),
)
"""Ways of writing that lose or move digits, with the least and the greatest length of what comes out."""


def unwrapped(given: str) -> dict[str, tuple[Made, ...]]:
    """What may have been written in this way, up to three times over, each with the mistakes that lead from it."""
    found: dict[str, tuple[Made, ...]] = {given: ()}
    fresh = [given] if len(given) <= _LONGEST else []
    for _ in range(_DEEPEST):
        fresh = [core for text in fresh for core in _undone(text, found)]
    return found


def _undone(text: str, found: dict[str, tuple[Made, ...]]) -> Iterator[str]:
    for undo in _WAYS:
        for core, made in undo(text):
            if core and core not in found:
                found[core] = (made, *found[text])
                yield core


Undone = Iterator[tuple[str, Made]]


def _padded(text: str) -> Undone:
    cores = [text.strip(), text.strip(" \t\r\n\"'"), *re.findall("[0-9a-fA-F]{16,}", text)]
    cores += [match[1] for match in [re.fullmatch(r"b'(.+)'", text)] if match]
    for core in cores:
        if not core or core == text:
            continue
        before, _, after = text.partition(core)
        yield core, Made("padded", f"sent as {before[:60]!r} + signature + {after[:60]!r}")


def _upper(text: str) -> Undone:
    if re.fullmatch("[0-9a-fA-F]*[A-F][0-9a-fA-F]*", text):
        case = "upper-case digits" if text == text.upper() else "digits in upper and lower case"
        yield text.lower(), Made("upper-case", case)


def _dashes(text: str) -> Undone:
    if re.fullmatch(r"(0x|\\x)?[0-9a-fA-F]{1,16}([-: ,._]+(0x|\\x)?[0-9a-fA-F]{1,16})+|(\\x[0-9a-fA-F]{2})+", text):
        pieces = re.sub(r"0x|\\x", " ", text)
        yield re.sub("[^0-9a-fA-F]", "", pieces), Made("dashes", f"sent as {text[:6]}…")


def _base64(text: str) -> Undone:
    if re.fullmatch(r"[A-Za-z0-9+/_ \-]{10,}={0,2}", text) is None:
        return
    plain = text.rstrip("=").replace("-", "+").replace("_", "/").replace(" ", "+")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return
    alphabet = "base64 for URLs" if re.search("[-_]", text) else "base64"
    ending = " without =" if len(plain) % 4 and not text.endswith("=") else ""
    ending += " with + sent as it is" if " " in text else ""
    yield from _of_bytes(data, Made("base64", f"sent as {alphabet}{ending}"))


def _base32(text: str) -> Undone:
    if re.fullmatch("[A-Z2-7]{26,}=*", text):
        plain = text.rstrip("=")
        try:
            yield from _of_bytes(base64.b32decode(plain + "=" * (-len(plain) % 8)), Made("base64", "sent as base32"))
        except binascii.Error:
            return


def _hex_twice(text: str) -> Undone:
    if re.fullmatch("([0-9a-f]{2}){16,}", text):
        data = bytes.fromhex(text)
        if data.isascii():
            yield from _of_bytes(data, Made("written-twice", "the digits written as hexadecimal digits once more"))


def _after_bytes(text: str) -> Undone:
    """Go's `Sum(b)` writes the digest after the bytes `b`; it does not digest them."""
    match = re.fullmatch("((?:[0-9a-f]{2}){4,})([0-9a-f]{32})", text)
    if match and bytes.fromhex(match[1]).decode(errors="replace").isprintable():
        yield match[2], Made("padded", f"after {len(match[1]) // 2} bytes of text, as Go's Sum(b) writes it after b")


def _percent(text: str) -> Undone:
    if re.search("%[0-9A-Fa-f]{2}", text):
        yield from _of_bytes(unquote_to_bytes(text), Made("written-twice", "percent-encoded once more"))


def _raw(text: str) -> Undone:
    if len(text) in (16, 20, 32) and not text.isascii():
        for charset in ("latin-1", "cp1252"):
            try:
                yield text.encode(charset).hex(), Made("raw-bytes", "sent as the bytes themselves")
            except UnicodeError:
                continue


def _of_bytes(data: bytes, made: Made) -> Undone:
    if data.isascii() and data.decode().strip().isprintable():
        yield data.decode(), made
    yield data.hex(), made


_SIZES = (4, 16, 20, 28, 32, 64)


def _integer(text: str) -> Undone:
    if re.fullmatch("-?[0-9]{8,155}", text):
        yield from _of_integer(int(text), Made("integer", "sent as a decimal number"))
    if re.fullmatch("-[0-9a-fA-F]{8,128}", text):
        yield from _of_integer(int(text, 16), Made("integer", "sent as a negative number in base 16"))


def _of_integer(number: int, made: Made) -> Undone:
    for size in _SIZES:
        if -(1 << size * 8 - 1) <= number < 1 << size * 8:
            yield (number % (1 << size * 8)).to_bytes(size, "big").hex(), made


def _numbers(text: str) -> Undone:
    if re.fullmatch(r"[\[{(]?\s*-?[0-9]{1,3}([\s,]+-?[0-9]{1,3}){15,63}\s*[\])}]?", text):
        numbers = [int(number) for number in re.findall("-?[0-9]+", text)]
        if all(-129 < number < 256 for number in numbers):
            yield bytes(number % 256 for number in numbers).hex(), Made("integer", "sent as a list of numbers")


_WAYS = (_padded, _upper, _dashes, _base64, _base32, _hex_twice, _after_bytes, _percent, _raw, _integer, _numbers)
"""Each gives what may have been written so; from likely to unlikely."""
