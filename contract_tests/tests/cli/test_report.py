"""The command `flipsnack-contract report`: shards become one run."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flipsnack_contract.cli.main import cli
from flipsnack_contract.reports import jsonl, read_results
from flipsnack_contract.target.result import Outcome
from flipsnack_contract.target.result import Result as Judged

GOOD = Judged("code.20/a", "code.20", Outcome.PASSED, examples=3)
BAD = Judged("code.20/a", "code.20", Outcome.FAILED, "expected 20, got 41", examples=2)
OTHER = Judged("code.41/b", "code.41", Outcome.SKIPPED, "needs control", missing=("control",))


def _report(folder: Path, *shards: tuple[Judged, ...], more: tuple[str, ...] = ()) -> Result:
    files = []
    for number, shard in enumerate(shards):
        files.append(folder / f"{number}.jsonl")
        files[-1].write_text("".join(f"{jsonl(result)}\n" for result in shard))
    arguments = ("report", *map(str, files), *more)
    return CliRunner().invoke(cli, arguments, obj={}, standalone_mode=False)


@pytest.mark.parametrize(
    ("code", "shards"), [(0, ((GOOD,), (OTHER,))), (1, ((GOOD,), (BAD,))), (5, ((OTHER,), ())), (0, ((GOOD,), (GOOD,)))]
)
def test_the_exit_code_is_that_of_the_whole(code: int, shards: tuple[tuple[Judged, ...], ...], tmp_path: Path) -> None:
    """A failure in one shard is a failure; a run of nothing is inconclusive."""
    assert code == _report(tmp_path, *shards).exit_code


def test_shards_are_merged_into_each_report(tmp_path: Path) -> None:
    """One line for each check, with the examples of all."""
    file = tmp_path / "whole.jsonl"
    _report(tmp_path, (GOOD, OTHER), (BAD,), more=("--jsonl", str(file)))
    whole = list(read_results(file.read_text(), "whole"))
    assert [("code.20/a", "failed", 5), ("code.41/b", "skipped", 0)] == [
        (one.check, str(one.outcome), one.examples) for one in whole
    ]


def test_a_file_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    """With its line."""
    (tmp_path / "x").write_text("nothing\n")
    done = CliRunner().invoke(cli, ("report", str(tmp_path / "x")), obj={}, standalone_mode=False)
    assert "x:1: this is no result" in str(done.exception)
