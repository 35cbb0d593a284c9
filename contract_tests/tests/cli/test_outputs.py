"""The options that judging commands share, as a user has them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flipsnack_contract.cli.main import cli
from flipsnack_contract.cli.outputs import outputs_of
from flipsnack_mock.testing import MockServer

NAME = "request.get-for-reads"
KNOWN = f"{NAME}/*  # | https://example.com/7 | until 2999-01-01\n"
NOTHING = dict.fromkeys(("junit", "tap", "html", "markdown", "badge", "jsonl", "expected", "flaky"))


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """The address of a fake that breaks that rule."""
    with MockServer(lenient_post=True) as server:
        yield server.base_url


def _judge(base_url: str, *arguments: str, only: str = NAME) -> Result:
    told = ("server", "--base-url", base_url, "--examples", "2", *(("-k", only) if only else ()), *arguments)
    return CliRunner().invoke(cli, told, obj={}, standalone_mode=False)


def _code(result: Result) -> int:
    assert isinstance(result.exception, (SystemExit, type(None))), result.exception
    return int(result.exit_code)


def test_every_report_is_written(broken: str, tmp_path: Path) -> None:
    """All from one run, which ends as it would without them."""
    names = ("junit", "tap", "html", "markdown", "badge", "jsonl")
    flags = [part for name in names for part in (f"--{name}", str(tmp_path / name))]
    assert 1 == _code(_judge(broken, *flags))
    for name in names[:-2]:
        assert NAME in (tmp_path / name).read_text()
    assert "red" == json.loads((tmp_path / "badge").read_text())["color"]
    assert {"failed"} == {json.loads(line)["outcome"] for line in (tmp_path / "jsonl").read_text().splitlines()}


def test_a_known_failure_is_as_expected(broken: str, tmp_path: Path) -> None:
    """Exit code 0; the lines of JSON say that it was expected."""
    (tmp_path / "known.txt").write_text(KNOWN)
    done = _judge(broken, "--expected", str(tmp_path / "known.txt"), "--jsonl", str(tmp_path / "kept"))
    assert 0 == _code(done)
    assert {"expected"} == {json.loads(line)["outcome"] for line in (tmp_path / "kept").read_text().splitlines()}


def test_a_flaky_check_is_as_expected(broken: str, tmp_path: Path) -> None:
    """It may fail."""
    (tmp_path / "flaky.txt").write_text(KNOWN)
    assert 0 == _code(_judge(broken, "--flaky", str(tmp_path / "flaky.txt")))


@pytest.mark.parametrize("line", [KNOWN, KNOWN.replace("2999", "2001")])
def test_a_stale_list_ends_in_4(line: str, tmp_path: Path) -> None:
    """What no longer fails, or should long have been mended, is named."""
    (tmp_path / "known.txt").write_text(line)
    with MockServer() as good:
        done = _judge(good.base_url, "--expected", str(tmp_path / "known.txt"))
    assert 4 == _code(done)
    assert f"known.txt:1: {NAME}/*" in done.stdout.replace("\n", "")


def test_fix_writes_the_list_of_a_complete_run(broken: str, tmp_path: Path) -> None:
    """With which the next run is as expected."""
    known, kept = tmp_path / "known.txt", tmp_path / "kept"
    assert 1 == _code(_judge(broken, "--jsonl", str(kept)))
    report = ("report", str(kept), "--expected", str(known))
    fixed = CliRunner().invoke(cli, (*report, "--fix"), obj={}, standalone_mode=False)
    assert (0, True) == (_code(fixed), known.read_text().startswith(f"{NAME}/"))
    assert 0 == _code(CliRunner().invoke(cli, report, obj={}, standalone_mode=False))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--fix",), "name one"),
        (("--fix", "--expected", "known.txt"), "complete run, without -k"),
        (("--expected", "nowhere/known.txt"), "there is no such file; --fix writes one"),
        (("--flaky", "nowhere/flaky.txt"), "does not exist"),
        (("--junit", "nowhere/junit.xml"), "cannot write nowhere/junit.xml: there is no folder nowhere"),
        (("--jsonl", "nowhere/kept"), "cannot write nowhere/kept: there is no folder nowhere"),
        (("--html", "."), "is a directory"),
    ],
)
def test_what_cannot_be_is_wrong_usage(arguments: tuple[str, ...], says: str, broken: str) -> None:
    """With one sentence that says how to mend it."""
    done = _judge(broken, *arguments)
    assert says in str(done.exception)


def test_fix_refuses_where_a_check_could_not_be_carried_out(tmp_path: Path) -> None:
    """The list stays: not all that fails is known."""
    known, kept = tmp_path / "known.txt", tmp_path / "kept"
    known.write_text(KNOWN)
    kept.write_text('{"check": "code.20/a", "rule": "code.20", "outcome": "broken"}\n')
    told = ("report", str(kept), "--expected", str(known), "--fix")
    done = CliRunner().invoke(cli, told, obj={}, standalone_mode=False)
    assert "a check could not be carried out" in str(done.exception)
    assert KNOWN == known.read_text()


def test_lines_for_another_version_say_nothing(tmp_path: Path) -> None:
    """`@VERSION` is compared with that of the client that is judged."""
    file = tmp_path / "known.txt"
    file.write_text("code.20/a @1.0  # x | https://example.com/7 | until 2999-01-01\n")
    for version, stale in (("1.0", 1), ("2.0", 0)):
        outputs = outputs_of({**NOTHING, "expected": str(file), "fix": False}, partial=False, version=version)
        assert stale == len(outputs.known.stale([], today=outputs.known.expected[0].until, complete=True))
