from pathlib import Path

import pytest
from contract_tests.tests.reports.conftest import anything
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.reports import FORMATS, ReportError, jsonl, merged, read_results, write_reports
from flipsnack_contract.target.result import Outcome, Result, exit_code


@given(results=st.lists(anything, max_size=5))
def test_lines_of_json_lose_nothing(results: list[Result]) -> None:
    """What was kept is read as it was, whatever the texts."""
    text = "".join(f"{jsonl(result)}\n" for result in results)
    assert results == list(read_results(text, "kept.jsonl"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "kept.jsonl:2: this is no result"),
        ("[]", "Expected `object`"),
        ('{"check": "a", "rule": "code.20", "outcome": "good"}', "Invalid enum value 'good'"),
        ('{"check": "a", "rule": "no.rule", "outcome": "passed"}', "'no.rule' is no rule"),
        ('{"check": "a", "rule": "code.20", "outcome": "passed", "examples": "3"}', "got `str`"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, says: str, results: tuple[Result, ...]) -> None:
    """By file and number."""
    with pytest.raises(ReportError, match=r"kept\.jsonl:2") as told:
        list(read_results(f"{jsonl(results[0])}\n{line}\n", "kept.jsonl"))
    assert says in str(told.value)


@given(shards=st.lists(st.lists(anything, max_size=4), max_size=3))
def test_shards_are_one_run(shards: list[list[Result]]) -> None:
    """Each check is there once; a failure of any shard is one of the whole; examples and seconds add up."""
    every = [result for shard in shards for result in shard]
    whole = merged(every)
    assert sorted({result.check for result in every}) == sorted(result.check for result in whole)
    assert sum(result.examples for result in every) == sum(result.examples for result in whole)
    failed = {result.check for result in every if result.outcome is Outcome.FAILED}
    assert failed == {result.check for result in whole if result.outcome is Outcome.FAILED}
    assert (exit_code(every) == 1) == (exit_code(whole) == 1)


def test_only_what_is_asked_for_is_written(tmp_path: Path, results: tuple[Result, ...]) -> None:
    """A file for each name that has one; half a surrogate pair in a text does not stop it."""
    broken = Result("code.20/a", "code.20", Outcome.FAILED, "half a pair: \ud800")
    for name in FORMATS:
        write_reports([*results, broken], dict.fromkeys(FORMATS) | {name: str(tmp_path / name)})
    assert sorted(FORMATS) == sorted(file.name for file in tmp_path.iterdir())
