"""One run of `flipsnack-contract client` without any option, on the reference client."""

from __future__ import annotations

from typing import Any

from contract_tests.zoo.clients import SIDE, played

from flipsnack_contract.adapter.fake_server import started_fake
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.cli.client import EXAMPLES
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import judge
from flipsnack_contract.target.result import Outcome

__all__ = ["default_run"]


def default_run() -> dict[str, Any]:
    """How many scenarios it plays, how many hours go by for the client, and how many seconds for who waits for it."""
    began = stopwatch()
    with started_fake() as fake, played(SIDE.mutant("the reference client").make(), fake) as bench:
        results = list(judge(client_checks(), bench, Plan(examples=EXAMPLES)))
        return {
            "duties": len(results),
            "passed": sum(1 for result in results if result.outcome is Outcome.PASSED),
            "scenarios": len(bench.plays),
            "hours": round(bench.hours, 1),
            "suspended_hours": round(bench.suspended_hours, 1),
            "seconds": round(stopwatch() - began, 1),
        }
