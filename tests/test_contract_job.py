"""The CI job on the kit's page: its commands do what they say."""

import os
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from flipsnack_mock.testing import MockServer

REPOSITORY = Path(__file__).resolve().parents[1]
TOOLS = Path(sys.executable).parent
INSTALL = re.compile(r"pip install '(?P<name>[\w-]+)\[(?P<extra>\w+)\]'")


def _runs() -> list[str]:
    (block,) = re.findall(r"^```yaml\n(.*?)^```$", (REPOSITORY / "docs/results.md").read_text(), re.M | re.S)
    job: dict[str, Any] = YAML(typ="safe").load(block)["jobs"]["contract"]
    return [step["run"] for step in job["steps"] if "run" in step]


def test_what_the_job_installs_exists() -> None:
    """The distribution has that name and that extra; what it installs is tested from the wheel elsewhere."""
    (found,) = [match for match in map(INSTALL.fullmatch, _runs()) if match]
    assert found["extra"] in (metadata(found["name"]).get_all("Provides-Extra") or [])


def _small(command: str) -> str:
    """The command for a few rules and scenarios; that our own keep all of them is tested elsewhere."""
    return command.replace("--examples 10", "--examples 10 -k url.lives").replace(
        "--examples 20", "--examples 20 -k plain"
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[subprocess.CompletedProcess[str]]]:
    """The folder in which every other command of the job ran, with a part of what it judges, and how each ended."""
    folder = tmp_path_factory.mktemp("job")
    (folder / "contract_tests").symlink_to(REPOSITORY / "contract_tests")
    environment = {
        "PATH": f"{TOOLS}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    with MockServer() as fake:
        return folder, [
            subprocess.run(
                ["bash", "-eo", "pipefail", "-c", _small(command).replace("http://localhost:3547", fake.url)],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            for command in _runs()
            if not INSTALL.fullmatch(command)
        ]


def test_each_command_of_the_job_succeeds(done: tuple[Path, list[subprocess.CompletedProcess[str]]]) -> None:
    """With a fake where the service would be."""
    for run in done[1]:
        assert run.returncode == 0, f"{run.args[-1]}\n{run.stdout[-3000:]}{run.stderr}"
    assert 2 == len(done[1])


def test_the_summary_of_the_job_has_both_runs(done: tuple[Path, list[subprocess.CompletedProcess[str]]]) -> None:
    """Server and client in Markdown, and a page and JUnit by rule for each that are kept."""
    folder, _ = done
    assert 2 == (folder / "summary.md").read_text().count("### Contract of the Flipsnack API: ")
    for side, rule in (("server", "url.lives-60s"), ("client", "client.back-off")):
        assert f'name="{rule}"' in (folder / f"{side}.xml").read_text()
        assert (folder / f"{side}.html").stat().st_size > 10_000
