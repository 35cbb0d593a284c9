"""How a server of a zoo is judged: in this process, by the checks of the kit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contract_tests.zoo.mutant import Judge, Mutant

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine

__all__ = ["SERVER_CHECKS", "judge_of", "open_server"]

_BY_NAME = {one.name: one for one in server_checks() if "socket" not in one.needs}
SERVER_CHECKS = {name: one.rule.id for name, one in _BY_NAME.items()}
"""The rule of each check that needs no socket."""


@contextmanager
def open_server(mutant: Mutant) -> Iterator[Judge]:
    """The server that `mutant` makes, ready to be judged: a WSGI app, or one that runs and is reached over a socket."""
    made = mutant.make()
    if not hasattr(made, "base_url"):
        yield judge_of(examine(WsgiTarget(made)))
        return
    with made, HttpTarget(made.base_url) as target:
        yield judge_of(examine(target, alone=True))


def judge_of(subject: TargetUnderTest) -> Judge:
    """The judge of one server."""
    return lambda name, plan: run_check(_BY_NAME[name], subject, plan)
