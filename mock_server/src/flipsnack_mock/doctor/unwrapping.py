"""Undoes what shows in a signature: upper case, Base64, dashes, or text around the digits."""

import ast
import base64
import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from flipsnack_mock.doctor.readings import Made

_LONGEST = 1_000
_DEEPEST = 3


def unwrapped(given: str) -> dict[str, tuple[Made, ...]]:
    """What may have been written in this way, up to three times over, each with the mistakes that lead from it."""
    given = re.sub("\ufffd+", "\ufffd", given)
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


_SEPARATED = (
    r"(0x|\\x)?[0-9a-fA-F]{1,16}([-: ,._]+(0x|\\x)?[0-9a-fA-F]{1,16})+|(\\x[0-9a-fA-F]{2})+",
    # Within the text of an object, such as Node's <Buffer 9e 10 …>.
    r"[^\n]*?((?<![0-9a-fA-F])[0-9a-fA-F]{2}([-: ,]+[0-9a-fA-F]{2}){15,63})(?![0-9a-fA-F])[^\n]*",
)


def _dashes(text: str) -> Undone:
    whole, within = (re.fullmatch(pattern, text) for pattern in _SEPARATED)
    if match := whole[0] if whole else within and within[1]:
        pieces = re.sub(r"0x|\\x", " ", match)
        yield re.sub("[^0-9a-fA-F]", "", pieces), Made("dashes", f"sent as {text[:6]}…")


def _base64(text: str) -> Undone:
    if re.fullmatch(r"[A-Za-z0-9+/_ \-]{10,}={0,2}", text) is None or re.fullmatch("[0-9a-f]+|[0-9A-F]+", text):
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


def _hex_twice(text: str) -> Undone:
    if re.fullmatch("([0-9a-f]{2}){16,}", text):
        data = bytes.fromhex(text)
        if data.isascii():
            yield from _of_bytes(data, Made("written-twice", "the digits written as hexadecimal digits once more"))


def _after_bytes(text: str) -> Undone:
    """Go's `Sum(b)` writes the digest after the bytes `b`; it does not digest them."""
    match = re.fullmatch("((?:[0-9a-f]{2}){4,})([0-9a-f]{32})", text)
    before = bytes.fromhex(match[1]).decode(errors="replace") if match else ""
    if match and before.isprintable() and "\ufffd" not in before:
        text = f"{len(match[1]) // 2} bytes of text are written as digits in front of the digest, as by Go's Sum(text)"
        yield match[2], Made("undigested", text)


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


def _literal(text: str) -> Undone:
    """Bytes as Python or Ruby writes them in a program, with escapes."""
    if match := re.search(r"""(['"])[ -~]*\\x[ -~]*\1""", text):
        try:
            yield ast.literal_eval(f"b{match[0]}").hex(), Made("raw-bytes", "sent as the text of bytes")
        except (SyntaxError, ValueError):
            return


def _of_bytes(data: bytes, made: Made) -> Undone:
    if data.isascii() and data.decode().strip().isprintable():
        yield data.decode(), made
    yield data.hex(), made


_SIZES = (4, 16, 20, 28, 32, 64)


def _integer(text: str) -> Undone:
    if re.fullmatch("-?[1-9][0-9]{7,154}", text):
        yield from _of_integer(int(text), Made("integer", "sent as a decimal number"))
    if re.fullmatch("-[0-9a-fA-F]{8,128}", text):
        yield from _of_integer(int(text, 16), Made("integer", "sent as a negative number in base 16"))


def _of_integer(number: int, made: Made) -> Undone:
    for size in _SIZES:
        if -(1 << size * 8 - 1) <= number < 1 << size * 8:
            yield (number % (1 << size * 8)).to_bytes(size, "big").hex(), made


def _numbers(text: str) -> Undone:
    if match := re.search(r"-?\b[0-9]{1,3}([\s,]+-?[0-9]{1,3}){15,63}\b", text):
        numbers = [int(number) for number in re.findall("-?[0-9]+", match[0])]
        if all(-129 < number < 256 for number in numbers):
            yield bytes(number % 256 for number in numbers).hex(), Made("integer", "sent as a list of numbers")
    if re.fullmatch(r"\[?\s*-?[0-9]{1,10}([\s,]+-?[0-9]{1,10}){3,7}\s*\]?", text):
        words = [int(number) % (1 << 32) for number in re.findall("-?[0-9]+", text)]
        for order in ("big", "little"):
            digits = b"".join([word.to_bytes(4, order) for word in words]).hex()
            yield digits, Made("integer", "sent as a list of words of 32 bits")


_WAYS = (
    *(_padded, _upper, _dashes, _base64, _hex_twice),
    *(_after_bytes, _percent, _raw, _literal, _integer, _numbers),
)
"""Each gives what may have been written so; from likely to unlikely."""
