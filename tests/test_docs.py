"""What the pages say is true: their examples run, their links lead somewhere, and nothing is left out."""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

import flipsnack_contract.cli.main
import flipsnack_mock.cli.main
from flipsnack_client.cli import flipsnack
from flipsnack_mock.state.settings import load_settings, setting_docs
from flipsnack_mock.testing import MockServer

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("[!.]*/README.md")])
TOOLS = Path(sys.executable).parent

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
PRINTED = ("json", "text", "xml")
ALIKE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `printed` is the block right below it, when that is what it prints."""

    language: str
    text: str
    line: int
    printed: str | None = None


def _blocks(page: Path) -> list[Block]:
    text = page.read_text()
    found = list(BLOCK.finditer(text))
    blocks = []
    for match, after in zip_longest(found, found[1:]):
        below = after is not None and after[1] in PRINTED and not text[match.end() : after.start()].strip()
        printed = after[2] if after is not None and below else None
        blocks.append(Block(match[1], match[2], text[: match.start()].count("\n") + 1, printed))
    return blocks


def _pages(*languages: str) -> list[Path]:
    return [page for page in PAGES if any(block.language in languages for block in _blocks(page))]


def _run_here() -> list[Path]:
    """The pages with examples; a role that runs its own page has a test for that."""
    own = {test.parents[1] / "README.md" for test in REPOSITORY.glob("*/tests/test_readme.py")}
    return [page for page in _pages("bash", "python") if page not in own]


def _name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def _command(block: Block, text: str) -> list[str]:
    if block.language == "python":
        return [sys.executable, "-W", "error", "-c", text]
    # What one block exports, the next one sees, as in a reader's shell.
    return ["bash", "-euo", "pipefail", "-c", f"[ ! -e exports ] || . ./exports\n{text}\nexport -p > exports"]


def _run_block(block: Block, fake: MockServer, folder: Path) -> None:
    host = fake.url.removeprefix("http://")
    text, printed = (part.replace("localhost:3547", host) for part in (block.text, block.printed or ""))
    environment = {"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8"}
    command = _command(block, text)
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"line {block.line}: {run.stdout}{run.stderr}"
    if block.printed is not None:
        assert doctest.OutputChecker().check_output(printed, run.stdout, ALIKE), f"line {block.line}: {run.stdout}"


@pytest.mark.parametrize("page", _run_here(), ids=_name)
def test_the_examples_of_a_page_run_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    """A reader types them one after the other, into one fake on the default port, and takes a minute for each."""
    with MockServer() as fake:
        for block in _blocks(page):
            if block.language in ("bash", "python"):
                _run_block(block, fake, tmp_path)
                for account in fake.admin.accounts():
                    fake.admin.account(account["key"]).clock.advance(61)


@pytest.mark.parametrize("page", _pages("console"), ids=_name)
def test_a_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    shown = "\n".join(block.text for block in _blocks(page) if block.language == "console")
    assert set(re.findall(r"^\$ make ([a-z]+)", shown, re.MULTILINE)) <= targets


def _ci_block(key: str, page: str = "README.md") -> str:
    blocks = _blocks(REPOSITORY / page)
    (text,) = (block.text for block in blocks if block.language == "yaml" and f"{key}:\n" in block.text)
    return text


@pytest.mark.parametrize(
    ("schema", "key", "page"),
    [
        ("vendor.github-workflows", "jobs", "README.md"),
        ("vendor.gitlab-ci", "script", "README.md"),
        ("vendor.github-workflows", "jobs", "contract_tests/README.md"),
    ],
)
def test_a_ci_block_fits_the_schema_of_its_vendor(schema: str, key: str, page: str, tmp_path: Path) -> None:
    """Whoever copies the block has a file that the vendor's CI accepts."""
    file = tmp_path / "ci.yml"
    file.write_text(_ci_block(key, page))
    check = (TOOLS / "check-jsonschema", "--builtin-schema", schema, file)
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def _service_variables(ci: dict[str, Any]) -> dict[str, str]:
    if "jobs" in ci:
        return dict(ci["jobs"]["test"]["services"]["flipsnack"]["env"])
    return dict(ci["test"]["services"][0]["variables"])


@pytest.mark.parametrize("key", ["jobs", "script"])
def test_the_variables_of_a_ci_block_configure_a_fake(key: str) -> None:
    """The service of the block starts with nothing but these variables, and has the account they name."""
    environment = _service_variables(YAML(typ="safe").load(_ci_block(key)))
    settings, _ = load_settings(flags={}, environment=environment, file=None)

    assert ["my-key"] == [account.key for account in settings.seed]
    assert "after-2-polls" == settings.default_schedule


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_inside_the_repository_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{target} does not exist"
        assert not anchor or anchor in _anchors(file), f"{target} has no heading for #{anchor}"


@cache
def _readmes() -> str:
    return "\n".join(page.read_text() for page in PAGES if page.name == "README.md")


@pytest.mark.parametrize("setting", sorted(setting_docs()))
def test_every_setting_of_the_fake_is_in_a_readme(setting: str) -> None:
    named = f"`{setting}`" in _readmes()
    assert named, "describe it in mock_server/README.md"


def _commands() -> list[str]:
    groups: list[tuple[str, click.Command]] = [
        ("flipsnack", flipsnack),
        ("flipsnack-mock", flipsnack_mock.cli.main.command),
        ("flipsnack-contract", flipsnack_contract.cli.main.cli),
    ]
    return [f"{name} {word}" for name, group in groups for word in getattr(group, "commands", ())]


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_in_a_readme(command: str) -> None:
    named = command in _readmes()
    assert named, "describe it in the README of its role"
