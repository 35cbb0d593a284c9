"""A request while it is being thought up: parameters first, signature last, then bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.target import Request

__all__ = ["ACTION", "CallDraft", "Pairs", "encoded"]

ACTION = "collection.downloadHTML"
FORM = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CallDraft:
    """A call of the API: what is sent, in this order, and how it is signed.

    `signature` None means: the right one for `parameters` and `secret`; "" means: none is sent.
    """

    parameters: Pairs
    secret: str
    method: str = "GET"
    path: str = ""
    signature: str | None = None

    def with_(self, **parameters: str) -> CallDraft:
        """The draft with these parameters set, new ones at the end."""
        kept = [(name, parameters.pop(name, value)) for name, value in self.parameters]
        return replace(self, parameters=(*kept, *parameters.items()))

    def without(self, name: str) -> CallDraft:
        """The draft without a parameter; `signature` too can be left out."""
        if name == "signature":
            return replace(self, signature="")
        return replace(self, parameters=tuple(pair for pair in self.parameters if pair[0] != name))

    def also(self, *pairs: tuple[str, str]) -> CallDraft:
        """The draft with more parameters, even if a name is there already."""
        return replace(self, parameters=(*self.parameters, *pairs))

    def get(self, name: str) -> str | None:
        """The value of a parameter, or None."""
        return dict(self.parameters).get(name)

    def signed(self) -> Pairs:
        """All that is sent, the signature at the end."""
        signature = sign(self.secret, self.parameters) if self.signature is None else self.signature
        return (*self.parameters, ("signature", signature)) if signature else self.parameters

    def request(self, base_url: str) -> Request:
        """The HTTP request, below `base_url`: in the query of a GET, form-encoded in the body of a POST."""
        text = encoded(self.signed())
        if self.method == "POST":
            return Request("POST", base_url + self.path, text.encode(), {"Content-Type": FORM})
        return Request(self.method, f"{base_url}{self.path}?{text}")

    @property
    def format(self) -> str:
        """The format the answer should have if `format` and `callback` are in order."""
        wanted = self.get("format") or "json"
        return "json" if wanted not in ("jsonp", "xml") or (wanted == "jsonp" and not self.get("callback")) else wanted


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as a query string, percent-encoded UTF-8."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
