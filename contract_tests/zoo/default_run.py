"""One run of `flipsnack-contract client` without any option, on the reference client."""

from __future__ import annotations

from typing import Any

from contract_tests.zoo.clients import SIDE, played

from flipsnack_contract.client.commands import EXAMPLES
from flipsnack_contract.client.duties import DUTIES
from flipsnack_contract.client.judge import judge
from flipsnack_contract.clock import stopwatch
from flipsnack_contract.fake import started_fake
from flipsnack_contract.result import Outcome
from flipsnack_contract.runner import Plan

__all__ = ["default_run"]


def default_run() -> dict[str, Any]:
    """How many scenarios it plays, how many hours go by for the client, and how many seconds for who waits for it."""
    began = stopwatch()
    with started_fake() as fake, played(SIDE.mutant("the reference client").make(), fake) as bench:
        results = list(judge(DUTIES, bench, Plan(examples=EXAMPLES)))
        return {
            "duties": len(results),
            "passed": sum(1 for result in results if result.outcome is Outcome.PASSED),
            "scenarios": len(bench.plays),
            "hours": round(bench.hours, 1),
            "suspended_hours": round(bench.suspended_hours, 1),
            "seconds": round(stopwatch() - began, 1),
        }
