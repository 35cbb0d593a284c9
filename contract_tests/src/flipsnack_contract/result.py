"""What came of one check, as a value that every report is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Exit", "Outcome", "Result", "exit_code"]


class Outcome(StrEnum):
    """How a check ended. `WARNED`: a SHOULD was broken. `BROKEN`: it could not be carried out, so nothing is known."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"
    BROKEN = "broken"


class Exit:
    """The exit codes of the command."""

    AS_EXPECTED = 0
    FAILURES = 1
    USAGE = 2
    INCONCLUSIVE = 5


@dataclass(frozen=True)
class Result:
    """One check's outcome: what was expected and found, on which values, after which steps; `seconds` of real time."""

    check: str
    rule: str
    outcome: Outcome
    message: str = ""
    broke: str = ""
    counterexample: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    examples: int = 0
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, for a line of JSON."""
        return {**asdict(self), "outcome": str(self.outcome)}


def exit_code(results: Iterable[Result]) -> int:
    """1 when a MUST was broken; 5 when nothing ran or a check could not be carried out; else 0."""
    outcomes = [result.outcome for result in results]
    if Outcome.FAILED in outcomes:
        return Exit.FAILURES
    if Outcome.BROKEN in outcomes or not {Outcome.PASSED, Outcome.WARNED}.intersection(outcomes):
        return Exit.INCONCLUSIVE
    return Exit.AS_EXPECTED
