"""The ways to write a secret, and what a text means that is encoded or escaped."""

import base64
import binascii
import functools
import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from flipsnack_mock.protocol.secrets import words_of

# A shorter secret is masked only as a whole value: a secret of one letter is part of most words.
_FINDABLE = 6
_URL_SAFE = str.maketrans("+/", "-_")
# As in JSON, in most languages, and by `escape` of JavaScript.
_ESCAPE = re.compile(r"(?:[\\%]u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|\\(.))")
_BLANKS = {"n": "\n", "r": "\r", "t": "\t"}
SPLIT = re.compile(r"&[A-Za-z0-9#]+;|\\")
"""What begins or ends an escape within which a text is no word."""
_ESCAPED = re.compile(rf"[%+]|{SPLIT.pattern}")
_CODE = re.compile(r"[A-Za-z0-9+/_-]{8,}")
LONGEST_WORD = 2_000
"""So long is the longest secret, with each of its bytes percent-encoded more than once."""


def readings(word: str) -> tuple[str, ...]:
    """`word`, what it is an encoding of, and the words in that; in small letters."""
    # A client chooses it: a longer one is not read, and not remembered.
    return _read(word) if len(word) <= LONGEST_WORD else (word.lower(),)


@functools.lru_cache(maxsize=1024)
def _read(word: str) -> tuple[str, ...]:
    found = [word, *unescaped(word)]
    codes = [text for one in found for text in _decoded_codes(one)]
    # A code may be encoded once more, as a token in a header is.
    found += [*codes, *(text for one in codes for text in _decoded_codes(one))]
    return tuple({one.lower(): None for text in found for one in (text, *words_of(text))})


def _decoded_codes(text: str) -> Iterator[str]:
    """What `text` is Base64 of, or hexadecimal digits, where that is text."""
    if _CODE.fullmatch(text):
        for decode in (bytes.fromhex, lambda code: base64.urlsafe_b64decode(_url_safe(code) + "==")):
            with suppress(binascii.Error, ValueError):
                yield decode(text).decode()


class Spellings:
    """The ways to write `secret`; `pattern` finds them all."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._findable = len(secret) >= _FINDABLE
        self._plain = secret.lower()
        raw = secret.encode()
        # Where it begins among three bytes decides how Base64 writes it; its ends depend on the neighbours.
        codes = [base64.b64encode(b"\0" * place + raw).rstrip(b"=")[(0, 2, 3)[place] : -1] for place in range(3)]
        self._codes = dict.fromkeys(way(code.decode()) for code in codes for way in (str, _url_safe))
        self._hex = raw.hex()
        self._shortest = min(len(one) for one in (self._plain, self._hex, *self._codes))

    def is_in(self, text: str) -> bool:
        """Whether `text` holds a spelling of the secret; one that is too short is part of any text."""
        low = text.lower()
        if not self._findable or len(low) < self._shortest:
            return False
        if self._plain in low or self._hex in low or any(code in text for code in self._codes):
            return True
        return any(self._plain in one.lower() for one in unescaped(text))

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern for every spelling; around Base64 it takes what belongs to the same text."""
        written = "".join(map(_written, self.secret))
        codes = "|".join(map(re.escape, (self._hex, *self._codes)))
        return re.compile(f"{written}|[A-Za-z0-9+/_-]*(?:{codes})[A-Za-z0-9+/_=-]*", re.IGNORECASE)


def _url_safe(code: str) -> str:
    return code.translate(_URL_SAFE)


def unescaped(text: str) -> Iterator[str]:
    """What `text` means where it is percent-encoded or escaped for HTML or JSON, up to three times and in any order."""
    if not _ESCAPED.search(text):
        return
    yield from _meanings(text, 3)
    if "+" in text:
        yield (spaced := text.replace("+", " "))
        yield from _meanings(spaced, 3)


def _meanings(text: str, times: int) -> Iterator[str]:
    meant = text
    for decode in _DECODERS:
        if (decoded := decode(meant)) != meant:
            yield (meant := decoded)
    if times > 1 and meant != text:
        yield from _meanings(meant, times - 1)


def _from_html(text: str) -> str:
    return html.unescape(text) if ";" in text else text


def _from_json(text: str) -> str:
    if "\\" not in text and "%u" not in text:
        return text
    return _ESCAPE.sub(_meant, text)


def _meant(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _BLANKS.get(escape[3], escape[3])


_DECODERS = (unquote, _from_html, _from_json)


def _written(character: str) -> str:
    """A pattern for a character, and for it encoded and escaped."""
    cases = dict.fromkeys((character, character.lower(), character.upper()))
    plain = {re.escape(way(one)): None for one in cases for way in (str, html.escape, _in_json)}
    encoded = ("".join(f"%(?:25)*{byte:02x}" for byte in one.encode()) for one in cases)
    numbered = (f"&#(?:0*{ord(one)}|x0*{ord(one):x});|\\\\u{ord(one):04x}" for one in cases if len(one) == 1)
    return f"(?:{'|'.join([*plain, *encoded, *numbered, *(['[+]'] if character == ' ' else [])])})"


def _in_json(character: str) -> str:
    return json.dumps(character, ensure_ascii=False)[1:-1]


@functools.lru_cache(maxsize=4096)
def spellings(secret: str) -> Spellings:
    """The ways to write `secret`, remembered: making them takes longer than looking for them."""
    return Spellings(secret)
