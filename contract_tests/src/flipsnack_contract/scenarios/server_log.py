"""The fake's journal of one scenario, read over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec

from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.target.control import Control

__all__ = ["LoggedAnswer", "LoggedRequest", "fetch_server_log"]

MICRO = 1_000_000


class LoggedAnswer(msgspec.Struct, frozen=True):
    """What was answered: the HTTP status."""

    http_status: int


class LoggedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request: to the API (kind `api`) or to a resource URL (`package`). `now_us` is the account's time.

    `id` is its number in the case. `signature` is right, wrong or unjudged; `failed` is the fake's check that refused
    it, and `rule` that check's rule; `leaks` are the places where it holds the secret; `fault` is the fault it met.
    """

    id: str
    kind: str
    method: str
    path: str
    now_us: int
    params: dict[str, str] = {}
    action: str = ""
    hash: str = ""
    signature: str = ""
    range: str = ""
    leaks: tuple[str, ...] = ()
    failed: str = ""
    detail: str = ""
    rule: str = ""
    code: int | None = None
    status: str = ""
    fault: str = ""
    answer: LoggedAnswer | None = None

    @property
    def is_api(self) -> bool:
        """Whether it went to the API."""
        return self.kind == "api"

    @property
    def seconds(self) -> float:
        """When it came, in seconds of the account's time."""
        return self.now_us / MICRO

    @property
    def http_status(self) -> int | None:
        """The HTTP status of the answer."""
        return self.answer.http_status if self.answer else None

    @property
    def spoilt(self) -> bool:
        """Whether a fault changed the answer; one that refused the call by a code did not."""
        return bool(self.fault) and self.failed != "fault"

    def as_event(self, *, link_tried: bool) -> Event:
        """The request for rules of traffic. A resource URL is known by its path and its masked signature."""
        return Event(
            name=self.id,
            kind="call" if self.is_api else "download",
            method=self.method,
            url=f"{self.path}?{self.params.get('Signature', '')}",
            start=self.now_us,
            end=self.now_us,
            wall=self.now_us,
            params=self.params,
            http_status=self.http_status,
            code=None if self.spoilt else self.code,
            state=None if self.spoilt else self.status,
            spoilt=self.spoilt,
            link_tried=link_tried,
        )

    def __str__(self) -> str:
        """One line for the reader of a failure."""
        what = self.action or "no action" if self.is_api else "package"
        result = f"code {self.code}" if self.code is not None else f"HTTP {self.http_status}"
        parts = [self.method, what, self.hash, "->", result, self.status, f"[{self.fault}]" if self.fault else ""]
        return " ".join(part for part in parts if part)


def fetch_server_log(control: Control, *, diagnose: bool = False) -> tuple[LoggedRequest, ...]:
    """Every request of a namespace, oldest first. Raises `Refused`.

    With `diagnose` the fake says what is wrong with the first wrong signature; that is the request's `detail` then.
    """
    listing: dict[str, Any] = control.call("GET", "/requests?limit=100000")
    calls = msgspec.convert(listing["requests"], list[LoggedRequest])
    wrong = next((index for index, call in enumerate(calls) if call.signature == "wrong"), None)
    if diagnose and wrong is not None:
        calls[wrong] = msgspec.structs.replace(calls[wrong], detail=_diagnosis(control, calls[wrong]))
    # Numbered by their order, so that a failure reads the same in each run.
    return tuple(msgspec.structs.replace(call, id=f"#{number}") for number, call in enumerate(calls, 1))


def _diagnosis(control: Control, call: LoggedRequest) -> str:
    diagnosis: dict[str, Any] = control.call("GET", f"/requests/{call.id}/diagnosis").get("signature", {})
    causes = diagnosis.get("causes", [])
    fixes = [mistake["fix"] for mistake in causes[0]["mistakes"]] if causes else []
    return " ".join((diagnosis.get("summary", call.detail), *fixes))
