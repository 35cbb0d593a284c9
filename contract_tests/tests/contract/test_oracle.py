import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.checks.request_cases import gaps, schedules, waits
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.oracle import AccountModel, JobModel, LimitModel

FINAL = ("COMPLETE", "FAILED")


@given(pauses=st.lists(gaps, max_size=100))
def test_a_request_is_refused_only_when_its_window_is_full_and_no_window_overflows(pauses: list[int]) -> None:
    """31 needs five accepted requests within the last second, 32 sixty within the last minute."""
    model, now, limits = LimitModel(), 0, {31: (5, SECOND), 32: (60, 60 * SECOND)}
    for pause in pauses:
        now += pause
        before = list(model.counted)
        if (code := model.ask(now)) in limits:
            limit, window = limits[code]
            assert limit == sum(now - instant < window for instant in before)
    for limit, window in limits.values():
        assert all(last - first >= window for first, last in zip(model.counted, model.counted[limit:], strict=False))


@given(schedule=schedules, pauses=st.lists(waits, min_size=1, max_size=10))
def test_a_job_never_goes_back(schedule: str, pauses: list[int]) -> None:
    """What is final stays, and everything called is at least PROCESSING."""
    job, now, seen = JobModel(schedule), 0, []
    for pause in pauses:
        seen.append(job.call(now))
        now += pause
    final = [state for state in seen if state in FINAL]
    assert seen == ["PROCESSING"] * (len(seen) - len(final)) + final
    assert len(set(final)) <= 1


@pytest.mark.parametrize(
    ("schedule", "seconds", "expected"),
    [
        ("immediate", [0], ["COMPLETE"]),
        ("failed", [0], ["FAILED"]),
        ("never", [0, 10**6], ["PROCESSING", "PROCESSING"]),
        ("manual", [0, 10**6], ["PROCESSING", "PROCESSING"]),
        ("after-5s", [0, 4, 5], ["PROCESSING", "PROCESSING", "COMPLETE"]),
        ("failed-after-5s", [0, 4, 5], ["PROCESSING", "PROCESSING", "FAILED"]),
        ("after-2-polls", [0, 0, 0], ["PROCESSING", "PROCESSING", "COMPLETE"]),
        ("failed-after-1-polls", [0, 0], ["PROCESSING", "FAILED"]),
    ],
)
def test_a_schedule_says_when_and_how_a_job_ends(schedule: str, seconds: list[int], expected: list[str]) -> None:
    """The words of a schedule, call by call."""
    job = JobModel(schedule)
    assert expected == [job.call(second * SECOND) for second in seconds]


def test_looking_starts_nothing() -> None:
    """A job that nobody called for is NEW, however late it is looked at."""
    assert "NEW" == JobModel("immediate").look(10**12)


def test_checks_come_in_the_ledgers_order() -> None:
    """Maintenance before the limits, the limits before the collection."""
    model = AccountModel(maintenance=True)
    assert (22, None) == model.ask("unknown")
    model.maintenance = False
    assert [(43, None)] * 5 + [(31, None)] == [model.ask("unknown") for _ in range(6)]


def test_a_url_serves_for_a_minute() -> None:
    """To the microsecond, and not at the end."""
    assert AccountModel(now=60 * SECOND - 1).serves(0)
    assert not AccountModel(now=60 * SECOND).serves(0)
