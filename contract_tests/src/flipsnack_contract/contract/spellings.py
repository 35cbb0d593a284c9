"""Finds a secret in a text in whatever common spelling: encoded for a URL, for JSON, for HTML, in Base64, in hex."""

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import unquote, unquote_plus

LONG = 10_000
"""Characters of a text that is searched for fewer spellings."""
TOKEN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
# The characters that come first are looked for first, which takes a tenth of the time.
HEX = re.compile(r"(?=[0-9A-Fa-f\\][0-9A-Fa-fx])(?:(?:0x|\\x)?[0-9A-Fa-f]{2}[ :,-]{0,2}){4,}")
NUMBERS = re.compile(r"(?=\d)(?:\d{1,3},? ){4,}\d{1,3}")
REFERENCE = re.compile(r"&#?\w+;")
QUOTED = re.compile(r"=([0-9A-F]{2})")
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\([\"'\\/])")


def spelling_of(secret: str, text: str) -> str:
    """How `text` spells the secret; empty where it does not hold it."""
    return spellings_of([secret], text).get(secret, "")


def spellings_of(secrets: Iterable[str], text: str) -> dict[str, str]:
    """How `text` spells each secret that it holds.

    Letter case and blanks around a secret make no difference. A text may have a character for each byte of UTF-8.
    """
    wanted = {secret: secret.strip().casefold() for secret in secrets if secret.strip()}
    found: dict[str, str] = {}
    if not wanted:
        return found
    for spelling, read in _readings(text, min(len(secret.strip().encode()) for secret in wanted)):
        folded = read.casefold()
        found = {secret: spelling for secret, spelt in wanted.items() if spelt in folded} | found
    return found


def _readings(text: str, size: int) -> Iterator[tuple[str, str]]:
    """The text, and what it says when it is decoded, as far as that may be a secret of `size` bytes, with a name."""
    for name, read in _as_texts(text):
        yield name, read
        if "\\" in read:
            yield f"{name}, escaped", _paired(ESCAPE.sub(_character, read))
        if REFERENCE.search(read):
            yield f"{name}, as HTML", html.unescape(read)
        # Four letters of Base64 hold three bytes.
        for token in (one for one in TOKEN.findall(read) if 3 * len(one) >= 4 * size - 4):
            yield "in Base64", _from_base64(token)
        for token in (one for one in HEX.findall(read) if len(one) >= 2 * size):
            yield "in hexadecimal", _text(_from_hex(token))
        for token in NUMBERS.findall(read):
            yield "in numbers", _text(bytes(int(one) % 256 for one in re.findall(r"\d+", token)))


def _as_texts(text: str) -> Iterator[tuple[str, str]]:
    seen = {text}
    yield "as it is", text
    once = unquote(text)
    # Backwards, and quoted-printable, are spellings too.
    others = (text[::-1], _from_bytes(QUOTED.sub(_byte, text))) if len(text) < LONG else ()
    variants = (once, unquote_plus(text), unquote(once), unquote(text, "latin-1"), _from_bytes(text), *others)
    for read in variants:
        if read not in seen:
            seen.add(read)
            yield "encoded", read


def _from_bytes(text: str) -> str:
    with suppress(UnicodeError):
        return text.encode("latin-1").decode()
    return text


def _byte(quoted: re.Match[str]) -> str:
    return chr(int(quoted[1], 16))


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else escape[3]


def _paired(text: str) -> str:
    """The text with each pair of surrogates as the character that they stand for."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _from_hex(token: str) -> bytes:
    digits = "".join(re.findall(r"[0-9A-Fa-f]{2}", re.sub(r"0x|\\x", "", token)))
    return bytes.fromhex(digits)


def _from_base64(token: str) -> str:
    standard = token.replace("-", "+").replace("_", "/")
    with suppress(binascii.Error):
        return _text(base64.b64decode(standard[: len(standard) - (len(standard) % 4 == 1)] + "==="))
    return ""


def _text(raw: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return raw.decode()
    return raw.decode("latin-1")
