"""Every check of a client: the rules of traffic, and the decorated functions of these modules."""

from functools import cache, wraps

from flipsnack_contract.adapter.messages import CAPABILITIES, OPERATIONS
from flipsnack_contract.checks.check import Check, check, checks_in
from flipsnack_contract.scenarios import traffic
from flipsnack_contract.scenarios.client_checks import agreement, calls, collections, ends, pace, uploads, wire
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

SHOWN_BY = {
    "client.conversion-interval": {"op:create"},
    "client.upload-once": {"uploads"},
    "client.upload-refused": {"uploads"},
    "client.upload-host": {"uploads"},
    "client.follows-new-hash": {"op:publish"},
    "client.statistics-cached": {"op:statistics"},
}
"""What a client must be able to, so that its traffic shows anything of a rule."""


@cache
def client_checks() -> tuple[Check, ...]:
    """Every check of a client, module by module."""
    by_traffic = checks_in(traffic, capabilities=traffic.NEEDS)
    able = (*CAPABILITIES, *(f"op:{name}" for name in OPERATIONS))
    return (
        *map(_of_scenario, by_traffic),
        *checks_in(calls, wire, ends, pace, agreement, uploads, collections, capabilities=able),
    )


def _of_scenario(traffic_check: Check) -> Check:
    @wraps(traffic_check.run)
    def run(scenario_run: ScenarioRun) -> None:
        traffic_check.run(scenario_run.traffic)

    return check(traffic_check.rule.id, needs=SHOWN_BY.get(traffic_check.rule.id, ()))(run)
