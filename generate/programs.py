"""What the site and the README show first: the banner of the fake, and from `docs/programs/` a call and a test."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

from flipsnack_mock.cli.banner import banner as banner_lines
from flipsnack_mock.cli.banner import listening
from flipsnack_mock.state.settings import Settings

FOLDER = Path(__file__).parents[1] / "docs/programs"
LANGUAGES = {
    "curl": ("bash", "first_call.sh"),
    "Python": ("python", "first_call.py"),
    "Node": ("js", "first_call.mjs"),
    "PHP": ("php", "first_call.php"),
    "Java": ("java", "FirstCall.java"),
    "C#": ("csharp", "FirstCall.cs"),
    "Go": ("go", "first_call.go"),
}
# What no runtime of this project's CI can try; the reader is told so beside the code.
NOT_RUN = {"C#": "This one is not run: no .NET runtime is at hand in this project's CI."}


def banner() -> str:
    """What `serve` prints at start."""
    url = f"http://127.0.0.1:{Settings().port}"
    return "\n".join(["```text", listening(url), *banner_lines(Settings(), url), "```"])


def tabs() -> str:
    """A tab for each language."""
    return "\n\n".join(f'=== "{name}"\n\n{indent(_example(name), "    ")}' for name in LANGUAGES)


def foldings() -> str:
    """The first language as it is, and one folded block for each of the others."""
    first, *others = LANGUAGES
    folded = (f"<details><summary>{name}</summary>\n\n{_example(name)}\n\n</details>" for name in others)
    return "\n\n".join((_example(first), *folded))


def first_test() -> str:
    """A first test, in Python."""
    return _block("python", "first_test.py")


def with_fixtures() -> str:
    """Two tests that use the fixtures for pytest."""
    return _block("python", "test_export.py")


def _example(name: str) -> str:
    block = _block(*LANGUAGES[name])
    return f"{NOT_RUN[name]}\n\n{block}" if name in NOT_RUN else block


def _block(language: str, file: str) -> str:
    return f"```{language}\n{(FOLDER / file).read_text('utf-8')}```"
