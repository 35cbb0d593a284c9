"""The files for GitHub, editors and pre-commit: they fit their schemas, and what can run of them here does."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import flipsnack_client
import flipsnack_mock

REPOSITORY = Path(__file__).resolve().parents[1]
GITHUB = REPOSITORY / ".github"
TOOLS = Path(sys.executable).parent
VERSION = flipsnack_client.__version__
SOURCE = "https://example.com/somebody/flipsnack-kit"


def _load(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(REPOSITORY / file)
    return loaded


WORKFLOWS = {name: _load(f".github/workflows/{name}.yml") for name in ("ci", "release")}
STEPS = [step for one in WORKFLOWS.values() for job in one["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", "workflows/*.yml"),
        ("custom.github-workflows-require-timeout", "workflows/*.yml"),
        ("vendor.dependabot", "dependabot.yml"),
        ("vendor.github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
        ("vendor.github-issue-config", "ISSUE_TEMPLATE/config.yml"),
    ],
)
def test_a_file_for_github_fits_its_schema(schema: str, files: str) -> None:
    found = list(GITHUB.glob(files))
    assert found
    check: list[str | Path] = [TOOLS / "check-jsonschema", "--builtin-schema", schema, *found]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_an_action_is_pinned_by_its_major_version() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [] == [action for action in used if not re.fullmatch(r"[\w-]+(/[\w-]+)+@(release/)?v\d+", action)]


def test_what_the_files_name_exists() -> None:
    """Folders of tests, make targets, scripts and tools."""
    hooks = [hook["entry"] for hook in _load(".pre-commit-config.yaml")["repos"][0]["hooks"]]
    container = json.loads((REPOSITORY / ".devcontainer/devcontainer.json").read_text())
    commands = [*hooks, *(step["run"] for step in STEPS if "run" in step), container["postCreateCommand"]]
    targets = {*re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)}

    words = [word for command in commands for word in command.split()]
    files = [word for word in words if re.match(r"(tests|client|mock_server|contract_tests|\.ci)/", word)]
    assert [".ci/run"] == [file for file in files if file.startswith(".ci")]
    assert [] == [file for file in files if not (REPOSITORY / file).exists()]
    assert [] == [word for word in words if word.startswith(".venv/bin/") and not (TOOLS / Path(word).name).exists()]
    assert {target for command in commands for target in re.findall(r"^make (\w+)", command)} <= targets
    assert container["image"] == WORKFLOWS["ci"]["jobs"]["linux"]["container"]["image"]


def test_the_packages_have_one_version() -> None:
    """That of the distribution, which a tag must match."""
    assert {version("flipsnack-kit")} == {VERSION, flipsnack_mock.__version__}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the release looks at, as it is on the day of a release."""
    package = tmp_path / "client/src/flipsnack_client"
    package.mkdir(parents=True)
    shutil.copy(REPOSITORY / "client/src/flipsnack_client/__init__.py", package)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, tmp_path)
    changes = (REPOSITORY / "CHANGELOG.md").read_text()
    section = f"## [Unreleased]\n\n## [{VERSION}] - 2026-01-02\n\nThe first line.\n\n## [0.0.1] - 2026-01-01\n\nOld.\n"
    (tmp_path / "CHANGELOG.md").write_text(changes.partition("## [Unreleased]")[0] + section)
    return tmp_path


def _released(folder: Path, *, tag: str) -> list[str]:
    """What the steps between the installation and the build say until one refuses."""
    steps = [step["run"] for step in WORKFLOWS["release"]["jobs"]["dist"]["steps"] if "run" in step]
    environment = {
        "PATH": f"{TOOLS}:/usr/bin:/bin",
        "GITHUB_REF_NAME": tag,
        "GITHUB_SERVER_URL": "https://example.com",
        "GITHUB_REPOSITORY": "somebody/flipsnack-kit",
    }
    for step in steps[1:-2]:
        shell = ["bash", "-eo", "pipefail", "-c", step]
        run = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            return (run.stdout + run.stderr).splitlines()
    return []


def test_a_release_takes_its_notes_from_the_changelog(checkout: Path) -> None:
    assert [] == _released(checkout, tag=f"v{VERSION}")
    assert "The first line." == (checkout / "notes.md").read_text().strip()


def test_a_tag_that_is_not_the_version_is_not_released(checkout: Path) -> None:
    (said,) = _released(checkout, tag="v9.9.9")
    assert said == f"::error::the tag is v9.9.9, but this is version {VERSION}: set __version__, or tag v{VERSION}"


def test_a_release_names_the_repository_in_which_it_runs(checkout: Path) -> None:
    assert [] == _released(checkout, tag=f"v{VERSION}")
    urls = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["urls"]
    assert ["Source", "Changelog"] == list(urls)[:2]
    assert SOURCE == urls["Source"]
    index = (checkout / "README.md").read_text()
    links = re.findall(r"\]\(([^)#]+)", index)
    assert [] == [link for link in links if not link.startswith("https://")]
    assert f"]({SOURCE}/raw/v{VERSION}/docs/ui.png)" in index


def test_a_version_without_a_section_in_the_changelog_is_not_released(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\nNot yet.\n")
    (said,) = _released(checkout, tag=f"v{VERSION}")
    assert said == f"::error::CHANGELOG.md has no section [{VERSION}]: rename Unreleased"
