"""How a check can end, and how pytest, JUnit and the exit code show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """The exit codes: those below 10 are pytest's and mean what they mean there."""

    AS_EXPECTED = 0
    FAILURES = 1
    INTERRUPTED = 2
    USAGE = 4
    UNREACHABLE = 10
    ADAPTER = 11
    INTERNAL = 12
    STALE = 13
    NOTHING_JUDGED = 14


class Outcome(StrEnum):
    """How a check ended, the worst first."""

    FAILED = "failed"
    UNREACHABLE = "unreachable"
    ADAPTER = "adapter"
    INTERNAL = "internal"
    STALE = "stale"
    WARNED = "warned"
    KNOWN = "known"
    PASSED = "passed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Shown:
    """How an outcome is shown: what it means, pytest's category, JUnit's element (none for a pass), the exit code."""

    means: str
    category: str
    junit: str
    code: Exit = Exit.AS_EXPECTED


SHOWN: Mapping[Outcome, Shown] = {
    Outcome.FAILED: Shown("a MUST is broken, or a SHOULD with --strict", "failed", "failure", Exit.FAILURES),
    Outcome.UNREACHABLE: Shown("the target did not answer", "error", "error", Exit.UNREACHABLE),
    Outcome.ADAPTER: Shown("the adapter broke the protocol", "error", "error", Exit.ADAPTER),
    Outcome.INTERNAL: Shown("the check itself has an error", "error", "error", Exit.INTERNAL),
    Outcome.STALE: Shown("a known failure is not as its line says", "stale", "failure", Exit.STALE),
    Outcome.WARNED: Shown("a SHOULD is broken", "warned", "skipped"),
    Outcome.KNOWN: Shown("broken, as the list of known failures says", "xfailed", "skipped"),
    Outcome.PASSED: Shown("the rule is kept", "passed", ""),
    Outcome.SKIPPED: Shown("the target lacks a capability", "skipped", "skipped", Exit.NOTHING_JUDGED),
}
"""The one table. The code of a skipped check counts only when nothing else was judged."""
