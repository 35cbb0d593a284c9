"""What changes nothing of how scenarios must end, varied over them: format, credentials, names, older files."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec

from flipsnack_contract.adapter.answer_forms import ANSWER_FORMS
from flipsnack_contract.adapter.messages import Format
from flipsnack_contract.scenarios.collection_catalogue import HOSTILE, HOSTILE_TEXT, JANUARY, LINE_ENDS
from flipsnack_contract.scenarios.event import CREATE, STATISTICS, UPDATE
from flipsnack_contract.scenarios.scenario import Scenario

Family = Mapping[str, Scenario]

TEXTS = {"title": HOSTILE_TEXT, "description": LINE_ENDS}
PARAMS: Mapping[str, Mapping[str, str]] = {CREATE: TEXTS, UPDATE: TEXTS, STATISTICS: JANUARY}
"""What a caller may give to a method besides."""

USUAL = Scenario()
FILE_NAMES = ('a "b" 100% c; d=e.png', "Ünï ﬁ 日本 😀.png", ".hidden", "no extension", "x" * 180)
VARIATIONS: Mapping[str, tuple[Any, ...]] = {
    "params": (False, True),
    "key": (USUAL.key, USUAL.key, USUAL.key, HOSTILE["key"]),
    "secret": (USUAL.secret, USUAL.secret, USUAL.secret, HOSTILE["secret"]),
    "format": ("json", "jsonp", "json", "xml"),
    "old_bytes": (None, None, 21, 90_000),
    "file_name": (*FILE_NAMES, *[USUAL.file_name] * 3 * len(FILE_NAMES)),
    "form": (*ANSWER_FORMS, *[USUAL.form] * 2 * len(ANSWER_FORMS)),
}
"""The values of fields that may differ without another end."""


def in_format(scenario: Scenario, form: Format) -> Scenario:
    """The scenario in that format, unless it was made for another one."""
    made_for_one = any(fault.answers for fault in scenario.faults)
    return scenario if made_for_one else msgspec.structs.replace(scenario, format=form)


def varied(family: Family) -> Family:
    """The family, with fields that are as usual changed: to the values that the name of a scenario chooses."""
    return {name: msgspec.structs.replace(one, **_changes(name, one)) for name, one in family.items()}


def _changes(name: str, scenario: Scenario) -> dict[str, Any]:
    chosen = {field: values[crc32(f"{field} {name}".encode()) % len(values)] for field, values in VARIATIONS.items()}
    chosen["params"] = PARAMS.get(scenario.main_action, {}) if chosen["params"] else {}
    return {field: value for field, value in chosen.items() if _may_vary(scenario, field)}


def _may_vary(scenario: Scenario, field: str) -> bool:
    """Whether a field is as usual, and may have any other value without another end."""
    if getattr(scenario, field) != getattr(USUAL, field):
        return False
    match field:
        case "format":
            return in_format(scenario, "xml") != scenario
        case "old_bytes":
            return scenario.op == "download"
        case "file_name":
            return scenario.op in ("download", "create")
    return True
