"""Every check of a client: the rules of traffic, and the decorated functions of these modules."""

from functools import cache, wraps

from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.checks.check import Check, check, checks_in
from flipsnack_contract.scenarios import traffic
from flipsnack_contract.scenarios.client_checks import agreement, calls, ends
from flipsnack_contract.scenarios.scenario_run import ScenarioRun


@cache
def client_checks() -> tuple[Check, ...]:
    """Every check of a client, module by module."""
    by_traffic = checks_in(traffic, capabilities=traffic.NEEDS)
    return (*map(_of_scenario, by_traffic), *checks_in(calls, ends, agreement, capabilities=CAPABILITIES))


def _of_scenario(traffic_check: Check) -> Check:
    @wraps(traffic_check.run)
    def run(scenario_run: ScenarioRun) -> None:
        traffic_check.run(scenario_run.traffic)

    return check(traffic_check.rule.id)(run)
