"""A client under pytest: each run is a process, so few of them serve many tests."""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty
from lxml import etree

from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.plugin import client
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

Judge = Callable[..., pytest.RunResult]

ADAPTER = Path(__file__).parents[2] / "adapters" / "python" / "adapter.py"
OURS = f"--flipsnack-client={sys.executable} {ADAPTER}"
KIT = (sys.executable, "-m", "flipsnack_contract")
AGREEMENT = "client.agreement"
FILE_CHECK = f"{AGREEMENT}/the-file-is-the-one-it-reports"
FEW = ("--examples=52", "--rule=client.agreement", "--rule=client.signature", "-k", "drawn or refused")


@dataclass(frozen=True)
class Ran:
    """One run of a client that reports a wrong digest, by two workers."""

    folder: Path
    code: int
    out: str

    @property
    def reports(self) -> list[dict[str, object]]:
        """The results in the lines of JSON, of the items that have any."""
        lines = (json.loads(line) for line in (self.folder / "r.jsonl").read_text().splitlines())
        return [one for one in lines if (one.get("flipsnack") or {}).get("results")]


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference client's adapter, but for the digest that it reports."""
    adapter = tmp_path_factory.mktemp("adapter") / "adapter.py"
    right = "hashlib.sha256(content).hexdigest()"
    assert right in ADAPTER.read_text()
    adapter.write_text(ADAPTER.read_text().replace(right, "'0' * 64"))
    return adapter


@pytest.fixture(scope="module")
def ran(fake_server: Fake, lying: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The run that most of these tests look at."""
    folder = tmp_path_factory.mktemp("run")
    files = ("--junitxml=j.xml", "--html=page.html", "--report-log=r.jsonl", "--artifacts=kept")
    command = [*KIT, "client", *FEW, "-n2", *files, "--fake", fake_server.url, "--", sys.executable, str(lying)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=170)
    return Ran(folder, done.returncode, done.stdout + done.stderr)


def test_a_broken_rule_is_told_once_with_one_scenario_made_small(ran: Ran) -> None:
    """Found in several groups and drawn at random, it is shrunk to the simplest scenario."""
    assert (1, 1) == (ran.code, ran.out.count(f"FAILED  {AGREEMENT}  ({FILE_CHECK})")), ran.out
    assert re.search(r"  with    scenario = drawn\n          pages = 1\n  steps   ", ran.out)
    assert "judged   flipsnack_client " in ran.out
    assert re.search(r"result +2 rules: 1 failed, 1 passed; \d\d scenarios in ", ran.out)


def test_each_scenario_runs_once_and_is_held_against_every_check(ran: Ran) -> None:
    """An item is a group; workers share the groups."""
    assert {"refused", "drawn-1", "drawn-2"} == {one["flipsnack"]["part"] for one in ran.reports}  # type: ignore[index]
    assert {"gw0", "gw1"} == {one["worker_id"] for one in ran.reports}
    for one in ran.reports:
        results = one["flipsnack"]["results"]  # type: ignore[index]
        assert {AGREEMENT, "client.signature"} == {result["rule"] for result in results}
        assert 1 == len({result["examples"] for result in results if result["rule"] == AGREEMENT})


def test_junit_has_one_case_for_each_rule(ran: Ran) -> None:
    """With what was judged as properties."""
    tree = etree.parse(ran.folder / "j.xml")
    assert [("client.signature", 0), (AGREEMENT, 1)] == [(one.get("name"), len(one)) for one in tree.iter("testcase")]
    assert "flipsnack_client" in str(tree.find(".//property[@name='judged']").get("value"))  # type: ignore[union-attr]


def test_the_page_is_one_file(ran: Ran) -> None:
    """It says what was judged, can be kept as an artifact of a CI job, and each of its rows has an address."""
    page = (ran.folder / "page.html").read_text()
    title, link = (
        '<title id="head-title">Contract of the Flipsnack API: flipsnack_client ',
        r"&lt;a id=\&#34;refused\&#34;",
    )
    assert [] == [text for text in (FILE_CHECK, "<p>judged: flipsnack_client ", title, link) if text not in page]
    assert not (ran.folder / "assets").exists()


def test_the_artifacts_replay_the_failure(ran: Ran, fake_server: Fake, lying: Path, judge: Judge) -> None:
    """The broken scenario alone; a client that is mended keeps the check."""
    replay = f"kept/{FILE_CHECK.replace('/', '-')}/replay.json"
    words = (f"--flipsnack-replay={ran.folder / replay}", f"--flipsnack-fake={fake_server.url}")
    again, mended = (judge(*words, f"--flipsnack-client={sys.executable} {adapter}") for adapter in (lying, ADAPTER))
    assert (1, True) == (again.ret, f"({FILE_CHECK})" in again.stdout.str())
    assert (0, True) == (mended.ret, "; 1 scenarios in" in mended.stdout.str())


def test_nothing_is_left_in_the_folder_but_what_was_asked_for(ran: Ran) -> None:
    """Neither pytest's cache nor Hypothesis' files."""
    assert {"j.xml", "kept", "page.html", "r.jsonl"} == {one.name for one in ran.folder.iterdir()}


@pytest.mark.parametrize(
    ("message", "code", "outcome"), [("length and SHA-256 in the result", 0, "xfailed"), ("another", 1, "failed")]
)
def test_a_listed_failure_hides_no_other(
    message: str, code: int, outcome: str, fake_server: Fake, lying: Path, judge: Judge, pytester: pytest.Pytester
) -> None:
    """What is listed is an expected failure of each group; everything else still fails."""
    (pytester.path / "known.txt").write_text(f"{AGREEMENT} # {message} | https://example.com/7 | until 2099-01-01\n")
    words = ("--flipsnack-rule=client.agreement", "--flipsnack-known=known.txt", "-k", "plain")
    run = judge(*words, f"--flipsnack-fake={fake_server.url}", f"--flipsnack-client={sys.executable} {lying}")
    assert code == run.ret
    assert 1 == run.parseoutcomes()[outcome]
    assert (outcome == "xfailed") == (f"KNOWN   {AGREEMENT}: known.txt:1" in run.stdout.str())


def test_an_error_of_a_check_is_told_as_one_and_costs_no_other_result(
    fake_server: Fake, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No rule counts as broken by it: the code says that the kit is wrong, the text where."""

    def mistaken(_run: ScenarioRun) -> None:
        raise ZeroDivisionError("a mistake of ours")

    checks = [one for one in client_checks() if one.rule.id in (AGREEMENT, "client.signature")]
    wrong = [replace(one, run=mistaken) if one.name == FILE_CHECK else one for one in checks]
    monkeypatch.setattr(client, "client_checks", lambda: wrong)
    run = judge("-k", "plain", f"--flipsnack-fake={fake_server.url}", OURS)
    assert (12, 1) == (run.ret, run.parseoutcomes()["errors"])
    told = (f"INTERNAL  {AGREEMENT}  ({FILE_CHECK})", "*a mistake of ours", "*1 internal, 1 passed;*")
    run.stdout.fnmatch_lines(told)


def test_a_terminal_shows_how_far_the_run_is(fake_server: Fake, tmp_path: Path) -> None:
    """Scenarios played, of how many; and the time left, after some seconds."""
    ours, theirs = pty.openpty()
    words = ("client", "--examples=1", "--rule=client.signature", "-k", "plain", "--fake", fake_server.url)
    command = [*KIT, *words, "--", sys.executable, str(ADAPTER)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=theirs, stderr=theirs, stdin=theirs) as process:
        os.close(theirs)
        shown = _until_closed(ours)
    assert 0 == process.returncode, shown
    assert re.search(r"\r\d+ of \d+ scenarios played(, about \d+ s left)?", shown)


def _until_closed(terminal: int) -> str:
    pieces = []
    try:
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    return b"".join(pieces).decode()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--flipsnack-client=no-such-command",), 11, "the adapter does not work: no-start"),
        ((f"--flipsnack-client={shlex.join(faulty('naps_for_ever'))}",), 14, "the client can be put into no scenario"),
        ((OURS, "--flipsnack-replay=gone"), 4, "gone: No such file"),
        ((OURS, "--flipsnack-replay=a-file"), 4, "expected the replay.json of a"),
        ((OURS, "--flipsnack-artifacts=a-file/x"), 4, "a-file/x: Not a directory"),
        ((OURS, "--flipsnack-fake=nowhere"), 4, "'nowhere' is not the address of a fake"),
        ((OURS, "--flipsnack-fake=http://127.0.0.1:9"), 10, "start one with `flipsnack-mock serve`"),
    ],
)
def test_wrong_use_is_one_clear_message(
    words: tuple[str, ...], code: int, says: str, fake_server: Fake, judge: Judge, pytester: pytest.Pytester
) -> None:
    """With the exit code that is documented."""
    (pytester.path / "a-file").write_text("{}")
    run = judge(f"--flipsnack-fake={fake_server.url}", *words)
    assert code == run.ret
    assert says in run.stdout.str() + run.stderr.str()
