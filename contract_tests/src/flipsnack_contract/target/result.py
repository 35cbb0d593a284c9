"""What came of one check, as a value that every report is made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from flipsnack_contract.contract.ledger import rules

__all__ = ["Exit", "Outcome", "Result", "exit_code"]


class Outcome(StrEnum):
    """How a check ended.

    `WARNED`: a SHOULD was broken. `BROKEN`: it could not be carried out, nothing is known. `EXPECTED` and `FLAKY`: it
    failed, as a list of known failures says.
    """

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"
    BROKEN = "broken"
    EXPECTED = "expected"
    FLAKY = "flaky"


class Exit:
    """The exit codes of the command."""

    AS_EXPECTED = 0
    FAILURES = 1
    USAGE = 2
    ADAPTER = 3
    STALE = 4
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

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """The result that `as_json` wrote; raises `ValueError` saying what is wrong with anything else."""
        found = msgspec.convert(data, cls)
        if found.rule not in rules():
            raise ValueError(f"{found.rule!r} is no rule of this version of the kit")
        return found


_CONCLUSIVE = frozenset({Outcome.PASSED, Outcome.WARNED, Outcome.EXPECTED, Outcome.FLAKY})


def exit_code(results: Iterable[Result], *, stale: bool = False) -> int:
    """1 when a MUST was broken; 4 when the list of known failures is stale; 5 when nothing ran or a check could not be
    carried out; else 0."""
    outcomes = [result.outcome for result in results]
    if Outcome.FAILED in outcomes:
        return Exit.FAILURES
    if stale:
        return Exit.STALE
    if Outcome.BROKEN in outcomes or not _CONCLUSIVE.intersection(outcomes):
        return Exit.INCONCLUSIVE
    return Exit.AS_EXPECTED
