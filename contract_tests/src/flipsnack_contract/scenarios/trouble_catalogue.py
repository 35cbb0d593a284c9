"""Scenarios about trouble at every step of every operation, written as products of small tables.

A step is a call that an operation is made of. Trouble comes at its first call, at a later one, or from a moment on; it
passes, lasts, refuses the call, or gives an answer that makes no sense.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice, permutations, product
from typing import Any

import msgspec

from flipsnack_contract.adapter.messages import FORMATS, Format
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.collection_catalogue import CALL_FAULTS, LOST, NOT_DONE
from flipsnack_contract.scenarios.delivery_catalogue import REDIRECTS
from flipsnack_contract.scenarios.event import CREATE, LIST, SHOW, STATISTICS, UPDATE
from flipsnack_contract.scenarios.fault_catalogue import (
    DEAD_LINKS,
    ENVELOPES,
    HTML,
    LASTING,
    LOGIN,
    answer_of,
    at,
    refusal,
    spoilt_answer,
)
from flipsnack_contract.scenarios.scenario import ELSEWHERE, Affects, Fault, Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_run import FINAL

Step = tuple[str, dict[str, Any]]
"""The method that is called, and the fields of a scenario that calls it."""

MANY: Mapping[str, Step] = {
    "a job": (package_method().name, {"schedule": "after-20s"}),
    "a conversion": (SHOW, {"op": "create", "schedule": "after-20s"}),
    "a list": (LIST, {"op": "list", "collections": 12, "page_size": 2}),
}
"""Steps of several calls."""

SINGLE: Mapping[str, Step] = {
    "one poll": (package_method().name, {"op": "poll", "schedule": "never"}),
    "showing what is published": (SHOW, {"op": "publish"}),
    "statistics": (STATISTICS, {"op": "statistics"}),
    **{
        f"call {name.partition('.')[2]}": (name, {"op": "call", "action": name})
        for name in (LIST, SHOW, STATISTICS, "collection.getEmbed", "user.getStats")
    },
}
"""Steps of one call that changes nothing."""

CHANGES: Mapping[str, Step] = {
    "an upload": (CREATE, {"op": "create", "schedule": "after-5s"}),
    "publishing": (UPDATE, {"op": "publish"}),
    "call update": (UPDATE, {"op": "call", "action": UPDATE, "params": {"title": "x"}}),
}
"""Steps that change something."""

STEPS: Mapping[str, Step] = {**MANY, **SINGLE, **CHANGES}
SECOND, THIRD, MIDDLE_S = 2, 3, {"a list": 1.0}

CALL_REDIRECTS = ("a call redirected to itself once", "calls redirected to themselves", "calls redirected elsewhere")
STATUSES = (204, 400, 404, 410, 418, 500, 501, 505)


def scenario_at(step: Step, *faults: Fault, **fields: Any) -> Scenario:
    """The scenario of a step with this trouble."""
    return Scenario(**{**step[1], **fields, "faults": faults})


def http_status(status: int) -> Fault:
    """The fault that answers with this status, and with a page where there may be one."""
    page = answer_of(LOGIN, HTML) if status != 204 else {"kind": "status"}
    affects: Affects = "lasting" if status >= 500 else "answer"
    return Fault(name=f"HTTP {status} for ever", affects=affects, fault=page | {"status": status})


def _named(rows: Iterable[tuple[str, Scenario]]) -> Mapping[str, Scenario]:
    return {f"{name} [{row.format}]" if row.format != "json" else name: row for name, row in rows}


def _passing() -> Iterator[tuple[str, Scenario]]:
    """Each fault that passes at a later call of two steps of several calls, and at two of the other steps."""
    many, single, forms = cycle(MANY.items()), cycle(SINGLE.items()), cycle(FORMATS)
    for fault, nth in product(CALL_FAULTS, (SECOND, THIRD)):
        name, step = next(many)
        yield (
            f"{fault.name}, at call {nth} of {name}",
            scenario_at(step, at(step[0], fault, nth=nth), format=next(forms)),
        )
    for fault in (*CALL_FAULTS, *CALL_FAULTS):
        name, step = next(single)
        yield f"{fault.name}, at {name}", scenario_at(step, at(step[0], fault), format=next(forms))
    for (first, second), (name, step) in zip(
        permutations(NOT_DONE[:3:2] + NOT_DONE[3:], 2), cycle([*MANY.items(), *CHANGES.items()]), strict=False
    ):
        yield f"{first.name}, then {second.name}, at {name}", scenario_at(step, at(step[0], first), at(step[0], second))
    for fault in NOT_DONE:
        for name, step in list(CHANGES.items())[1:]:
            yield f"{fault.name}, at {name}", scenario_at(step, at(step[0], fault))


def _refused() -> Iterator[tuple[str, Scenario]]:
    """Each code at a later call of one step, once; and at two other steps for ever; code 43 at all of them."""
    forms: Iterator[Format] = cycle(FORMATS)
    later, anywhere = cycle(MANY.items()), cycle([*SINGLE.items(), *list(CHANGES.items())[1:]])
    for name, step in [*SINGLE.items(), *list(CHANGES.items())[1:]]:
        yield f"43 at {name}", scenario_at(step, refusal(step[0], 43, FINAL[43]), old_bytes=21)
    for code, means in FINAL.items():
        name, step = next(later)
        once = msgspec.structs.replace(at(step[0], refusal(step[0], code, means), nth=SECOND), count=1)
        if code != 38:
            yield f"{code} at the second call of {name}", scenario_at(step, once, deadline_s=None)
        for name, step in islice(anywhere, 0 if code == 43 else 2):
            yield (
                f"{code} at {name}",
                scenario_at(step, refusal(step[0], code, means), deadline_s=None, format=next(forms)),
            )


def _lasting() -> Iterator[tuple[str, Scenario]]:
    """Each fault that lasts, from the middle of each step of several calls on, and at other steps with little time."""
    deadlines = cycle((None, 30.0, None, 12.0))
    for name, step in MANY.items():
        for fault in (LASTING[one] for one in ("22 for ever", "31 for ever", "32 for ever", "HTTP 503 for ever")):
            late = msgspec.structs.replace(at(step[0], fault), after_s=MIDDLE_S.get(name, 8.0))
            yield (
                f"{fault.name}, from the middle of {name} on",
                scenario_at(step, late, deadline_s=next(deadlines), collections=40 if name == "a list" else 0),
            )
    faults = cycle(LASTING[one] for one in ("22 for ever", "HTTP 503 for ever", "32 for ever", "31 for ever"))
    for (name, step), deadline_s in zip(
        [*SINGLE.items(), *CHANGES.items()], cycle((20.0, 0.5, None, 5.0)), strict=False
    ):
        fault = next(faults)
        if name != "an upload" or fault.fault["kind"] == "code":
            yield f"{fault.name}, at {name}", scenario_at(step, at(step[0], fault), deadline_s=deadline_s)


def _spoilt() -> Iterator[tuple[str, Scenario]]:
    """Each answer that makes no sense, at steps by turns: first, later, and in every format."""
    forms: Iterator[Format] = cycle(FORMATS)
    steps = cycle([*STEPS.items()])
    for name in ENVELOPES[::2]:
        step = STEPS["call getCollection"]
        yield f"{name}, at call getCollection", scenario_at(step, at(step[0], spoilt_answer(name, "json")))
    others = (item for item in steps if item[0] != "call getCollection")
    for name in (*ENVELOPES, *ENVELOPES):
        place, step = next(others)
        # In XML, data without elements may be empty.
        form: Format = "json" if name == "data that is not an object" else next(forms)
        yield f"{name}, at {place}", scenario_at(step, at(step[0], spoilt_answer(name, form)), format=form)
    later = cycle(MANY.items())
    for name in (*ENVELOPES[4:], "no data", "no data", "an unknown status"):
        place, step = next(later)
        fault = at(step[0], spoilt_answer(name, "json"), nth=SECOND)
        yield f"{name}, at the second call of {place}", scenario_at(step, fault)
    for status, (place, step) in zip(STATUSES, cycle([*MANY.items(), *SINGLE.items()]), strict=False):
        yield f"HTTP {status} at {place}", scenario_at(step, at(step[0], http_status(status)), deadline_s=None)


def _one_deadline() -> Iterator[tuple[str, Scenario]]:
    """Each operation of two halves that spends most of its time in the first one, and more than that in the second."""
    busy, slow = LASTING["HTTP 503 for ever"], LASTING["32 for ever"]
    unserved, late = LASTING["packages never served"], {"deadline_s": 40.0}
    upload, job, change = STEPS["an upload"], MANY["a job"], STEPS["publishing"]
    twice = msgspec.structs.replace(slow, name="32 twice", affects="passing", count=2)
    yield "a slow upload, then never converted", scenario_at(upload, at(CREATE, twice), schedule="never", **late)
    yield "a slow upload, then no answer", scenario_at(upload, at(CREATE, twice), at(SHOW, busy), **late)
    yield (
        "a slow job, then no package",
        scenario_at(job, unserved, schedule="after-30s", **late),
    )
    yield "a slow job, then dead links", scenario_at(job, DEAD_LINKS["dead links"], schedule="after-30s", **late)
    yield (
        "slow publishing, then no answer",
        scenario_at(change, at(UPDATE, twice), at(SHOW, busy), **late),
    )
    page = msgspec.structs.replace(at(LIST, twice), when={"action": LIST, "every": 2})
    yield "a list with slow pages", scenario_at(MANY["a list"], page, at(LIST, busy, nth=5), **late)


def _redirected() -> Iterator[tuple[str, Scenario]]:
    """A redirect at each step, at a later call or at all; of an upload by each status that drops the verb."""
    ways = cycle(REDIRECTS[one] for one in CALL_REDIRECTS)
    for name, step in MANY.items():
        fault = REDIRECTS["calls redirected elsewhere with their method"]
        yield f"{fault.name}, at the second call of {name}", scenario_at(step, at(step[0], fault, nth=SECOND))
    for name, step in [*SINGLE.items(), *list(CHANGES.items())[1:]]:
        fault = next(ways)
        yield f"{fault.name}, at {name}", scenario_at(step, at(step[0], fault), deadline_s=120.0)
    for status in (301, 302, 303):
        moved = {"kind": "redirect", "status": status, "location": ELSEWHERE}
        fault = Fault(name=f"redirected by {status}", affects="redirect", fault=moved, when={"action": CREATE})
        yield f"an upload {fault.name}", scenario_at(STEPS["an upload"], fault)


def _interrupted() -> Iterator[tuple[str, Scenario]]:
    """A cancel, and a suspended machine, at steps with trouble."""
    for name, fault in (
        ("one poll", "22 for ever"),
        ("call getStats", "HTTP 503 for ever"),
        ("an upload", "22 for ever"),
    ):
        step = STEPS[name]
        yield f"cancelled at {name}", scenario_at(step, at(step[0], LASTING[fault]), cancel_after_s=9)
    long = TimelineEvent(after_s=2.5, what="suspend", for_s=7_200)
    for name in ("a list", "publishing", "call getStats"):
        step = STEPS[name]
        trouble = at(step[0], LASTING["22 for ever"])
        yield f"suspended at {name}", scenario_at(step, trouble, deadline_s=600.0, timeline=(long,))


TWICE = tuple(
    msgspec.structs.replace(fault, count=3) for fault in CALL_FAULTS if fault.fault["kind"] in ("status", "reset")
)
TROUBLE_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "trouble that passes": {
        **_named(_passing()),
        **{f"{fault.name}, three times": Scenario(faults=(fault,)) for fault in TWICE},
        **{
            f"an upload, {lost.name}, after {refused.name}": scenario_at(
                STEPS["an upload"], at(CREATE, refused), msgspec.structs.replace(lost, count=1)
            )
            for refused, lost in zip(NOT_DONE, LOST, strict=False)
        },
    },
    "refusals": _named(_refused()),
    "trouble that lasts": {
        **_named(_lasting()),
        **_named(_interrupted()),
        **_named(_one_deadline()),
    },
    "nonsense": _named(_spoilt()),
    "ways": _named(_redirected()),
}
"""The scenarios by what they are about."""
