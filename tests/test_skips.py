import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
NO_SKIPS = "FLIPSNACK_KIT_NO_SKIPS"

SKIPPED_TEST = """
import pytest

@pytest.mark.skip(reason="no browser here")
def test_in_a_browser():
    pass
"""
SKIPPED_MODULE = """
import pytest

pytest.skip("no browser here", allow_module_level=True)
"""
EXPECTED_FAILURE = """
import pytest

@pytest.mark.xfail(reason="known")
def test_known():
    assert False
"""


def _run_pytest(folder: Path, source: str, *, no_skips: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(source)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "conftest", "-c", "empty.ini", "--rootdir", "."],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), NO_SKIPS: no_skips, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "empty.ini").write_text("[pytest]\n")
    return tmp_path


@pytest.mark.parametrize("source", [SKIPPED_TEST, SKIPPED_MODULE])
def test_a_skip_fails_where_skips_are_forbidden(folder: Path, source: str) -> None:
    """On the machine that has everything, a test or module that skips itself fails and says why it did."""
    run = _run_pytest(folder, source, no_skips="1")

    assert run.returncode != 0
    assert "no browser here" in run.stdout
    assert f"{NO_SKIPS}=1 forbids to skip" in run.stdout


@pytest.mark.parametrize(
    ("source", "no_skips", "outcome"), [(SKIPPED_TEST, "", "1 skipped"), (EXPECTED_FAILURE, "1", "1 xfailed")]
)
def test_a_skip_elsewhere_and_an_expected_failure_do_not_fail(
    folder: Path, source: str, no_skips: str, outcome: str
) -> None:
    assert outcome in _run_pytest(folder, source, no_skips=no_skips).stdout
