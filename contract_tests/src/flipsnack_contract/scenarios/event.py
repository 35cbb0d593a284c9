"""One request and its answer, as far as it was seen: in the fake's log, in its journal, or in an HTTP archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from flipsnack_contract.contract.methods import package_method

__all__ = ["Event"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A request and its answer; what was not seen is None.

    `start` and `end` are microseconds of the time that the server counts in, where that is known, else of the
    recorder's; `wall` is the start in real time. `kind` is a call of the API, a download, or anything else. `spoilt`:
    a fault changed the answer, so it has neither code nor state. `readable`: the body was seen and makes sense.

    Of an answer with a `link`, `link_tried` says whether the link was requested. Of a download, `giver` is the answer
    that gave its link, where it was seen.
    """

    name: str
    kind: Literal["call", "download", "other"]
    method: str
    url: str
    start: int
    end: int
    wall: int
    params: Mapping[str, str] = field(default_factory=dict)
    http_status: int | None = None
    code: int | None = None
    state: str | None = None
    link: str | None = None
    readable: bool = False
    spoilt: bool = False
    link_tried: bool = False
    giver: Event | None = None

    @property
    def is_poll(self) -> bool:
        """Whether it asks for a package."""
        return self.kind == "call" and self.action == package_method().name and bool(self.collection)

    @property
    def fetches_link(self) -> bool:
        """Whether it requests exactly the link that `giver` gave."""
        return self.giver is not None and self.url == self.giver.link

    @property
    def key(self) -> str:
        """The API key: of a download, that of the call which gave its link."""
        return self.giver.key if self.giver else self.params.get("apiKey", "")

    @property
    def action(self) -> str:
        """The method of a call."""
        return self.params.get("action", "")

    @property
    def collection(self) -> str:
        """The collection of a call."""
        return self.params.get("collectionHash", "")

    @property
    def sameness(self) -> tuple[tuple[str, str], ...]:
        """Equal for calls that ask for the same: the verb and all parameters but the signature."""
        return (("", self.method), *sorted((name, value) for name, value in self.params.items() if name != "signature"))

    def __str__(self) -> str:
        result = f"code {self.code}" if self.code is not None else f"HTTP {self.http_status}"
        what = f"{self.action or 'a call'} {self.collection}" if self.kind == "call" else "a download"
        return " ".join(part for part in (self.name, self.method, what.strip(), "->", result, self.state or "") if part)
