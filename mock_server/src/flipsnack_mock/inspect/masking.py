"""Masks secrets and signatures.

The signature of a resource URL becomes a label, so that equal URLs can be recognised.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote_to_bytes

from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret

MASK = "***"

# A shorter secret is masked only as a whole value: a secret of one letter is part of most words.
_FINDABLE = 6
_WORD = re.compile(r"""[^\s/'"?&=;<>(){},]+""")
_AUTOMATIC_SECRET = automatic_secret(AUTOMATIC_PREFIX)
_URL_SIGNATURE = re.compile(r"(?<=[?&;]Signature=)([A-Za-z0-9_%=-]+)")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_FIELD_NAME = re.compile(r'name="?([^"\r\n;]{0,200})')
_HOLD_PARAMETERS = ("application/x-www-form-urlencoded", "multipart/form-data")


def label(token: str) -> str:
    """The mask of a resource URL's signature: the same for equal signatures, and not reversible."""
    return MASK + hashlib.sha256(token.encode()).hexdigest()[:8]


def masked_urls(text: str) -> str:
    """`text` with the signatures of all resource URLs masked."""
    return _URL_SIGNATURE.sub(lambda match: label(match[1]), text)


def _rewritten(raw: str, content_type: str, change: Callable[[str, str], str]) -> str:
    """A query, form or multipart body, one character a byte, with each value replaced by `change(name, value)`."""
    boundary = _BOUNDARY.search(content_type) if "multipart/" in content_type.lower() else None
    if boundary is None:
        return "&".join(_rewritten_piece(piece, change) for piece in raw.split("&"))
    delimiter = f"--{boundary[1]}"
    return delimiter.join(_rewritten_part(part, change) for part in raw.split(delimiter))


def _rewritten_piece(piece: str, change: Callable[[str, str], str]) -> str:
    name, separator, value = piece.partition("=")
    known = _decoded(value)
    wanted = change(_decoded(name), known)
    return piece if wanted == known else name + separator + quote(wanted, safe="*")


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("utf-8", "replace")


def _rewritten_part(part: str, change: Callable[[str, str], str]) -> str:
    head, separator, rest = part.partition("\r\n\r\n")
    name = _FIELD_NAME.search(head)
    if name is None:
        return part
    value = rest.removesuffix("\r\n")
    wanted = change(name[1], value.encode("latin-1").decode("utf-8", "replace"))
    return head + separator + wanted.encode().decode("latin-1") + rest[len(value) :]


class Mask:
    """Masks known secrets, parameters whose name contains `secret`, and signatures."""

    def __init__(self, own: str | None, others: Iterable[str] = ()) -> None:
        """Mask `own`, the account's secret, anywhere in a text, and `others` where they are a whole word."""
        self._own = own
        self._others = frozenset(others)

    def value(self, name: str, value: str) -> str:
        """The value of a parameter, masked if necessary."""
        if name == "Signature" and value:
            return label(value)
        if name.lower() == "signature" or self.is_secret(name, value):
            return MASK if value else value
        return self.text(value)

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the parameter holds a secret, judged by its value or its name."""
        return bool(value) and ("secret" in name.lower() or self._holds_secret(value))

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """All parameters with their values masked."""
        return {name: self.value(name, value) for name, value in params.items()}

    def leaks(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The names of the parameters that hold a secret."""
        return tuple(name for name, value in params.items() if self.is_secret(name, value))

    def text(self, text: str) -> str:
        """`text` with the account's own secret masked, and words that are another account's secret."""
        own = self._own
        if own and len(own) >= _FINDABLE:
            text = text.replace(own, MASK)
        if _AUTOMATIC_SECRET not in text and self._others.isdisjoint(_WORD.findall(text)):
            return text
        return _WORD.sub(lambda word: MASK if self._is_others_secret(word[0]) else word[0], text)

    def raw(self, raw: bytes, content_type: str = "") -> str:
        """A query (without `content_type`) or body as masked text, one character for each byte.

        A body without parameters is masked as a whole.
        """
        if not raw or not content_type or content_type.lower().startswith(_HOLD_PARAMETERS):
            return self.text(_rewritten(raw.decode("latin-1"), content_type, self.value))
        return MASK

    def _holds_secret(self, value: str) -> bool:
        own = self._own
        return self._is_others_secret(value) or value == own or bool(own and len(own) >= _FINDABLE and own in value)

    def _is_others_secret(self, word: str) -> bool:
        return word in self._others or word.startswith(_AUTOMATIC_SECRET)
