"""Builds the request of a call: parameters first, then the signature, then bytes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote

from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.target import Request

FORM = "application/x-www-form-urlencoded"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CallDraft:
    """A call of the API before it is sent: its parameters in the order of sending, and how it is signed.

    `signature` None is the right one for `parameters` and `secret`; with "" none is sent. `text` is sent instead of the
    parameters where a check encodes them itself.
    """

    parameters: Pairs
    secret: str
    verb: str = "GET"
    path: str = ""
    signature: str | None = None
    text: str | None = None

    def with_(self, **parameters: str) -> Self:
        """The draft with these parameters set; new ones are added at the end."""
        kept = [(name, parameters.pop(name, value)) for name, value in self.parameters]
        return replace(self, parameters=(*kept, *parameters.items()))

    def without(self, name: str) -> Self:
        """The draft without that parameter, which may be `signature`."""
        if name == "signature":
            return replace(self, signature="")
        return replace(self, parameters=tuple(pair for pair in self.parameters if pair[0] != name))

    def also(self, *pairs: tuple[str, str]) -> Self:
        return replace(self, parameters=(*self.parameters, *pairs))

    def get(self, name: str) -> str | None:
        return dict(self.parameters).get(name)

    def signed(self) -> Pairs:
        signature = sign(self.secret, self.parameters) if self.signature is None else self.signature
        return (*self.parameters, ("signature", signature)) if signature else self.parameters

    def request(self, base_url: str) -> Request:
        """The HTTP request, below `base_url`: the parameters are in the body of a POST, else in the query."""
        text = encoded(self.signed()) if self.text is None else self.text
        if self.verb == "POST":
            return Request("POST", base_url + self.path, text.encode(), {"Content-Type": FORM})
        return Request(self.verb, f"{base_url}{self.path}?{text}")

    @property
    def format(self) -> str:
        """The format of the answer: json, jsonp or xml; json where `format` or `callback` is wrong."""
        wanted = self.get("format") or "json"
        return "json" if wanted not in ("jsonp", "xml") or (wanted == "jsonp" and not self.get("callback")) else wanted


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """The pairs as a query string, percent-encoded UTF-8."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
