"""Secrets and signatures as they may be shown: not at all.

The signature of a resource URL is masked with a label of its own, so that the same URL is seen to be the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote_to_bytes

from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret

__all__ = ["MASK", "Mask", "label", "masked_urls"]

MASK = "***"

# Shorter ones are only recognised as a whole value: a secret of one letter is in every word.
_FINDABLE = 6
_WORD = re.compile(r"""[^\s/'"?&=;<>(){},]+""")
_AUTOMATIC_SECRET = automatic_secret(AUTOMATIC_PREFIX)
_URL_SIGNATURE = re.compile(r"(?<=[?&;]Signature=)([A-Za-z0-9_%=-]+)")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_FIELD_NAME = re.compile(r'name="?([^"\r\n;]{0,200})')
_HOLD_PARAMETERS = ("application/x-www-form-urlencoded", "multipart/form-data")


def label(token: str) -> str:
    """The mask of a resource URL's signature: the same for the same one, and no way back."""
    return MASK + hashlib.sha256(token.encode()).hexdigest()[:8]


def masked_urls(text: str) -> str:
    """`text` with the signature of every resource URL in it masked."""
    return _URL_SIGNATURE.sub(lambda match: label(match[1]), text)


def _rewritten(raw: str, content_type: str, change: Callable[[str, str], str]) -> str:
    """A query, a form or a multipart body with each value as `change(name, value)` wants it; all else stays as it is.

    `raw` has one character for each byte.
    """
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
    """Hides the secrets it knows, anything that is called a secret, and signatures."""

    def __init__(self, own: str | None, others: Iterable[str] = ()) -> None:
        """Hide `own`, the secret of the account, wherever it stands, and `others` where they are a whole value."""
        self._own = own
        self._others = frozenset(others)

    def value(self, name: str, value: str) -> str:
        """What may be shown of the parameter."""
        if name == "Signature" and value:
            return label(value)
        if name.lower() == "signature" or self.is_secret(name, value):
            return MASK if value else value
        return self.text(value)

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the parameter says a secret: by its value, or by its name."""
        return bool(value) and ("secret" in name.lower() or self._is_known(value))

    def params(self, params: Mapping[str, str]) -> dict[str, str]:
        """What may be shown of all parameters."""
        return {name: self.value(name, value) for name, value in params.items()}

    def leaks(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The names of the parameters that say a secret."""
        return tuple(name for name, value in params.items() if self.is_secret(name, value))

    def text(self, text: str) -> str:
        """A text without the account's own secret, and without words that are a secret of another one."""
        own = self._own
        if own and len(own) >= _FINDABLE:
            text = text.replace(own, MASK)
        if _AUTOMATIC_SECRET not in text and self._others.isdisjoint(_WORD.findall(text)):
            return text
        return _WORD.sub(lambda word: MASK if self._is_anybodys(word[0]) else word[0], text)

    def raw(self, raw: bytes, content_type: str = "") -> str:
        """A query (without `content_type`) or body as text, one character a byte, with every value as it may be shown.

        Of a body that holds no parameters nothing is shown.
        """
        if not raw or not content_type or content_type.lower().startswith(_HOLD_PARAMETERS):
            return self.text(_rewritten(raw.decode("latin-1"), content_type, self.value))
        return MASK

    def _is_known(self, value: str) -> bool:
        own = self._own
        return self._is_anybodys(value) or value == own or bool(own and len(own) >= _FINDABLE and own in value)

    def _is_anybodys(self, word: str) -> bool:
        return word in self._others or word.startswith(_AUTOMATIC_SECRET)
