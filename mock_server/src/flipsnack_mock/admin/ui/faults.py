"""Faults as the page shows them: their names and values in words, and the form that adds one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from flipsnack_mock.admin.ui.fields import FormField, fields_of
from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultKind, FaultRule, When

_MOST_LETTERS = 60
_CONDITIONS = {
    "nth": "only request number",
    "every": "every n-th request",
    "share": "share of requests",
    "seed": "seed of the share",
    "seconds": "for so many seconds",
}
"""The conditions that the form asks for, with their labels."""


class FaultRow(msgspec.Struct, frozen=True):
    """A fault rule: its name (that of the preset, or the kind), values and conditions, and whether it can still hit."""

    rule: FaultRule
    name: str
    values: str
    when: str
    active: bool


class FaultForm(msgspec.Struct, frozen=True):
    """The form that adds a fault like a preset: its `kind`, the fields of its values, and of its conditions.

    `action` and `hash` are the preset's own, `count` is the number of hits (empty: unlimited).
    """

    preset: str
    does: str
    kind: str
    values: Sequence[FormField]
    conditions: Sequence[FormField]
    action: str
    count: str


def fault_rows(rules: Iterable[FaultRule], now: int) -> list[FaultRow]:
    """The rows of `rules`."""
    return [
        FaultRow(rule, fault_name(rule), _values(rule.fault), _conditions(rule), rule.is_active(now)) for rule in rules
    ]


def fault_labels(rules: Iterable[FaultRule]) -> dict[str, str]:
    """The shown name of each rule by its id."""
    return {rule.id: fault_name(rule) for rule in rules}


def fault_label(mark: str, labels: Mapping[str, str]) -> str:
    """The name of the fault with which the journal marked a request, and its id."""
    rule_id, _, kind = mark.partition(":")
    name = labels.get(rule_id, kind)
    return f"{name} {rule_id}" if mark else ""


def fault_form(preset_name: str) -> FaultForm:
    """The form for a preset; for an unknown name that of the first one."""
    name = preset_name if preset_name in PRESETS else next(iter(PRESETS))
    preset = PRESETS[name]
    return FaultForm(
        preset=name,
        does=preset.does,
        kind=preset.fault.name,
        values=fields_of(preset.fault, "fault."),
        conditions=[
            msgspec.structs.replace(field, label=_CONDITIONS[field.label])
            for field in fields_of(preset.when, "when.", tuple(_CONDITIONS))
        ],
        action=preset.when.action or "",
        count="" if preset.count is None else str(preset.count),
    )


def with_exact_values(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of that form, in which unchanged values are exactly the preset's: browsers change line breaks."""
    if "fault.kind" not in form:
        return dict(form)
    preset = fault_form(form.get("preset", ""))
    exact = {
        field.name: field.value for field in preset.values if form.get(field.name, "").split() == field.value.split()
    }
    return {name: value for name, value in (dict(form) | exact).items() if name != "preset"}


def fault_name(rule: FaultRule) -> str:
    """The name of the preset with the same values, and if possible the same count; otherwise that of the kind."""
    alike = {name: preset for name, preset in PRESETS.items() if preset.fault == rule.fault}
    return min(alike, key=lambda name: alike[name].count != rule.count, default=rule.fault.name)


def _values(fault: FaultKind) -> str:
    given: dict[str, Any] = msgspec.to_builtins(fault)
    shown = [
        f"{name} {_value(value)}" for name, value in given.items() if name != "kind" and value not in (None, "", {})
    ]
    return ", ".join(shown)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {item}" for name, item in value.items())
    words = " ".join((f"{value:g}" if isinstance(value, float) else str(value)).split())
    return words if len(words) <= _MOST_LETTERS else words[:_MOST_LETTERS] + "…"


def _conditions(rule: FaultRule) -> str:
    given = msgspec.to_builtins(rule.when)
    defaults = msgspec.to_builtins(When())
    words = [f"{name} {_value(value)}" for name, value in given.items() if value != defaults.get(name)]
    if rule.ttl is not None:
        words.append(f"expires after {rule.ttl:g} s")
    return ", ".join(words) or "every request"
