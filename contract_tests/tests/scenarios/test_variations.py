"""What is varied over the scenarios changes nothing of how they must end, and meets everything else."""

from itertools import product

import msgspec

from flipsnack_contract.scenarios.scenario import Scenario, expected_outcomes
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, OTHER_FAMILIES
from flipsnack_contract.scenarios.variations import VARIATIONS

PAIRS = [(one, FAMILIES[name][about]) for name, family in OTHER_FAMILIES.items() for about, one in family.items()]
FIELDS = [field for field in VARIATIONS if field != "earlier"]


def test_varied_scenarios_end_as_before_and_what_was_chosen_stays() -> None:
    usual = Scenario()
    for before, after in PAIRS:
        chosen = {field: getattr(before, field) for field in FIELDS}
        # A deadline that is ample may become none.
        kept = {name: one for name, one in chosen.items() if one != getattr(usual, name) and name != "deadline_s"}
        assert kept == {field: getattr(after, field) for field in kept}
        own = after.faults[len(after.faults) - len(before.faults) :]
        assert before == msgspec.structs.replace(after, **chosen, faults=own)
        assert expected_outcomes(before) == expected_outcomes(after)


def test_each_value_meets_each_operation_and_most_faults() -> None:
    possible, met = set(), set()
    for (before, after), field in product(PAIRS, FIELDS):
        # There are more names of files than scenarios of a fault.
        traits = [before.op, *(fault.name for fault in before.faults if field != "file_name")]
        possible |= {(trait, field, str(value)) for trait in traits for value in VARIATIONS[field](before)}
        met |= {(trait, field, str(getattr(after, field))) for trait in traits}
    operations = {before.op for before, _ in PAIRS}
    assert set() == {pair for pair in possible - met if pair[0] in operations}
    assert len(met & possible) > 0.55 * len(possible)
