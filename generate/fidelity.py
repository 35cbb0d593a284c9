"""The page about how well the vendor's API is known: everything that is observed, assumed or invented."""

from __future__ import annotations

from collections.abc import Iterator

from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.protocol.methods import METHODS, OBJECTS, UNBUILT, Certainty, Method
from generate.markdown import table
from generate.sources import source_rows, sources

PAGE = "fidelity.md"


def invented_rules() -> str:
    """Rules and names that this project made up."""
    return _rules("invented")


def assumed_rules() -> str:
    """Rules where no source says anything."""
    return _rules("assumed")


def observed_rules() -> str:
    """Rules that were seen, and that no page of the vendor states."""
    return _rules("observed")


def unknown_names() -> str:
    """Parameters, fields and codes that no page of the vendor documents, least known first."""
    classes: tuple[Certainty, ...] = ("invented", "assumed", "observed")
    rows = (row for certainty in classes for method in METHODS.values() for row in _names(method, certainty))
    merged: dict[tuple[str, ...], list[str]] = {}
    for name, *cells in rows:
        merged.setdefault(tuple(cells), []).append(f"[`{name}`](methods/{name}.md)")
    head = ("name", "kind", "known", "methods", "source")
    return table(head, ((*cells[:3], ", ".join(methods), cells[3]) for cells, methods in merged.items()))


def not_imitated() -> str:
    """The methods that the fake answers with HTTP 501."""
    return table(
        ("method", "why the fake does not imitate it"), ((f"`{name}`", one.why) for name, one in UNBUILT.items())
    )


def sources_table() -> str:
    """Where each fact comes from."""
    return table(("key", "source"), source_rows())


def counted() -> str:
    """How many rules there are of each class."""
    classes = [rule["class"] for rule in rules().values()]
    words = (f"{classes.count(name)} {name}" for name in ("documented", "observed", "assumed", "invented"))
    return f"The ledger has {len(classes)} rules: {', '.join(words)}."


PARTS = {
    "counted": counted,
    "invented rules": invented_rules,
    "unknown names": unknown_names,
    "assumed rules": assumed_rules,
    "observed rules": observed_rules,
    "not imitated": not_imitated,
    "sources": sources_table,
}


def _rules(certainty: Certainty) -> str:
    rows = (
        (f"`{rule['id']}`", rule["statement"], _setting(rule.get("setting")), sources(rule["source"], PAGE))
        for rule in rules().values()
        if rule["class"] == certainty
    )
    return table(("rule", "statement", "setting", "source"), rows)


def _setting(name: str | None) -> str:
    return f"[`{name}`](reference/settings.md)" if name else ""


def _names(method: Method, certainty: Certainty) -> Iterator[tuple[str, ...]]:
    """(method, name, kind, class, source) of what has this class."""
    items = [field for one in method.fields if one.items is not None for field in OBJECTS[one.items].fields]
    kinds = (("parameter", method.parameters), ("field", (*method.fields, *items)))
    for kind, named in kinds:
        for one in named:
            if one.certainty == certainty:
                yield method.name, f"`{one.name}`", kind, certainty, sources(one.source, PAGE)
    for code in method.codes:
        if code.certainty == certainty:
            yield method.name, str(code.code), "code", certainty, sources(code.source, PAGE)
