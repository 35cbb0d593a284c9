"""What is varied over the scenarios changes nothing of how they must end."""

import msgspec
import pytest

from flipsnack_contract.scenarios.scenario import Scenario, expected_outcomes
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, OTHER_FAMILIES, VARIATIONS

PAIRS = [(one, FAMILIES[name][about]) for name, family in OTHER_FAMILIES.items() for about, one in family.items()]


def test_varied_scenarios_end_as_before_and_what_was_chosen_stays() -> None:
    usual = Scenario()
    for before, after in PAIRS:
        chosen = {field: getattr(before, field) for field in VARIATIONS}
        kept = {field: value for field, value in chosen.items() if value != getattr(usual, field)}
        assert kept == {field: getattr(after, field) for field in kept}
        assert before == msgspec.structs.replace(after, **chosen)
        assert expected_outcomes(before) == expected_outcomes(after)


@pytest.mark.parametrize("field", VARIATIONS)
def test_each_value_meets_each_format_and_some_trouble(field: str) -> None:
    met = {(str(getattr(one, field)), one.format) for _, one in PAIRS if one.faults}
    expected = {(str(value), form) for value in VARIATIONS[field] for form in ("json", "jsonp", "xml")}
    assert field in ("params", "format") or expected <= met
