"""Write the pages, and the tables in READMEs, that come from the fake's source.

`make generate` runs it, and a test fails when one of them is not fresh.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from mock_server.generate_methods import index_table, pages, table

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.doctor.mistakes import MISTAKES
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.jobs import TRANSITIONS, Move
from flipsnack_mock.state.magic import listed, upload_outcome
from flipsnack_mock.state.settings import Settings, setting_docs

README = Path(__file__).with_name("README.md")
ROOT = Path(__file__).parents[1] / "README.md"
METHODS = Path(__file__).parent / "docs/methods"


def settings_table() -> str:
    """Every setting with its default."""
    defaults = Settings()
    rows = (
        (f"`{name}`", "the documented accounts" if name == "seed" else f"`{_toml(getattr(defaults, name))}`", does)
        for name, does in setting_docs().items()
    )
    return table(("setting", "default", "what it does"), rows)


def routes_table() -> str:
    """Every route of the control plane."""
    create_app()  # which fills the table
    rows = ((f"`{item.method}`", f"`{item.path}`", item.does) for item in ROUTES)
    return table(("", "path", "what it does"), rows)


def magic_table() -> str:
    """Every kind of magic hash, with an example where a part of it can be chosen."""
    rows = {item.pattern: (item.hash, item.magic.does) for item in reversed(listed())}
    cells = (
        (f"`{pattern}`" if pattern == example else f"`{pattern}`, as in `{example}`", does)
        for pattern, (example, does) in reversed(rows.items())
    )
    return table(("collectionHash", "what happens"), cells)


def uploads_table() -> str:
    """Every kind of magic name of an upload, with an example where a part of it can be chosen."""
    rows = {item.pattern: (item.hash, does) for item in reversed(listed()) if (does := upload_outcome(item.hash))}
    cells = (
        (f"`{pattern}.pdf`" if pattern == example else f"`{pattern}.pdf`, as in `{example}.pdf`", does)
        for pattern, (example, does) in reversed(rows.items())
    )
    return table(("file name", "what happens"), cells)


def presets_table() -> str:
    """Every fault with a name."""
    return table(("preset", "what it does"), ((f"`{name}`", preset.does) for name, preset in PRESETS.items()))


def mistakes_table() -> str:
    """Every mistake that the signature doctor knows."""
    return table(("mistake", "what went wrong"), ((f"`{item.name}`", item.what) for item in MISTAKES))


def jobs_diagram() -> str:
    """The states of a job, and what moves it from one to another."""
    moves = [(state, move, target) for state, row in TRANSITIONS.items() for move, target in row.items()]
    arrows = [f"    {state} --> {target}: {_MOVES[move]}" for state, move, target in moves]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> NEW", *arrows, "```"])


_MOVES = {
    Move.CALL: "a call",
    Move.FINISH: "its schedule, or forced",
    Move.FAIL: "its schedule, or forced",
    Move.RETRY: "forced",
}

PARTS: dict[str, Callable[[], str]] = {
    "settings": settings_table,
    "routes": routes_table,
    "magic": magic_table,
    "uploads": uploads_table,
    "presets": presets_table,
    "mistakes": mistakes_table,
    "jobs": jobs_diagram,
}


OF_ROOT: dict[str, Callable[[], str]] = {"methods": lambda: index_table("mock_server/docs/methods/")}


def fresh(text: str, parts: Mapping[str, Callable[[], str]] = PARTS) -> str:
    """`text` with each part between its markers generated again. Raises `ValueError` without markers."""
    for name, part in parts.items():
        marked = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        if not marked.search(text):
            raise ValueError(f"the page has no <!-- generated: {name} --> with its <!-- end: {name} -->")
        body = part()
        text = marked.sub(lambda match, body=body: f"{match[1]}\n{body}\n\n{match[2]}", text)  # type: ignore[misc]
    return text


def files() -> dict[Path, str]:
    """The text that each generated file, or file with a generated part, must have."""
    readmes = {README: PARTS, ROOT: OF_ROOT}
    tables = {path: fresh(path.read_text("utf-8"), parts) for path, parts in readmes.items()}
    return tables | {METHODS / name: text for name, text in pages().items()}


def _write() -> None:
    wanted = files()
    METHODS.mkdir(parents=True, exist_ok=True)
    for left in set(METHODS.glob("*.md")) - wanted.keys():
        left.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    _write()
