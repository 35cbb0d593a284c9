"""All duties of a client at once, scenario by scenario, until the first is broken: the quickest way to find any."""

from __future__ import annotations

from itertools import chain

from contract_tests.zoo.clients import CLIENT_CHECKS
from contract_tests.zoo.mutant import Judge

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import Bench, broken_in
from flipsnack_contract.scenarios.scenario_catalogue import SCRIPT
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["CHECKS", "sweep_of"]

SWEEP = "every duty of a client"
CHECKS = {SWEEP: "client"}
"""The one check of a sweep; the rule that it finds broken is that of the duty."""


def sweep_of(bench: Bench) -> Judge:
    """Whoever plays before `bench`, held to every duty in each scenario: those of the script, then drawn ones.

    A client that breaks nothing but its adapter is not caught: nothing is known of it.
    """

    def sweep(name: str, plan: Plan) -> Result:
        began, played, fault = stopwatch(), 0, ""
        for played, scenario in enumerate(chain(SCRIPT.values(), bench.drawn(plan)), 1):
            for duty, violation in broken_in(client_checks(), bench.watch(scenario)):
                if duty.name in CLIENT_CHECKS:
                    return Result(
                        check=duty.name,
                        rule=duty.rule.id,
                        outcome=Outcome.FAILED,
                        message=str(violation),
                        broke=duty.rule.id,
                        examples=played,
                        seconds=stopwatch() - began,
                    )
                fault = fault or str(violation)
        outcome = Outcome.BROKEN if fault else Outcome.PASSED
        return Result(name, CHECKS[name], outcome, fault, examples=played, seconds=stopwatch() - began)

    return sweep
