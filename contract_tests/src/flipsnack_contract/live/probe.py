"""A check of the API itself: one rule, tried by reads alone, with the number of calls that it takes at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flipsnack_contract.contract.ledger import Rule, rule
from flipsnack_contract.live.caller import Reader
from flipsnack_contract.target.target_under_test import CAPABILITIES

__all__ = ["Probe", "Run", "probe"]

Run = Callable[[Reader], None]


@dataclass(frozen=True)
class Probe:
    """What a rule means to one who only reads: `run(reader)` raises `Violation` when it is broken.

    `calls` is the most that it makes, `waits` the microseconds that it lets pass.
    """

    name: str
    rule: Rule
    run: Run
    calls: int
    needs: frozenset[str] = frozenset()
    waits: int = 0

    @property
    def promise(self) -> str:
        """The docstring of the probe in one line: what it looks at."""
        return " ".join((self.run.__doc__ or "").split())


def probe(rule_id: str, *, calls: int = 1, needs: Iterable[str] = (), waits: int = 0) -> Callable[[Run], Probe]:
    """Make a function a probe of the rule `rule_id`.

    Raises `UnknownRule` for an id the ledger does not have and `ValueError` for an unknown capability.
    """
    cited, needed = rule(rule_id), frozenset(needs)
    if unknown := needed - CAPABILITIES.keys():
        raise ValueError(f"{sorted(unknown)} are no capabilities; there are {sorted(CAPABILITIES)}")

    def wrap(run: Run) -> Probe:
        return Probe(f"{rule_id}/live-{run.__name__.replace('_', '-')}", cited, run, calls, needed, waits)

    return wrap
