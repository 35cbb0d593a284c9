import json
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from flipsnack_contract.fake import Fake

KIT = (sys.executable, "-m", "flipsnack_contract")
REPOSITORY = Path(__file__).parents[3]
ADAPTER = REPOSITORY / "contract_tests" / "adapters" / "python" / "adapter.py"
NAPS = (sys.executable, str(REPOSITORY / "contract_tests" / "zoo" / "adapters.py"), "naps_for_ever")
FEW = ("--examples", "2")


@pytest.fixture(scope="session")
def lying(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The reference client's adapter, but for the digest that it reports."""
    adapter = tmp_path_factory.mktemp("adapter") / "adapter.py"
    right = "hashlib.sha256(content).hexdigest()"
    assert right in ADAPTER.read_text()
    adapter.write_text(ADAPTER.read_text().replace(right, "'0' * 64"))
    return (sys.executable, str(adapter))


def _kit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One command, as it would be typed."""
    return subprocess.run([*KIT, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_a_correct_client_ends_with_0(stage_door: Fake, tmp_path: Path) -> None:
    """And leaves its reports."""
    junit = tmp_path / "junit.xml"
    reference = (sys.executable, ADAPTER)
    run = _kit("client", *FEW, "--fake", stage_door.url, "-k", "client.signature", "--junit", junit, "--", *reference)
    assert 0 == run.returncode, run.stdout + run.stderr
    assert "judging flipsnack_client" in run.stdout
    assert "hours of the accounts' time" in run.stdout
    assert etree.parse(junit).getroot().tag == "testsuite"


def test_a_broken_client_ends_with_1_and_can_be_replayed(
    stage_door: Fake, lying: tuple[str, ...], tmp_path: Path
) -> None:
    """The scenario is left behind, and played again by name."""
    name = "client.agreement/the-file-is-the-one-it-reports"
    fake = ("--fake", stage_door.url)
    run = _kit("client", *FEW, *fake, "-k", name, "--evidence", tmp_path, "--jsonl", tmp_path / "all", "--", *lying)
    assert 1 == run.returncode, run.stdout + run.stderr
    assert "length and SHA-256 in the result" in run.stdout
    (line,) = (tmp_path / "all").read_text().splitlines()
    assert (name, "failed") == (json.loads(line)["check"], json.loads(line)["outcome"])
    kept = tmp_path / name.replace("/", "-") / "replay.json"
    again = _kit("replay", kept, *fake, "--", *lying)
    assert (1, True) == (again.returncode, f"FAILED {name}" in again.stdout)
    mended = _kit("replay", kept, *fake, "--", sys.executable, ADAPTER)
    assert (0, True) == (mended.returncode, f"ok     {name}: it is kept now" in mended.stdout)


def test_a_client_that_signs_wrong_is_told_what_is_wrong(stage_door: Fake) -> None:
    """In the words of the fake's doctor; and that little else can be judged."""
    unsorted = (sys.executable, "-m", "contract_tests.zoo.in_process_adapter", "Unsorted")
    run = _kit("client", *FEW, "--fake", stage_door.url, "-k", "client.signature", "--", *unsorted)
    assert 1 == run.returncode, run.stdout + run.stderr
    assert "Sort the parameters by name before you join them" in " ".join(run.stdout.split())
    assert "no download came to an end in any of them" in run.stdout


def test_a_capability_that_nobody_knows_is_told(stage_door: Fake, tmp_path: Path) -> None:
    """A slip of the pen takes a duty away, and would else go unseen."""
    adapter = tmp_path / "adapter.py"
    adapter.write_text(ADAPTER.read_text().replace(" deadline ", " deadlines "))
    run = _kit("client", *FEW, "--fake", stage_door.url, "-k", "client.signature", "--", sys.executable, adapter)
    assert "nobody knows the capability deadlines; there are virtual_sleep, json" in run.stderr


def test_evidence_that_cannot_be_left_is_wrong_usage(stage_door: Fake, tmp_path: Path, lying: tuple[str, ...]) -> None:
    """The file that is in the way is named."""
    (tmp_path / "a-file").touch()
    name = "client.agreement/the-file-is-the-one-it-reports"
    told = ("-k", name, "--evidence", tmp_path / "a-file" / "x")
    run = _kit("client", *FEW, "--fake", stage_door.url, *told, "--", *lying)
    assert 2 == run.returncode
    assert "a-file/x" in run.stderr
    assert "Not a directory" in run.stderr


def test_a_client_that_reads_no_format_is_not_judged(stage_door: Fake) -> None:
    """Nothing ran, so nothing is known."""
    run = _kit("client", *FEW, "--fake", stage_door.url, "-k", "client.success", "--", *NAPS)
    assert 5 == run.returncode
    assert "no scenario could be played" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["client", "--", "no-such-command"], 3, "there is no adapter to speak with"),
        (["client", "-k", "no-such-duty", "--", "x"], 5, "no check fits 'no-such-duty'"),
        (["client"], 2, "which client?"),
        (["replay", "no-such-file", "--", "x"], 2, "does not exist"),
    ],
)
def test_wrong_use_is_one_clear_line(stage_door: Fake, arguments: list[str], code: int, text: str) -> None:
    """With the exit code that is documented."""
    run = _kit(arguments[0], "--fake", stage_door.url, *arguments[1:])
    assert code == run.returncode, run.stdout + run.stderr
    assert text in run.stdout + run.stderr


def test_a_file_that_is_no_replay_is_wrong_usage(stage_door: Fake, tmp_path: Path) -> None:
    """It says what was expected."""
    file = tmp_path / "file.json"
    file.write_text("{}")
    run = _kit("replay", file, "--fake", stage_door.url, "--", *NAPS)
    assert 2 == run.returncode
    assert "expected the replay.json of a failure" in run.stderr
