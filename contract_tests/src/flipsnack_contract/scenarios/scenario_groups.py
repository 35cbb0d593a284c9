"""Groups of scenarios: each family of the catalogue, and batches that Hypothesis draws, each by a seed of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.reporting import with_reporter

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, catalogue
from flipsnack_contract.scenarios.scenario_strategies import scenarios

BATCH = 50
"""Scenarios of one batch, at most."""


@dataclass(frozen=True)
class ScenarioGroup:
    """A family of the catalogue, without the scenarios that the client cannot be put into."""

    name: str
    scenarios: tuple[Scenario, ...]

    @property
    def size(self) -> int:
        """How many scenarios it has."""
        return len(self.scenarios)

    def draw(self, use: Callable[[Scenario], None]) -> None:
        """Call `use` with each scenario."""
        for scenario in self.scenarios:
            use(scenario)


@dataclass(frozen=True)
class DrawnBatch:
    """Scenarios drawn for a client with `capabilities`: the same for the same `seed`, `size` at most."""

    name: str
    capabilities: frozenset[str]
    size: int
    seed: int

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, without repetitions; drawn when they are first asked for."""
        found: list[Scenario] = []
        self.draw(found.append)
        return tuple(dict.fromkeys(found))

    def draw(self, use: Callable[[Scenario], None]) -> None:
        """Draw the batch and call `use` with each scenario.

        When `use` raises, Hypothesis looks for a smaller scenario for which it raises too; that one's error is raised.
        """

        def example(scenario: Scenario) -> None:
            use(scenario)

        test = settings(
            max_examples=self.size,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(given(scenario=scenarios(self.capabilities))(example))
        # Hypothesis prints nothing: the result has everything.
        with with_reporter(lambda _line: None):
            hypothesis.seed(self.seed)(test)()


@cache
def scenario_groups(capabilities: frozenset[str], plan: Plan) -> tuple[ScenarioGroup | DrawnBatch, ...]:
    """The groups for a client with these capabilities: families first, then `plan.examples` drawn scenarios.

    A client that can be put into no scenario has no groups.
    """
    families = _families(capabilities)
    if not families:
        return ()
    batches = (
        DrawnBatch(f"drawn-{number}", capabilities, min(BATCH, plan.examples - start), 1000 * (plan.seed or 0) + number)
        for number, start in enumerate(range(0, plan.examples, BATCH), 1)
    )
    return (*families, *batches)


def _families(capabilities: frozenset[str]) -> tuple[ScenarioGroup, ...]:
    groups, taken = [], set[Scenario]()
    for name, family in FAMILIES.items():
        # In a format other than JSON, two families may have the same scenario.
        fresh = tuple(one for one in catalogue(capabilities, family) if one not in taken)
        groups.append(ScenarioGroup(name, fresh))
        taken.update(fresh)
    return tuple(group for group in groups if group.scenarios)
