"""The code of the client's page runs as printed, against the fake."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import flipsnack_client
from flipsnack_client.api_error import MaintenanceMode, PerMinuteLimit, PerSecondLimit
from flipsnack_client.cli import EXIT_CODES
from flipsnack_client.client import TIMEOUT
from flipsnack_client.defaults import DEADLINE
from flipsnack_client.limiter import VENDOR_WINDOWS
from flipsnack_client.retry import MINIMUM_PAUSES, RetryPolicy
from flipsnack_mock.testing import MockServer
from flipsnack_mock.testing.pdf import make_pdf

PAGE = Path(__file__).parents[2] / "docs/client.md"
TEXT = PAGE.read_text(encoding="utf-8")
RETRIED_CODES = {22: MaintenanceMode, 31: PerSecondLimit, 32: PerMinuteLimit}
PRINTED_URL = "http://127.0.0.1:3547"


def blocks(language: str) -> list[str]:
    """The code blocks in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def server() -> Iterator[MockServer]:
    """A fake whose packages are ready at once, so that the examples take no time."""
    with MockServer(default_schedule="immediate", conversion_schedule="immediate") as fake:
        yield fake


def run(command: list[str], folder: Path) -> str:
    (folder / "document.pdf").write_bytes(make_pdf(2))
    environment = {"HOME": str(folder), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_every_block_is_run() -> None:
    assert {"python", "sh"} == set(re.findall(r"^```(\w+)$", TEXT, flags=re.MULTILINE))


def test_the_python_examples_run_one_after_the_other(server: MockServer, tmp_path: Path) -> None:
    program = "\n".join(blocks("python")).replace(PRINTED_URL, server.url)
    printed = run([sys.executable, "-W", "error::DeprecationWarning", "-c", program], tmp_path)
    for words in (
        "package.zip has ",
        "COMPLETE",
        "PROCESSING",
        "not ours: 43 Forbidden",
        "a new hash: True",
        "997 uploads",
    ):
        assert words in printed
    assert ["first.zip", "package.zip", "second.zip"] == sorted(path.name for path in tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize("block", blocks("sh"))
def test_the_shell_examples_run(server: MockServer, tmp_path: Path, block: str) -> None:
    printed = run(["sh", "-euc", block.replace(PRINTED_URL, server.url)], tmp_path)
    assert "COMPLETE" in printed
    assert "9b942c2183e69e05f573beb41a2ca196" in printed
    assert "curl -sS -G " in printed
    assert (tmp_path / "package.zip").exists()


def test_the_table_of_errors_has_every_kind_with_its_exit_code() -> None:
    """Each class directly below the base, or below a group, has a row; its exit code is the one the command uses."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d) \|$", TEXT, flags=re.MULTILINE)
    kinds = [getattr(flipsnack_client, name) for name, _ in rows]
    expected = [next(str(number) for base, number in EXIT_CODES if issubclass(kind, base)) for kind in kinds]
    assert (16, expected) == (len(rows), [code for _, code in rows])


def test_the_table_of_defaults_has_the_defaults() -> None:
    policy = RetryPolicy()
    pauses = {code: f"{MINIMUM_PAUSES[kind]:g} s after {code}" for code, kind in RETRIED_CODES.items()}
    windows = [f"{window.calls} a {'second' if window.seconds == 1 else 'minute'}" for window in VENDOR_WINDOWS]
    for row in (
        f"| One whole operation | {DEADLINE:g} s |",
        f"| To connect, and between two reads | {TIMEOUT:g} s |",
        f"| Attempts in a row without progress | {policy.attempts} |",
        f"or {pauses[22]}, {pauses[31]}, {pauses[32]}; plus a random part",
        f"{policy.first:g} · {policy.factor:g}ⁿ⁻¹ s, at most {policy.max:g} s",
        f"| Request limits | {' and '.join(windows)} |",
    ):
        assert row in TEXT
