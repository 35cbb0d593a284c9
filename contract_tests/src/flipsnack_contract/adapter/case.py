"""A case for a client, and what came of it: values, without any IO."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flipsnack_contract.adapter.messages import CaseCredentials, CaseResult, Options, Run

__all__ = ["MASK", "Case", "CaseOutcome", "Report", "Said", "masked"]

MASK = "«the secret»"
"""What stands where a secret stood. Nothing else prints that."""

DAY_MS = 24 * 3600 * 1000


class CaseOutcome(StrEnum):
    """How a case ended: three ways of the client's own, `stopped` by the kit because it would not end, or `fault`."""

    OK = "ok"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True)
class Case:
    """One operation that a client is asked for. All times are milliseconds; `needs` are capabilities.

    A client that goes on `horizon_ms` after the start, sleeps more often than `most_sleeps`, or calls more often than
    `most_calls` without sleeping, is stopped: it would go on for ever.
    """

    id: str
    op: str
    base_url: str
    key: str
    secret: str = field(repr=False)
    args: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    cancel_after_ms: int | None = None
    needs: frozenset[str] = frozenset()
    horizon_ms: int = DAY_MS
    most_sleeps: int = 5000
    most_calls: int = 500

    def as_run(self, now_ms: int) -> Run:
        """The message that starts it."""
        return Run(
            id=self.id,
            op=self.op,
            base_url=self.base_url,
            credentials=CaseCredentials(key=self.key, secret=self.secret),
            args=dict(self.args),
            now_ms=now_ms,
            options=self.options,
        )


@dataclass(frozen=True)
class Said:
    """One line of a conversation: who said it (kit or client), when (milliseconds since 1970), and the line."""

    by: str
    at_ms: int
    text: str


@dataclass(frozen=True)
class Report:
    """What came of a case, as the client and its adapter have it. `seconds` are real, the rest is the case's time.

    `result` is the client's word, None when it had none; `why` says why it was stopped, or what the fault was; `fault`
    is its kind. `printed` is all that stood on stderr (and, without the protocol, on stdout): it never decides.
    """

    case: str
    outcome: CaseOutcome
    started_ms: int
    ended_ms: int
    result: CaseResult | None = None
    fault: str = ""
    why: str = ""
    sleeps: tuple[int, ...] = ()
    log: tuple[Said, ...] = ()
    printed: str = ""
    seconds: float = 0.0

    @property
    def elapsed_ms(self) -> int:
        """How long it took, in the case's own time."""
        return self.ended_ms - self.started_ms

    @property
    def error_class(self) -> str | None:
        """The class of the error that the client reported, if any."""
        return self.result.error.kind if self.result and self.result.error else None


def masked(text: str, secret: str) -> str:
    """`text` without the secret, as it is and as JSON spells it."""
    for spelling in {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]} - {""}:
        text = text.replace(spelling, MASK)
    return text
