"""Fields of scenarios that may differ without another end, chosen so that their values meet each other in pairs.

A covering design, made greedily: each field takes the value that met the traits of its scenario least often.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from flipsnack_contract.adapter.answer_forms import ANSWER_FORMS
from flipsnack_contract.adapter.messages import FORMATS, Format
from flipsnack_contract.scenarios.collection_catalogue import HOSTILE_TEXT, JANUARY, LINE_ENDS, ODD_CREDENTIALS
from flipsnack_contract.scenarios.event import CREATE, DELETE, STATISTICS, UPDATE
from flipsnack_contract.scenarios.fault_catalogue import PACKAGE, PASSING, at
from flipsnack_contract.scenarios.scenario import Fault, Scenario

USUAL = Scenario()
TEXTS = {"title": HOSTILE_TEXT, "description": LINE_ENDS}
PARAMS: Mapping[str, Mapping[str, str]] = {CREATE: TEXTS, UPDATE: TEXTS, STATISTICS: JANUARY}
"""What a caller may give to a method besides."""

FILE_NAMES = ('a "b" 100% c; d=e.png', "Ünï ﬁ 日本 😀.png", ".hidden", "no extension", "x.zip", "x" * 180)
REFUSED_ONCE = tuple(PASSING[name] for name in ("31 once", "32 once", "22 twice"))
LOST_ONCE = tuple(PASSING[name] for name in ("HTTP 503 once", "HTTP 429 once", "a reset once", "an empty reply once"))
"""Trouble that passes before anything else happens: the call was not carried out, or its answer is lost."""

CHANGING = (CREATE, UPDATE, DELETE)
ENDLESS = ("lasting", "link", "redirect")
"""What faults affect that end by the deadline, or by as many attempts as the client chooses."""

Trait = tuple[str, object]


class Meetings:
    """How often each two traits met in a scenario."""

    def __init__(self) -> None:
        self._met: Counter[tuple[Trait, Trait]] = Counter()

    def choose(self, traits: list[Trait], field: str, values: tuple[Any, ...]) -> Any:
        """The value that met these traits least often, which then has met them.

        One that is there twice is to meet them twice as often.
        """

        def new(value: Any) -> float:
            share = values.count(value)
            return sum(share / (share + self._met[trait, (field, str(value))]) for trait in traits)

        chosen = max(values, key=new)
        self._met.update((trait, (field, str(chosen))) for trait in traits)
        return chosen


def varied(family: Mapping[str, Scenario], meetings: Meetings) -> Mapping[str, Scenario]:
    """The family, with fields that are as usual changed."""
    return {name: _varied(one, meetings) for name, one in family.items()}


def _varied(scenario: Scenario, meetings: Meetings) -> Scenario:
    traits = list(_traits(scenario))
    changes = {}
    for field, values in VARIATIONS.items():
        if possible := values(scenario):
            changes[field] = meetings.choose(traits, field, possible)
            traits.append((field, str(changes[field])))
    earlier: Fault | None = changes.pop("earlier", None)
    made = msgspec.structs.replace(scenario, **changes)
    return made if earlier is None else _after(earlier, made)


def _after(earlier: Fault, scenario: Scenario) -> Scenario:
    """The scenario, with that trouble before its own."""
    action = str(scenario.faults[0].when["action"])
    return msgspec.structs.replace(scenario, faults=(at(action, earlier), *scenario.faults))


def _traits(scenario: Scenario) -> Iterator[Trait]:
    yield "operation", (scenario.op, scenario.main_action)
    yield "whose", (scenario.who, scenario.whose)
    yield "schedule", scenario.schedule
    yield "deadline", scenario.deadline_s
    yield "cancel", scenario.cancel_after_s
    yield from (("event", event.what) for event in scenario.timeline)
    yield from (("setting", name) for name in scenario.settings)
    yield from (("fault", fault.name.partition(" from the")[0]) for fault in scenario.faults)


def _is_calm(scenario: Scenario) -> bool:
    """Whether it has time enough, and nothing happens at an instant."""
    is_ample = scenario.deadline_s is None or scenario.deadline_s >= (USUAL.deadline_s or 0)
    at_an_instant = scenario.timeline or scenario.settings or scenario.cancel_after_s is not None
    return is_ample and not at_an_instant and "never" not in scenario.schedule


def _params(scenario: Scenario) -> tuple[Any, ...]:
    known = PARAMS.get(scenario.main_action)
    return () if scenario.params or known is None else ({}, known)


def _credential(name: str) -> Callable[[Scenario], tuple[Any, ...]]:
    usual = getattr(USUAL, name)
    return lambda scenario: (usual, usual, ODD_CREDENTIALS[name]) if getattr(scenario, name) == usual else ()


def _formats(scenario: Scenario) -> tuple[Any, ...]:
    # What is in a list that changes is known in JSON alone.
    is_fixed = scenario.format != USUAL.format or in_format(scenario, "xml") == scenario
    return () if is_fixed or (scenario.op == "list" and scenario.eventful) else FORMATS


def _old_bytes(scenario: Scenario) -> tuple[Any, ...]:
    return (None, 21, 90_000) if scenario.op == "download" and scenario.old_bytes is None else ()


def _file_names(scenario: Scenario) -> tuple[Any, ...]:
    return (*[""] * 3, *FILE_NAMES) if scenario.op in ("download", "create") and not scenario.file_name else ()


def _forms(scenario: Scenario) -> tuple[Any, ...]:
    return (*[None] * 2 * len(ANSWER_FORMS), *ANSWER_FORMS) if scenario.form is None else ()


def _deadlines(scenario: Scenario) -> tuple[Any, ...]:
    lasts = any(fault.affects in ENDLESS for fault in scenario.faults)
    return () if lasts or scenario.deadline_s is None or not _is_calm(scenario) else (scenario.deadline_s, None)


def _interrupted(scenario: Scenario) -> tuple[Any, ...]:
    """Whether another run was cut off before; seldom, as that takes a run more."""
    is_disturbed = any(fault.when == PACKAGE for fault in scenario.faults) or scenario.whose != "own"
    is_ready = scenario.op == "download" and scenario.schedule == "immediate" and _is_calm(scenario)
    return (*[False] * 29, True) if is_ready and not is_disturbed and not scenario.interrupted else ()


def _earlier(scenario: Scenario) -> tuple[Any, ...]:
    """Trouble that passes before that of the scenario, where it is at each call of a method from the first on."""
    whens = [fault.when for fault in scenario.faults]
    is_plain = bool(whens) and all(set(when) == {"action"} and when != PACKAGE for when in whens)
    if not is_plain or not _is_calm(scenario) or any(fault.after_s for fault in scenario.faults):
        return ()
    return (*[None] * 8, *REFUSED_ONCE, *(() if whens[0]["action"] in CHANGING else LOST_ONCE))


VARIATIONS: Mapping[str, Callable[[Scenario], tuple[Any, ...]]] = {
    "params": _params,
    "key": _credential("key"),
    "secret": _credential("secret"),
    "format": _formats,
    "old_bytes": _old_bytes,
    "file_name": _file_names,
    "form": _forms,
    "deadline_s": _deadlines,
    "interrupted": _interrupted,
    "earlier": _earlier,
}
"""The values that each field may have in a scenario; none where it has to be as it is."""


def in_format(scenario: Scenario, form: Format) -> Scenario:
    """The scenario in that format, unless it was made for another one."""
    made_for_one = any(fault.answers for fault in scenario.faults)
    return scenario if made_for_one else msgspec.structs.replace(scenario, format=form)
