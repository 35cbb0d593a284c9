"""Tables of what the fake knows: settings, routes, magic names, presets, mistakes, the states of a job."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.doctor.mistakes import MISTAKES
from flipsnack_mock.faults.base import Kind
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultKind
from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.lint.rules import RULES
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.jobs import TRANSITIONS, Move
from flipsnack_mock.state.magic import listed, upload_outcome
from flipsnack_mock.state.settings import Settings, setting_docs
from generate.markdown import plain, table


def settings_table() -> str:
    """Every setting with its default."""
    defaults = Settings()
    rows = (
        (
            f"`{name}`",
            "the documented accounts" if name == "seed" else _code(_toml(getattr(defaults, name))),
            plain(does),
        )
        for name, does in setting_docs().items()
    )
    return table(("setting", "default", "what it does"), rows)


def routes_table() -> str:
    """Every route of the control plane."""
    create_app()  # which fills the table
    rows = ((f"`{item.method}`", f"`{item.path}`", plain(item.does) + _body(item.body)) for item in ROUTES)
    return table(("", "path", "what it does"), rows)


def _body(shape: Any) -> str:
    """A line with the names of the fields of a body; what may be left out has a question mark."""
    if shape is Behaviour:
        return "<br>any of them, by name"
    if not isinstance(shape, type) or not issubclass(shape, msgspec.Struct):
        return ""
    names = [f"`{one.encode_name}`" + "?" * (not one.required) for one in msgspec.structs.fields(shape)]
    return f"<br>{', '.join(names)}" if names else ""


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


def kinds_table() -> str:
    """Every kind of fault, with its fields."""
    return table(("kind", "what it takes", "what it does"), (_kind_row(kind) for kind in get_args(FaultKind)))


def _kind_row(kind: type[Kind]) -> tuple[str, str, str]:
    fields = ", ".join(f"`{name}`" for name in kind.__struct_fields__)
    does = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    return f"`{kind.__struct_config__.tag}`", fields, does if does[1].isupper() else does[0].lower() + does[1:]


def lint_table() -> str:
    """Every rule of the lint, with its level in the ledger."""
    rows = ((f"`{name}`", rules()[name]["level"], rule.finds) for name, rule in RULES.items())
    return table(("rule", "level", "found"), rows)


def presets_table() -> str:
    """Every fault with a name."""
    return table(("preset", "what it does"), ((f"`{name}`", preset.does) for name, preset in PRESETS.items()))


def mistakes_table() -> str:
    """Every mistake that the signature doctor knows."""
    return table(("mistake", "what went wrong"), ((f"`{item.name}`", item.what) for item in MISTAKES))


def jobs_table() -> str:
    """The states of a job, and what moves it from one to another."""
    moves = ((state, move, target) for state, row in TRANSITIONS.items() for move, target in row.items())
    rows = ((f"`{state}`", _MOVES[move], f"`{target}`") for state, move, target in moves)
    return table(("from", "by", "to"), rows)


_MOVES = {
    Move.CALL: "a call",
    Move.FINISH: "its schedule, or by force",
    Move.FAIL: "its schedule, or by force",
    Move.RETRY: "force",
}


def _code(text: str) -> str:
    """`text` as code; a long list may break after its commas, or its column takes the place of the others."""
    return f"<code>{text.replace(',', ',<wbr>')}</code>" if "," in text else f"`{text}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
