import io
from collections.abc import Iterator

from rich.console import Console

from flipsnack_contract.checks import server_checks
from flipsnack_contract.report import follow, print_skipped, print_summary
from flipsnack_contract.target.result import Outcome, Result

STEPS = tuple(f"GET /v1/?note=[bold]{number} -> 200" for number in range(20))
FAILED = Result(
    "code.20/a", "code.20", Outcome.FAILED, "got [red] 41", "answer.json", {"x": "'[b]'"}, STEPS, examples=3, seconds=1
)
SKIPPED = Result("code.22/b", "code.22", Outcome.SKIPPED, "needs control", missing=("control",))


def _console() -> tuple[Console, io.StringIO]:
    text = io.StringIO()
    return Console(file=text, width=200), text


def test_a_failure_is_told_in_full() -> None:
    """Rule, what was found, the values, the last steps, and where to read on; brackets are text, not markup."""
    console, text = _console()
    assert [FAILED] == list(follow([FAILED], server_checks()[:1], console))
    told = text.getvalue()
    for part in (
        "FAILED code.20 (code.20/a)",
        "rule  A request that was carried out",
        "found got [red] 41",
        "which breaks the rule answer.json",
        "with  x = '[b]'",
        "… 8 steps before",
        "| GET /v1/?note=[bold]19 -> 200",
        "flipsnack-contract explain code.20",
    ):
        assert part in told
    assert "note=[bold]7 " not in told


def test_a_check_that_passes_is_one_line() -> None:
    """Where the output is no terminal, each check leaves a line."""
    console, text = _console()
    passed = Result("code.20/a", "code.20", Outcome.PASSED)
    list(follow([passed], server_checks()[:1], console))
    assert "1/1 passed  code.20/a" == text.getvalue().strip()


def test_a_terminal_shows_how_far_a_long_check_is() -> None:
    """It is asked for when the line is drawn, not when the check began."""
    text = io.StringIO()
    console = Console(file=text, width=120, force_terminal=True)
    played: list[int] = []

    def results() -> Iterator[Result]:
        played.append(7)
        yield FAILED

    list(follow(results(), server_checks()[:1], console, more=lambda: f"({sum(played)} scenarios)"))
    assert f"1/1 {server_checks()[0].name} (7 scenarios)" in text.getvalue()


def test_what_was_skipped_is_named_under_its_reason() -> None:
    """By name, so that nobody takes it for passed."""
    console, text = _console()
    print_skipped([FAILED, SKIPPED], console)
    assert "skipped, needs control:\n  code.22/b" == text.getvalue().strip()


def test_the_sum_counts_outcomes_rules_and_examples() -> None:
    """The last line of a run."""
    console, text = _console()
    print_summary([FAILED, SKIPPED], console)
    assert "1 failed, 1 skipped; 1 rules, 3 examples in 1.0 s" == text.getvalue().strip()
