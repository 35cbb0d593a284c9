import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MADE_BY_TOOLS = {".cache", ".git", ".venv", "__pycache__", "build", "dist", "node_modules"}

# Spelled so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<!\w)/(?:wor[k]|roo[t]|hom[e]/\w+|opt/pyp[i]|User[s]/\w+)/")
REGISTRY_HOSTS = re.compile(r"pypi\.or[g]|pythonhosted\.or[g]|registry\.npmjs|deb\.debia[n]|docker\.i[o]|ghcr\.i[o]")
BLANK_AT_END = re.compile(r"[ \t]$", re.MULTILINE)


@cache
def _texts() -> tuple[tuple[str, str], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[str, str]]:
    for path in sorted(REPOSITORY.rglob("*")):
        relative = path.relative_to(REPOSITORY)
        hidden = any(part in MADE_BY_TOOLS or part.endswith("_cache") for part in relative.parts)
        if path.is_file() and not hidden and ".hypothesis" not in relative.parts:
            try:
                yield str(relative), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRY_HOSTS, BLANK_AT_END])
def test_no_text_names_this_machine_or_a_registry_or_ends_a_line_in_blanks(pattern: re.Pattern[str]) -> None:
    assert [] == [f"{name}: {match.group()}" for name, text in _texts() for match in pattern.finditer(text)]
