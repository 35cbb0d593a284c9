import pytest
from contract_tests.tests.scenarios.builders import scenario_run

from flipsnack_contract.scenarios.scenario import TimelineEvent


def _suspended(after_s: float, for_s: float) -> TimelineEvent:
    return TimelineEvent(after_s=after_s, what="suspend", for_s=for_s)


@pytest.mark.parametrize(
    ("timeline", "expected"),
    [
        ((), 0),
        ((_suspended(5, 100),), 100),
        ((_suspended(5, 100), _suspended(50, 10)), 100),
        ((_suspended(50, 100), _suspended(5, 100)), 145),
        ((_suspended(5, 100), _suspended(200, 50)), 150),
        ((_suspended(5, 100), _suspended(900, 50)), 100),
        ((TimelineEvent(after_s=5, what="maintenance-on"), _suspended(5, 100)), 100),
    ],
    ids=str,
)
def test_suspensions_that_overlap_count_once(timeline: tuple[TimelineEvent, ...], expected: float) -> None:
    """And one that would have begun after the end counts for nothing."""
    assert expected == scenario_run(timeline=timeline, elapsed_s=500).suspended_s
