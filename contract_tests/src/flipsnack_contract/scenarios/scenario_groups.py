"""Groups of scenarios: each family of the catalogue, and batches that Hypothesis draws, each by a seed of its own.

What is drawn fits a client's capabilities, and shrinks to simple scenarios.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, cached_property

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.reporting import with_reporter

from flipsnack_contract.checks.check import Plan
from flipsnack_contract.checks.drawing import same_everywhere
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, catalogue
from flipsnack_contract.scenarios.scenario_strategies import can_be_drawn, scenarios

BATCH = 50
"""Scenarios of one batch, at most."""


@dataclass(frozen=True)
class ScenarioGroup:
    """At most `size` scenarios. `draw` calls a function with each; when that raises, the error is raised by `draw`.

    Where the scenarios are drawn, Hypothesis then looks for a smaller one for which the function raises too.
    """

    name: str
    size: int
    draw: Callable[[Callable[[Scenario], None]], None]

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, without repetitions; drawn when they are first asked for."""
        found: list[Scenario] = []
        self.draw(found.append)
        return tuple(dict.fromkeys(found))


def fixed_group(name: str, fixed: Collection[Scenario]) -> ScenarioGroup:
    """A group of just these scenarios."""

    def draw(use: Callable[[Scenario], None]) -> None:
        for scenario in fixed:
            use(scenario)

    return ScenarioGroup(name, len(fixed), draw)


def drawn_group(name: str, capabilities: Collection[str], size: int, *, seed: int) -> ScenarioGroup:
    """A group drawn for a client with these capabilities: the same for the same `seed`."""

    def draw(use: Callable[[Scenario], None]) -> None:
        test = settings(
            max_examples=size,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(given(scenario=scenarios(capabilities))(lambda scenario: use(scenario)))
        # Hypothesis prints nothing: the result has everything.
        with with_reporter(lambda _line: None), same_everywhere():
            hypothesis.seed(seed)(test)()

    return ScenarioGroup(name, size, draw)


@cache
def scenario_groups(capabilities: frozenset[str], plan: Plan) -> tuple[ScenarioGroup, ...]:
    """The groups for a client with these capabilities: families first, then `plan.examples` drawn scenarios.

    A client that can be put into no scenario has no groups.
    """
    families, taken = [], set[Scenario]()
    for name, family in FAMILIES.items():
        # In a format other than JSON, two families may have the same scenario.
        fresh = [one for one in catalogue(capabilities, family) if one not in taken]
        families.append(fixed_group(name, plan.chosen(fresh)))
        taken.update(fresh)
    if not taken:
        return ()
    batches = (
        drawn_group(
            f"drawn-{number}", capabilities, min(BATCH, plan.examples - start), seed=1000 * (plan.seed or 0) + number
        )
        for number, start in enumerate(range(0, plan.examples if can_be_drawn(capabilities) else 0, BATCH), 1)
    )
    return (*(family for family in families if family.size), *batches)
