import msgspec
import pytest
from mock_server.tests.conftest import SECOND

from flipsnack_mock.state.schedules import GRAMMAR, Schedule, parse_schedule


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("immediate", Schedule("immediate")),
        ("manual", Schedule("manual")),
        ("never", Schedule("never")),
        ("after-5s", Schedule("after", 5 * SECOND)),
        ("after-0s", Schedule("after", 0)),
        ("after-0.000001s", Schedule("after", 1)),
        ("after-2.5s", Schedule("after", 2_500_000)),
        ("after-3-polls", Schedule("polls", 3)),
        ("after-1-poll", Schedule("polls", 1)),
        ("half-way", Schedule("half-way", 5 * SECOND)),
        ("half-way-60s", Schedule("half-way", 60 * SECOND)),
    ],
)
def test_words_name_a_schedule(words: str, expected: Schedule) -> None:
    assert expected == parse_schedule(words)
    assert msgspec.structs.replace(expected, failed=True) == parse_schedule(f"failed-{words}")


def test_failed_alone_means_at_once() -> None:
    assert parse_schedule("failed-immediate") == parse_schedule("failed")


NO_SECONDS = ["after", "after-s", "after--5s", "after-5", "after-5 s", "after-1e3s", "after-1.2345678s", "after-٣s"]
NO_WORDS = ["", "soon", "After-5s", "never ", "failed-", "failed-failed", "failedmanual"]


@pytest.mark.parametrize("words", [*NO_SECONDS, *NO_WORDS, "after-3-pollss", "after-1.5-polls"])
def test_other_words_are_refused_with_the_grammar(words: str) -> None:
    with pytest.raises(ValueError, match="is not a schedule; expected immediate, after-<seconds>s") as caught:
        parse_schedule(words)
    assert str(caught.value).endswith(GRAMMAR)


@pytest.mark.parametrize(
    ("words", "before", "over"),
    [
        ("immediate", None, (0, 1)),
        ("after-0s", None, (0, 1)),
        ("after-0-polls", None, (0, 1)),
        ("after-5s", (5 * SECOND - 1, 99), (5 * SECOND, 1)),
        ("after-3-polls", (10**9, 3), (0, 4)),
        ("half-way-8s", (8 * SECOND - 1, 1), (8 * SECOND, 1)),
        ("half-way-8s", (4 * SECOND - 1, 2), (4 * SECOND, 2)),
        ("half-way-8s", (0, 4), (0, 5)),
        ("manual", (10**15, 10**6), None),
        ("never", (10**15, 10**6), None),
    ],
)
def test_a_schedule_ends_exactly_where_it_says(
    words: str, before: tuple[int, int] | None, over: tuple[int, int] | None
) -> None:
    """After some microseconds, at some call."""
    assert before is None or not parse_schedule(words).is_over(*before)
    assert over is None or parse_schedule(words).is_over(*over)
