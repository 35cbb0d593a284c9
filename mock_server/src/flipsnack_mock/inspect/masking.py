"""Masks secrets and signatures.

The signature of a resource URL becomes a label, so that equal URLs can be recognised.
"""

import base64
import functools
import hashlib
import re
from collections.abc import Container, Mapping
from urllib.parse import quote, unquote, unquote_to_bytes

import msgspec

from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

MASK = "***"

# A shorter secret is masked only as a whole value: a secret of one letter is part of most words.
_FINDABLE = 6
_URL_SAFE = str.maketrans("+/", "-_")
_WORD = re.compile(r"""[^\s/'"?&=;<>(){},]+""")
_AUTOMATIC_SECRET = automatic_secret(AUTOMATIC_PREFIX)
_URL_SIGNATURE = re.compile(r"(?<=[?&;]Signature=)([A-Za-z0-9_%=-]+)")
_FORM = "application/x-www-form-urlencoded"


def label(token: str) -> str:
    """The mask of a resource URL's signature: the same for equal signatures, and not reversible."""
    return MASK + hashlib.sha256(token.encode()).hexdigest()[:8]


def masked_urls(text: str) -> str:
    """`text` with the signatures of all resource URLs masked."""
    return _URL_SIGNATURE.sub(lambda match: label(match[1]), text)


def _decoded(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("utf-8", "replace")


class Mask:
    """Masks known secrets, parameters whose name contains `secret`, and signatures."""

    def __init__(self, own: str | None, others: Container[str] = ()) -> None:
        """Mask `own`, the account's secret, anywhere in a text, and `others` where they are a whole word."""
        self._own = _spellings(own) if own else None
        self._others = others

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
        """All parameters with their names and values masked."""
        return {self.text(name): self.value(name, value) for name, value in params.items()}

    def leaks(self, params: Mapping[str, str]) -> tuple[str, ...]:
        """The names, masked, of the parameters that hold a secret or are called one."""
        held = (name for name, value in params.items() if self.is_secret(name, value) or self._holds_secret(name))
        return tuple(self.text(name) for name in held)

    def text(self, text: str) -> str:
        """`text` with the account's own secret masked, and words that are another account's secret.

        A spelling of the secret is as good as the secret: percent-encoded, in letters of another case, in Base64 or
        hexadecimal digits.
        """
        if not text:
            return text
        if self._own is not None and self._own.is_in(text):
            text = self._own.pattern.sub(MASK, text)
        if _AUTOMATIC_SECRET not in text.lower() and "%" not in text and not self._has_others_secret(text):
            return text
        return _WORD.sub(lambda word: MASK if self._is_others_secret(word[0]) else word[0], text)

    def whole(self, text: str) -> str:
        """`text`, a value by itself, masked: also a secret that is too short to be looked for inside of a text."""
        return MASK if self._holds_secret(text) else text

    def raw(self, raw: bytes, content_type: str = "") -> str:
        """A query (without `content_type`) or body as masked text, one character for each byte.

        A body that is no form is masked as a whole.
        """
        if raw and content_type and not content_type.lower().startswith(_FORM):
            return MASK
        return self.text("&".join(map(self._piece, raw.decode("latin-1").split("&"))))

    def _piece(self, piece: str) -> str:
        name, separator, value = piece.partition("=")
        known = _decoded(value)
        wanted = self.value(_decoded(name), known)
        return piece if wanted == known else name + separator + quote(wanted, safe="*")

    def _holds_secret(self, value: str) -> bool:
        own = self._own
        return self._is_others_secret(value) or (own is not None and (own.is_in(value) or value == own.secret))

    def _has_others_secret(self, text: str) -> bool:
        return any(word in self._others for word in _WORD.findall(text))

    def _is_others_secret(self, word: str) -> bool:
        if word in self._others or _AUTOMATIC_SECRET in word.lower():
            return True
        decoded = unquote(word) if "%" in word else word
        return decoded != word and any(map(self._is_others_secret, _WORD.findall(decoded)))


class _Spellings:
    """The ways to write `secret`; `pattern` finds them all."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._findable = len(secret) >= _FINDABLE
        self._plain = secret.lower()
        raw = secret.encode()
        # Where it begins among three bytes decides how Base64 writes it; its ends depend on the neighbours.
        codes = [base64.b64encode(b"\0" * place + raw).rstrip(b"=")[(0, 2, 3)[place] : -1] for place in range(3)]
        self._codes = [code.decode() for code in codes] + [code.decode().translate(_URL_SAFE) for code in codes]
        self._codes += [raw.hex()]
        self._shortest = min(len(one) for one in (self._plain, *self._codes))

    def is_in(self, text: str) -> bool:
        """Whether `text` holds a spelling of the secret; one that is too short is part of any text."""
        low = text.lower()
        if not self._findable or len(low) < self._shortest:
            return False
        if self._plain in low or any(code in text or code in low for code in self._codes):
            return True
        return "%" in text and self._plain in unquote(unquote(low)).lower()

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """A pattern for every spelling; around Base64 it takes what belongs to the same text."""
        written = "".join(f"(?:{re.escape(one)}|{_percent(one)})" for one in self.secret)
        codes = "|".join(map(re.escape, dict.fromkeys(self._codes)))
        return re.compile(f"{written}|[A-Za-z0-9+/_-]*(?:{codes})[A-Za-z0-9+/_=-]*", re.IGNORECASE)


def _percent(character: str) -> str:
    """A pattern for a character that is percent-encoded once or twice."""
    return "".join(f"%(?:25)?{byte:02x}" for byte in character.encode()) + (r"|\+" if character == " " else "")


@functools.lru_cache(maxsize=4096)
def _spellings(secret: str) -> _Spellings:
    return _Spellings(secret)


def mask_of(world: World, entry: Entry) -> Mask:
    """The mask of what is shown of `entry`, which belongs to `world`."""
    return Mask(entry.secret or None, world.secrets)


def shown_in_log(world: World, entry: Entry) -> Entry:
    """`entry` with what the log shows of it masked."""
    if not entry.detail and (not entry.action or entry.action in METHODS):
        return entry
    mask = mask_of(world, entry)
    params = {"action": mask.whole(entry.action)} if entry.action else {}
    return msgspec.structs.replace(entry, detail=mask.text(entry.detail), sent=params)
