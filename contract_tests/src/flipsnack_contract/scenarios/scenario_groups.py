"""Groups of scenarios: each family of the catalogue, and batches that Hypothesis draws, each by a seed of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.reporting import with_reporter

from flipsnack_contract.checks.check import Plan
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, catalogue
from flipsnack_contract.scenarios.scenario_strategies import scenarios

__all__ = ["BATCH", "DrawnBatch", "ScenarioGroup", "scenario_groups"]

BATCH = 50
"""Scenarios of one batch, at most."""


@dataclass(frozen=True)
class ScenarioGroup:
    """A family of the catalogue, without the scenarios that the client cannot be put into."""

    name: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True)
class DrawnBatch:
    """Scenarios drawn for a client with `capabilities`: the same for the same `seed`, `examples` at most."""

    name: str
    capabilities: frozenset[str]
    examples: int
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
            max_examples=self.examples,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(given(scenario=scenarios(self.capabilities))(example))
        with with_reporter(_ignore):
            hypothesis.seed(self.seed)(test)()


def scenario_groups(capabilities: Collection[str], plan: Plan) -> tuple[ScenarioGroup | DrawnBatch, ...]:
    """The groups for a client with these capabilities: families first, then `plan.examples` drawn scenarios.

    `plan.rows` bounds the scenarios of the catalogue. A client that can be put into no scenario has no groups.
    """
    able = frozenset(capabilities)
    left = dict.fromkeys(catalogue(able))
    if not left:
        return ()
    left = dict.fromkeys(list(left)[: plan.rows])
    families = [ScenarioGroup(name, _taken(left, catalogue(able, family))) for name, family in FAMILIES.items()]
    sizes = (min(BATCH, plan.examples - start) for start in range(0, plan.examples, BATCH))
    batches = (
        DrawnBatch(f"drawn-{number}", able, size, 1000 * (plan.seed or 0) + number)
        for number, size in enumerate(sizes, 1)
    )
    return (*(family for family in families if family.scenarios), *batches)


def _taken(left: dict[Scenario, None], family: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """Take the scenarios of a family out of those that are left."""
    found = tuple(one for one in family if one in left)
    for one in found:
        del left[one]
    return found


def _ignore(_line: object) -> None:
    """Hypothesis prints nothing: the result has everything."""
