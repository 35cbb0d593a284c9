"""One exchange of a recording, as far as it was recorded: what is not known is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ANSWERED", "NEEDS", "Event"]

NEEDS = {
    "calls": "calls of the API",
    "answers": "the bodies of the API's answers",
    "links": "answers with a resource URL, and requests for it",
}
"""What a check of a recording may need to have been recorded."""
ANSWERED = frozenset({"calls", "answers"})

DOWNLOAD = "collection.downloadHTML"


@dataclass(frozen=True, kw_only=True)
class Event:
    """A request and its answer. `start` and `end` are microseconds of the time that the server counts in, if that is
    known, else of the recorder's; `wall` is when it began on the wall. `spoilt`: a fault disturbed the answer.
    """

    name: str
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

    @property
    def is_call(self) -> bool:
        """Whether it is a call of the API."""
        return self.url.partition("?")[0].rstrip("/").endswith("/v1") and bool(
            {"action", "apiKey"} & self.params.keys()
        )

    @property
    def is_poll(self) -> bool:
        """Whether it asks for a package."""
        return self.is_call and self.params.get("action") == DOWNLOAD and bool(self.collection)

    @property
    def key(self) -> str:
        """The key of a call."""
        return self.params.get("apiKey", "")

    @property
    def collection(self) -> str:
        """The collection of a call."""
        return self.params.get("collectionHash", "")

    @property
    def sameness(self) -> tuple[tuple[str, str], ...]:
        """What two calls have in common that are the same: method and all parameters but the signature."""
        return (("", self.method), *sorted((name, value) for name, value in self.params.items() if name != "signature"))

    def __str__(self) -> str:
        result = f"code {self.code}" if self.code is not None else f"HTTP {self.http_status}"
        what = f"{self.params.get('action', 'a call')} {self.collection}" if self.is_call else "a download"
        return " ".join(part for part in (self.name, self.method, what.strip(), "->", result, self.state or "") if part)
