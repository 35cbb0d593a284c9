from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.reports.markdown import markdown
from flipsnack_contract.target.result import Outcome, Result


def test_a_headline_a_table_and_the_stories(results: tuple[Result, ...]) -> None:
    """Worst first, stories folded away, what was skipped by name."""
    text = markdown(results)
    assert text.startswith(
        "## Flipsnack contract\n\n1 passed, 1 failed, 1 warned, 1 skipped, 1 broken, 1 expected, 1 flaky\n"
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert ["failed", "broken", "warned", "expected", "flaky"] == [row.split()[1] for row in rows[2:]]
    assert "<summary>failed <code>code.41/no</code></summary>" in text
    assert text.endswith("Skipped:\n\n- `limit.per-key/two`: needs control\n")


@given(results=st.lists(anything, max_size=4))
def test_no_text_escapes_its_block(results: list[Result]) -> None:
    """Every line of a story is indented, so it is code; every row of the table has its three cells."""
    for line in markdown(results).splitlines():
        if "<" in line and not line.startswith("    "):
            assert line.startswith(("<details><summary>", "</details>", "- `"))
        if line.startswith("| "):
            assert 4 == line.replace("\\|", "").count("|")


def test_a_long_story_is_told_by_its_ends() -> None:
    """A client that polls for hours is no reason for a page of hours."""
    steps = tuple(f"step {number}" for number in range(300))
    told = markdown([Result("code.41/no", "code.41", Outcome.FAILED, "no", steps=steps)])
    assert "| step 7\n    | … 280 more …\n    | step 288\n" in told
    assert "| step 299\n" in told
