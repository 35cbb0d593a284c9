"""What the pages say is true: their examples run, their links lead somewhere, and nothing is left out."""

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from generate.commands import GROUPS, leaves
from generate.programs import FOLDER, LANGUAGES, NOT_RUN
from ruamel.yaml import YAML

from flipsnack_mock import pytest_plugin
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import MockServer

REPOSITORY = Path(__file__).resolve().parents[1]
DOCS = REPOSITORY / "docs"
CLIENT = DOCS / "client.md"  # its examples are run by a test of the client
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("[!.]*/README.md"), *DOCS.rglob("*.md")])
TOOLS = Path(sys.executable).parent
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

# A block may be in a tab, which is indented.
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
PRINTED = ("json", "text", "xml")
FOR_READING = {"console", "toml", "yaml", *PRINTED}
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
        below = after is not None and after[2] in PRINTED and not text[match.end() : after.start()].strip()
        printed = dedent(after[3]) if after is not None and below else None
        blocks.append(Block(match[2], dedent(match[3]), text[: match.start()].count("\n") + 1, printed))
    return blocks


def _pages(*languages: str) -> list[Path]:
    return [page for page in PAGES if any(block.language in languages for block in _blocks(page))]


def _run_here() -> list[Path]:
    """The pages with examples to run."""
    return [page for page in _pages("bash", "python") if page != CLIENT]


def _name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def _command(block: Block, text: str) -> list[str]:
    if block.language == "python":
        return [sys.executable, "-W", "error", "-c", text]
    # What one block exports, the next one sees, as in a reader's shell.
    return ["bash", "-euo", "pipefail", "-c", f"[ ! -e exports ] || . ./exports\n{text}\nexport -p > exports"]


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{TOOLS}:{os.environ['PATH']}", "HOME": str(folder), "LANG": "C.UTF-8"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _run_block(block: Block, fake: MockServer, folder: Path) -> None:
    host = fake.url.removeprefix("http://")
    text, printed = (part.replace("localhost:3547", host) for part in (block.text, block.printed or ""))
    run = _run(_command(block, text), folder)
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


RUNTIMES = {"bash": ["bash", "-eu"], "python": [sys.executable], "js": ["node"], "php": ["php"], "java": ["java"]}
RUNTIMES["go"] = ["go", "run"]


@pytest.mark.parametrize("name", sorted(LANGUAGES.keys() - NOT_RUN))
def test_the_first_call_does_the_same_in_every_language(name: str, tmp_path: Path) -> None:
    language, file = LANGUAGES[name]
    runtime = RUNTIMES[language]
    if shutil.which(runtime[0]) is None:
        pytest.skip(f"{runtime[0]} is not installed")
    with MockServer() as fake:
        program = (FOLDER / file).read_text().replace("http://localhost:3547", fake.url)
        (tmp_path / file).write_text(program)
        run = _run([*runtime, file], tmp_path)
    assert run.returncode == 0, run.stderr
    assert {"20", "COMPLETE"} <= set(re.findall(r"\w+", run.stdout))
    assert zipfile.ZipFile(tmp_path / "package.zip").testzip() is None


def test_the_tests_with_fixtures_pass(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "test_export.py", tmp_path)
    run = _run([sys.executable, "-m", "pytest", "-p", "flipsnack_mock.pytest_plugin"], tmp_path)
    assert "2 passed" in run.stdout, run.stdout


def test_a_block_that_is_not_run_is_for_reading_or_a_file_that_is_run() -> None:
    """Code in another language than those of this test is the text of a file of the repository."""
    files = [path.read_text() for path in FOLDER.iterdir()]
    known = {"bash", "python"} | FOR_READING
    others = [
        (page, block) for page in PAGES if page != CLIENT for block in _blocks(page) if block.language not in known
    ]
    assert [] == [f"{page}:{block.line}" for page, block in others if block.text not in files]


HTML = re.compile(r"<(?!!--|w?br>|/?code>|/?details>|/?summary>|https?:)")


def test_no_page_has_a_placeholder_that_a_browser_takes_for_html() -> None:
    """Text such as <name> outside code would not be shown."""
    prose = {_name(page): re.sub(r"`[^`]*`", "", BLOCK.sub("", page.read_text())) for page in PAGES}
    assert [] == [(page, line) for page, text in prose.items() for line in text.splitlines() if HTML.search(line)]


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    blocks = [block for page in PAGES for block in _blocks(page) if block.language == "console"]
    shown = "\n".join(block.text for block in blocks)
    named = set(re.findall(r"^\$ make ([a-z]+)", shown, re.MULTILINE))
    assert named
    assert set() == named - targets


def _ci_block(key: str, page: str) -> str:
    blocks = _blocks(DOCS / page)
    (text,) = (block.text for block in blocks if block.language == "yaml" and f"{key}:\n" in block.text)
    return text


@pytest.mark.parametrize(
    ("schema", "key", "page"),
    [
        ("vendor.github-workflows", "jobs", "containers.md"),
        ("vendor.gitlab-ci", "script", "containers.md"),
        ("vendor.github-workflows", "jobs", "results.md"),
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
    environment = _service_variables(YAML(typ="safe").load(_ci_block(key, "containers.md")))
    settings, _ = load_settings(flags={}, environment=environment, file=None)

    assert ["my-key"] == [account.key for account in settings.seed]
    assert "after-2-polls" == settings.default_schedule


@cache
def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text()), re.MULTILINE)
    docstrings = re.findall(r"^::: [\w.]+\.(\w+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in [*headings, *docstrings]}


def test_every_link_inside_the_repository_leads_somewhere() -> None:
    for page in PAGES:
        for target, anchor in LINK.findall(page.read_text()):
            file = (page.parent / target).resolve() if target else page
            assert file.exists(), f"{_name(page)}: {target} does not exist"
            assert not anchor or anchor in _anchors(file), f"{_name(page)}: {target} has no heading for #{anchor}"


def test_no_page_names_an_address_of_the_repository() -> None:
    """It has none yet; the release writes the one that it runs in."""
    texts = [page.read_text() for page in (*PAGES, REPOSITORY / "zensical.toml", REPOSITORY / "pyproject.toml")]
    assert [] == [
        address for text in texts for address in re.findall(r"https://github\.com/[\w.-]*flipsnack[\w./-]*", text)
    ]


def test_every_command_has_a_heading_on_the_site() -> None:
    site = "\n".join(page.read_text() for page in DOCS.rglob("*.md"))
    commands = [path for group in GROUPS.items() for path, _ in leaves(*group)]
    assert [] == [one for one in commands if f"\n### {one}\n" not in site], "run `make generate`"


def test_every_fixture_is_on_the_site() -> None:
    page = (DOCS / "reference/fixtures.md").read_text()
    assert sorted(pytest_plugin.__all__) == sorted(
        re.findall(r"^::: flipsnack_mock\.pytest_plugin\.(\w+)$", page, re.M)
    )
