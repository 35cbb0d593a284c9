"""Which files are generated, or have generated parts, and the text that each must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from generate import fidelity, methods, programs, tables
from generate.commands import GROUPS, commands, exit_codes, placeholders
from generate.markdown import fresh

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"
METHODS = DOCS / "methods"

PARTS: dict[Path, Mapping[str, Callable[[], str]]] = {
    REPOSITORY / "README.md": {"first call": programs.foldings, "first test": programs.first_test},
    DOCS / "start.md": {"banner": programs.banner, "first call": programs.tabs, "first test": programs.first_test},
    DOCS / "pytest.md": {"fixtures": programs.with_fixtures},
    DOCS / "hard-paths.md": {
        "magic": tables.magic_table,
        "uploads": tables.uploads_table,
        "jobs": tables.jobs_table,
    },
    DOCS / "faults.md": {"kinds": tables.kinds_table, "presets": tables.presets_table},
    DOCS / "journal.md": {"lint rules": tables.lint_table},
    DOCS / "signing.md": {"mistakes": tables.mistakes_table},
    DOCS / "fidelity.md": fidelity.PARTS,
    DOCS / "judge-server.md": {"exit codes": exit_codes},
    DOCS / "judge-client.md": {"placeholders": placeholders},
    DOCS / "reference/settings.md": {"settings": tables.settings_table},
    DOCS / "reference/control-plane.md": {"routes": tables.routes_table},
    DOCS / "reference/commands.md": {group: partial(commands, group) for group in GROUPS},
}


def files() -> dict[Path, str]:
    """The text that each generated file, or file with a generated part, must have."""
    parts = {path: fresh(path.read_text("utf-8"), parts) for path, parts in PARTS.items()}
    return parts | {METHODS / name: text for name, text in methods.pages().items()}


def write() -> None:
    """Write every generated file, and remove the page of a method that is gone."""
    wanted = files()
    for left in set(METHODS.glob("*.md")) - wanted.keys():
        left.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
