"""A scenario in words, for the reader of a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import name_of

__all__ = ["named"]

USUAL = Scenario()
WORDS: Mapping[str, Callable[[Any], str]] = {
    "deadline_s": lambda seconds: "none" if seconds is None else f"{seconds:.10g} s",
    "cancel_after_s": lambda seconds: f"{seconds:.10g} s",
    "settings": lambda settings: ", ".join(f"{name} {value:g}" for name, value in settings.items()),
    "faults": lambda faults: ", ".join(fault.name for fault in faults),
    "timeline": lambda timeline: ", ".join(f"{event} after {event.after_s:.10g} s" for event in timeline),
    "old_file": lambda _there: "another file is at the destination",
}
"""How the values of a field are written; those of the other fields are written as they are."""


def named(scenario: Scenario) -> Mapping[str, str]:
    """The scenario's name in the catalogue (or `drawn`), and each field that is not as usual, in words."""
    fields = {name: getattr(scenario, name) for name in Scenario.__struct_fields__}
    fields = {name: value for name, value in fields.items() if value != getattr(USUAL, name)}
    return {"scenario": name_of(scenario), **{name: WORDS.get(name, str)(value) for name, value in fields.items()}}
