"""A client under pytest: each run is a process, so few of them serve many tests."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty
from lxml import etree

from flipsnack_contract.adapter.fake_server import Fake, started_fake

ADAPTER = Path(__file__).parents[2] / "adapters" / "python" / "adapter.py"
KIT = (sys.executable, "-m", "flipsnack_contract")
AGREEMENT = "client.agreement"
FILE_CHECK = f"{AGREEMENT}/the-file-is-the-one-it-reports"
FEW = ("--examples=60", "--rule=client.agreement", "--rule=client.signature", "-k", "drawn or refused")


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
def fake() -> Iterator[Fake]:
    """One fake for all runs of this module."""
    with started_fake() as running:
        yield running


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference client's adapter, but for the digest that it reports."""
    adapter = tmp_path_factory.mktemp("adapter") / "adapter.py"
    right = "hashlib.sha256(content).hexdigest()"
    assert right in ADAPTER.read_text()
    adapter.write_text(ADAPTER.read_text().replace(right, "'0' * 64"))
    return adapter


def _kit(folder: Path, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*KIT, *map(str, words)], cwd=folder, capture_output=True, text=True, check=False, timeout=170
    )


@pytest.fixture(scope="module")
def ran(fake: Fake, lying: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The run that most of these tests look at."""
    folder = tmp_path_factory.mktemp("run")
    files = ("--junitxml=j.xml", "--html=page.html", "--report-log=r.jsonl", "--artifacts=kept")
    done = _kit(folder, "client", *FEW, "-n2", *files, "--fake", fake.url, "--", sys.executable, lying)
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
    """It says what was judged, and can be kept as an artifact of a CI job."""
    page = (ran.folder / "page.html").read_text()
    assert [True, True] == [text in page for text in (FILE_CHECK, "<p>judged: flipsnack_client ")]
    assert not (ran.folder / "assets").exists()


def test_the_artifacts_replay_the_failure(ran: Ran, fake: Fake, lying: Path) -> None:
    """By the command that the report shows; a client that is mended keeps the check."""
    replay = f"kept/{FILE_CHECK.replace('/', '-')}/replay.json"
    assert f" --replay {replay} -- {sys.executable} {lying}" in ran.out
    again = _kit(ran.folder, "client", "--replay", replay, "--fake", fake.url, "--", sys.executable, lying)
    assert (1, True) == (again.returncode, f"({FILE_CHECK})" in again.stdout)
    mended = _kit(ran.folder, "client", "--replay", replay, "--fake", fake.url, "--", sys.executable, ADAPTER)
    assert (0, True) == (mended.returncode, "; 1 scenarios in" in mended.stdout), mended.stdout


def test_nothing_is_left_in_the_folder_but_what_was_asked_for(ran: Ran) -> None:
    """Neither pytest's cache nor Hypothesis' files."""
    assert {"j.xml", "kept", "page.html", "r.jsonl"} == {one.name for one in ran.folder.iterdir()}


def test_a_listed_failure_hides_no_other(fake: Fake, lying: Path, tmp_path: Path) -> None:
    """What is listed is an expected failure of each group; everything else still fails."""
    line = f"{AGREEMENT} # length and SHA-256 in the result | https://example.com/7 | until 2099-01-01\n"
    (tmp_path / "known.txt").write_text(line)
    words = ("--examples=1", "--rule=client.agreement", "-k", "plain", "--known=known.txt", "--fake", fake.url)
    done = _kit(tmp_path, "client", *words, "--", sys.executable, lying)
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "1 xfailed" in done.stdout
    assert f"KNOWN   {AGREEMENT}: known.txt:1" in done.stdout


def test_a_terminal_shows_how_far_the_run_is(fake: Fake, tmp_path: Path) -> None:
    """Scenarios played, of how many, and the time left."""
    ours, theirs = pty.openpty()
    words = ("client", "--examples=1", "--rule=client.signature", "-k", "plain or hostile", "--fake", fake.url)
    command = [*KIT, *words, "--", sys.executable, str(ADAPTER)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=theirs, stderr=theirs, stdin=theirs) as process:
        os.close(theirs)
        shown = _until_closed(ours)
    assert 0 == process.returncode, shown
    assert re.search(r"\r\d+ of \d+ scenarios played, about \d+ s left", shown)


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
        (("client", "--", "no-such-command"), 11, "the adapter does not work: no-start"),
        (("client", "--", *faulty("naps_for_ever")), 14, "the client can be put into no scenario"),
        (("client",), 4, "missing client command: give it after --"),
        (("client", "--replay", "gone", "--", sys.executable, str(ADAPTER)), 4, "gone: No such file"),
        (("client", "--replay", "a-file", "--", sys.executable, str(ADAPTER)), 4, "expected the replay.json of a"),
        (("client", "--artifacts", "a-file/x", "--", "x"), 4, "a-file/x: Not a directory"),
    ],
)
def test_wrong_use_is_one_clear_message(
    words: tuple[str, ...], code: int, says: str, fake: Fake, tmp_path: Path
) -> None:
    """With the exit code that is documented."""
    (tmp_path / "a-file").write_text("{}")
    done = _kit(tmp_path, words[0], "--fake", fake.url, *words[1:])
    assert code == done.returncode, done.stdout + done.stderr
    assert says in done.stdout + done.stderr
