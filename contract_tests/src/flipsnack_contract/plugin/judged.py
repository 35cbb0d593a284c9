"""What a run judges, and the parts of it that become pytest's items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from flipsnack_contract.checks.check import Check
from flipsnack_contract.target.result import Exit, Result, worst

__all__ = ["Judged", "NotJudgeable", "Part", "merged"]


class NotJudgeable(Exception):
    """There is nothing to judge; the text says why and how to mend it, `code` is the exit code."""

    def __init__(self, code: Exit, text: str) -> None:
        """Keep both."""
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Part:
    """One item: `judge` gives the result, or the results, of its `checks`.

    `alone`: nothing else may use the target meanwhile. `scenarios` is how many of a client run in it, at most.
    """

    name: str
    checks: tuple[Check, ...]
    judge: Callable[[], Result | Iterable[Result]]
    alone: bool = False
    scenarios: int = 0


def merged(results: Sequence[Result]) -> tuple[Result, ...]:
    """One result for each check: the worst of it, and of these the first, with the examples and seconds of all."""
    by_check: dict[str, list[Result]] = {}
    for one in results:
        by_check.setdefault(one.check, []).append(one)
    return tuple(map(_merged, by_check.values()))


def _merged(results: Sequence[Result]) -> Result:
    decides = worst(one.outcome for one in results)
    first = next(one for one in results if one.outcome is decides)
    return replace(
        first,
        examples=sum(one.examples for one in results),
        seconds=sum(one.seconds for one in results),
        listed=tuple(dict.fromkeys(line for one in results for line in one.listed)),
    )


@dataclass(frozen=True)
class Judged:
    """A server, a client or a recording: its `name` with its version, `notes` for the reader, and its parts.

    `replay` gives the command that judges a result again. `finish` makes one result for each check out of those of all
    parts; `advice` says what to mend first, if anything. `serial` says why several workers cannot judge it; empty when
    they can.
    """

    side: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    name: str = ""
    replay: Callable[[Result], str] = lambda _result: ""
    finish: Callable[[Sequence[Result]], tuple[Result, ...]] = merged
    advice: Callable[[Sequence[Result]], str] = lambda _results: ""
    serial: str = ""
