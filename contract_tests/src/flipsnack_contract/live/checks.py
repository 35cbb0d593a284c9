"""Probes as checks, for `flipsnack-contract server` at a target that cannot be steered: packages in real time."""

from __future__ import annotations

from dataclasses import replace

from flipsnack_contract.checks.check import Check, Unsuitable
from flipsnack_contract.live import packages
from flipsnack_contract.live.budget import Budget
from flipsnack_contract.live.caller import Caller, Inconclusive
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target_under_test import Credentials

__all__ = ["REAL_CHECKS"]


def _check(probe: Check) -> Check:
    def run(session: Session) -> None:
        who = Credentials(session.key, session.secret, session.known_collection)
        caller = Caller(
            session.target,
            who,
            clock=session.clock,
            pace=session.pace,
            budget=Budget(probe.calls or 0),
            trace=session.trace,
        )
        try:
            probe.run(caller)
        except Inconclusive as trouble:
            raise Unsuitable(str(trouble)) from None

    run.__doc__ = probe.run.__doc__
    return replace(probe, run=run)


REAL_CHECKS: tuple[Check, ...] = tuple(_check(one) for one in vars(packages).values() if isinstance(one, Check))
"""What can be said of packages where no control plane makes them, and time is real."""
