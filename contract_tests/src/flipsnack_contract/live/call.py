"""A call that reads: the only kind there is here, so that no other can be sent by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.request_builder import Pairs, encoded
from flipsnack_contract.target.target import Request
from flipsnack_contract.target.target_under_test import Credentials

__all__ = ["Call", "Collection", "Key", "ReadAction", "Signature"]

NOT_A_KEY, NOBODY_HAS = "not-a-key", "nobody-has-this"


class ReadAction(StrEnum):
    """The methods that may be called, because they change nothing. There is no other way to name one."""

    DOWNLOAD_HTML = "collection.downloadHTML"


class Key(Enum):
    """Whose key a call carries."""

    OWN = "own"
    UNKNOWN = "unknown"
    NONE = "none"


class Signature(Enum):
    """How a call is signed."""

    RIGHT = "right"
    WRONG = "wrong"
    UPPER = "upper"
    NONE = "none"


class Collection(Enum):
    """What a call asks for."""

    KNOWN = "known"
    NOBODYS = "nobody's"
    NONE = "none"


_RESERVED = frozenset({"action", "apiKey", "collectionHash", "signature", "file"})


@dataclass(frozen=True, kw_only=True)
class Call:
    """One GET of the API, right in everything unless said otherwise. `more` parameters follow, and are signed.

    Raises `TypeError` for an action that is no `ReadAction`, `ValueError` for `more` that would name another.
    """

    action: ReadAction = ReadAction.DOWNLOAD_HTML
    key: Key = Key.OWN
    signature: Signature = Signature.RIGHT
    collection: Collection = Collection.KNOWN
    more: Pairs = ()
    backwards: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.action, ReadAction):
            raise TypeError(f"{self.action!r} is not allowed; only {', '.join(ReadAction)} may be called")
        if taken := sorted(_RESERVED & {name for name, _ in self.more}):
            raise ValueError(f"{', '.join(taken)} cannot be set by hand")

    def request(self, base_url: str, credentials: Credentials | None) -> Request:
        """The HTTP request. A call without credentials has the key of nobody."""
        parameters = (*self._named(credentials), *self.more)
        pairs = (*parameters, *self._signed(parameters, credentials.secret if credentials else "nothing"))
        return Request("GET", f"{base_url}?{encoded(reversed(pairs) if self.backwards else pairs)}")

    @property
    def format(self) -> str:
        """The format that the answer should have, if `format` and `callback` are in order."""
        wanted = dict(self.more).get("format", "json")
        return wanted if wanted == "xml" or (wanted == "jsonp" and self.callback) else "json"

    @property
    def callback(self) -> str | None:
        """The callback that is asked for."""
        return dict(self.more).get("callback")

    def _named(self, credentials: Credentials | None) -> Pairs:
        keys = {Key.OWN: credentials.key if credentials else NOT_A_KEY, Key.UNKNOWN: NOT_A_KEY, Key.NONE: ""}
        known = (credentials.collection if credentials else None) or NOBODY_HAS
        hashes = {Collection.KNOWN: known, Collection.NOBODYS: NOBODY_HAS, Collection.NONE: ""}
        named = (("action", str(self.action)), ("apiKey", keys[self.key]), ("collectionHash", hashes[self.collection]))
        return tuple((name, value) for name, value in named if value)

    def _signed(self, parameters: Pairs, secret: str) -> Pairs:
        right = sign(secret, parameters)
        texts = {Signature.RIGHT: right, Signature.UPPER: right.upper(), Signature.WRONG: "0123456789abcdef" * 2}
        return () if self.signature is Signature.NONE else (("signature", texts[self.signature]),)
