"""A case for a client, and how it ended: values, without any IO."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flipsnack_contract.adapter.messages import CaseCredentials, CaseOptions, CaseResult, RunCase

MASK = "«the secret»"
"""Replaces a secret. No client prints this by chance."""

DAY_MS = 24 * 3600 * 1000
# Milliseconds that a client without a deadline has in real time.
REAL_LIMIT_MS = 60_000


class CaseOutcome(StrEnum):
    """How a case ended: three outcomes that a client reports, `stopped` by the kit, or a `fault` of the adapter."""

    OK = "ok"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    STOPPED = "stopped"
    FAULT = "fault"


@dataclass(frozen=True)
class Case:
    """One operation that a client is asked to do. All times are milliseconds; `needs` are capabilities.

    A client that still runs `horizon_ms` after the start, sleeps more often than `most_sleeps`, or makes more calls
    than `most_calls` is stopped: it would not end by itself.
    """

    id: str
    op: str
    base_url: str
    key: str
    secret: str = field(repr=False)
    args: Mapping[str, str | dict[str, str]] = field(default_factory=dict)
    options: CaseOptions = field(default_factory=CaseOptions)
    cancel_after_ms: int | None = None
    needs: frozenset[str] = frozenset()
    horizon_ms: int = DAY_MS
    most_sleeps: int = 5000
    most_calls: int = 500

    @property
    def real_limit_s(self) -> float:
        """How many seconds it may take in real time."""
        deadline = self.options.deadline_ms
        return (REAL_LIMIT_MS if deadline is None else deadline) / 1000

    def as_run(self, now_ms: int) -> RunCase:
        """The message that starts it."""
        return RunCase(
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
    """One line of the exchange: its sender (kit or client), its time (milliseconds since 1970), and the line."""

    by: str
    at_ms: int
    text: str


@dataclass(frozen=True)
class Report:
    """How a case ended, as the client and its adapter report it, in the time of the case.

    `result` is the client's report, None without one; `why` says why the client was stopped, or what the fault was;
    `fault` is its kind; `cancelled_at_ms` is when the kit cancelled the case. `printed` is what the adapter wrote to
    stderr (a program without the protocol: to stdout too); no outcome depends on it.
    """

    outcome: CaseOutcome
    started_ms: int
    ended_ms: int
    result: CaseResult | None = None
    fault: str = ""
    why: str = ""
    sleeps: tuple[int, ...] = ()
    cancelled_at_ms: int | None = None
    log: tuple[Said, ...] = ()
    printed: str = ""

    @property
    def elapsed_ms(self) -> int:
        """How long the case took, in its own time."""
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
