"""Scenarios about trouble at every step of every operation, written as products of small tables.

A step is a call that an operation is made of. Trouble comes at its first call, at a later one, or from a moment on; it
passes, lasts, refuses the call, or gives an answer that makes no sense.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, cycle, islice, permutations, product
from typing import Any

import msgspec

from flipsnack_contract.adapter.messages import FORMATS
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios.collection_catalogue import CALL_FAULTS, LOST, NOT_DONE
from flipsnack_contract.scenarios.delivery_catalogue import REDIRECTS
from flipsnack_contract.scenarios.event import CREATE, DELETE, LIST, SHOW, STATISTICS, UPDATE
from flipsnack_contract.scenarios.fault_catalogue import (
    DEAD_LINKS,
    ENVELOPES,
    HTML,
    LASTING,
    LOGIN,
    PASSING,
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
    # Every other collection or so has the word: 12 of these 30.
    "a list": (LIST, {"op": "list", "collections": 30, "page_size": 2, "params": {"query": "catalogue"}}),
}
"""Steps of several calls."""

SECOND_LINK = "a second link"
RENEWED: Mapping[str, Step] = {
    SECOND_LINK: (
        package_method().name,
        {"faults": (PASSING["HTTP 503 for the package once"],), "settings": {"url_lifetime": 0.1}, "old_bytes": 21},
    )
}
"""A step whose second call comes after its first link has expired."""

SINGLE: Mapping[str, Step] = {
    "one poll": (package_method().name, {"op": "poll", "schedule": "never"}),
    "showing what is published": (SHOW, {"op": "publish"}),
    "statistics": (STATISTICS, {"op": "statistics"}),
    **{
        f"call {name.removeprefix('collection.')}": (name, {"op": "call", "action": name})
        for name in (LIST, SHOW, STATISTICS, "collection.getEmbed", "user.getStats")
    },
}
"""Steps of one call that changes nothing."""

CHANGES: Mapping[str, Step] = {
    "an upload": (CREATE, {"op": "create", "schedule": "after-5s"}),
    "publishing": (UPDATE, {"op": "publish"}),
    "call update": (UPDATE, {"op": "call", "action": UPDATE, "params": {"title": "x"}}),
    "call deleteCollection": (DELETE, {"op": "call", "action": DELETE}),
}
"""Steps that change something."""

STEPS: Mapping[str, Step] = {**MANY, **RENEWED, **SINGLE, **CHANGES}
OTHERS = [place for place in STEPS if place not in (*MANY, *RENEWED, "an upload")]
"""Steps of one call that sends no document."""

FAILS = {place: {"schedule": "failed-after-20s"} for place in ("a job", "a conversion")}
"""Steps that may end otherwise."""

EARLY = (2, 3)
"""The numbers of later calls of a step."""

MIDDLE_S = {"a job": 8.0, "a conversion": 8.0, "a list": 1.0, SECOND_LINK: 0.2}
"""The middle of a step of several calls, in seconds from its start."""

FOR_EVER = [LASTING[f"{name} for ever"] for name in ("22", "32", "31", "HTTP 503", "calls reset")]
ENDS: tuple[dict[str, Any], ...] = (
    {"deadline_s": 0.5},
    {"cancel_after_s": 9},
    {"deadline_s": 20.0},
    {"cancel_after_s": 40},
    {"deadline_s": 3.0},
    {"cancel_after_s": 2},
    {"deadline_s": 60.0},
)
"""How something may be ended that lasts."""

CALL_REDIRECTS = (
    "a call redirected to itself once",
    "calls redirected to themselves",
    "calls redirected elsewhere",
    "calls redirected elsewhere by the same scheme",
)
STATUSES = (204, 400, 404, 410, 418, 500, 501, 505)
Row = tuple[str, Scenario]


def _put(place: str, *troubles: Fault, nth: int | None = None, **fields: Any) -> Row:
    """The scenario of a step with this trouble, at the `nth` call of its method, or from the first on; and its name."""
    action, known = STEPS[place]
    faults = tuple(at(action, fault, nth=nth) for fault in troubles)
    scenario = Scenario(**{**known, **fields, "faults": (*known.get("faults", ()), *faults)})
    where = place if nth is None else f"call {nth} of {place}"
    form = f" ({scenario.format})" if "format" in fields else ""
    return f"{', then '.join(fault.name for fault in troubles)}, at {where}{form}", scenario


def _changed(fault: Fault, **fields: Any) -> Fault:
    return msgspec.structs.replace(fault, **fields)


def _http_status(status: int) -> Fault:
    """The fault that answers with this status, and with a page where there may be one."""
    page = answer_of(LOGIN, HTML) if status != 204 else {"kind": "status"}
    affects: Affects = "lasting" if status >= 500 else "answer"
    return Fault(name=f"HTTP {status} for ever", affects=affects, fault=page | {"status": status})


def _passing() -> Iterator[Row]:
    """Each fault that passes at two later calls and another step; three times, two of them, before a lost upload."""
    many, once = cycle(MANY), [fault for fault in NOT_DONE if fault.name != "31 three times"]
    busy = [fault for fault in CALL_FAULTS if fault.fault["kind"] in ("status", "reset")]
    changes = ("publishing", "call update", "call deleteCollection")
    for (fault, nth), place in zip(product(CALL_FAULTS, EARLY), many, strict=False):
        yield _put(place, fault, nth=nth, **(FAILS.get(place, {}) if nth == EARLY[1] else {}))
    yield from map(_put, cycle(SINGLE), CALL_FAULTS)
    yield from (_put(SECOND_LINK, fault, nth=2) for fault in CALL_FAULTS[::8])
    yield from (_put(place, fault) for fault, place in product(NOT_DONE, changes))
    yield from (
        _put(place, *pair) for pair, place in zip(permutations(once, 2), cycle((*MANY, *CHANGES)), strict=False)
    )
    yield from (_put(next(many), _changed(fault, count=3, name=f"{fault.name}, three times")) for fault in busy[::2])
    yield from (_put("an upload", one, _changed(lost, count=1)) for one, lost in zip(NOT_DONE, LOST, strict=False))


def _refused() -> Iterator[Row]:
    """Each code at a later call of one step, once; and at two other steps for ever; code 43 at all of them."""
    later, anywhere = cycle(MIDDLE_S), cycle(OTHERS)
    for code, means in FINAL.items():
        fault = _changed(refusal("", code, means), name=str(code))
        for place in MIDDLE_S if code == 43 else islice(later, code != 38):
            nth = 2 if place in RENEWED else EARLY[code % 2]
            yield _put(place, _changed(fault, count=1), nth=nth, deadline_s=None)
        for place in OTHERS if code == 43 else islice(anywhere, 2):
            yield _put(place, fault, deadline_s=None)


def _lasting() -> Iterator[Row]:
    """Each fault that lasts, from the middle of each step of several calls on, and at other steps from their start."""
    ends = cycle(ENDS)
    for (place, middle_s), fault in product(MIDDLE_S.items(), FOR_EVER):
        late = _changed(fault, after_s=middle_s, name=f"{fault.name} from the middle on")
        yield _put(place, late, deadline_s=None)
        end = {name: middle_s + seconds for name, seconds in next(ends).items()}
        yield _put(place, _changed(late, name=f"{late.name}, until an end"), **end)
    for place, refused, broken in zip(OTHERS, cycle(FOR_EVER[:3]), cycle(FOR_EVER[3:]), strict=False):
        yield _put(place, refused, deadline_s=None)
        yield _put(place, broken, deadline_s=None)
        yield _put(place, _changed(refused, name=f"{refused.name}, until an end"), **next(ends))
    for place, fault in zip(("an upload", *OTHERS), cycle(FOR_EVER), strict=False):
        yield _put(place, _changed(fault, name=f"a cancel, and {fault.name}"), cancel_after_s=9)
    long = TimelineEvent(after_s=2.5, what="suspend", for_s=7_200)
    for place in ("a list", "publishing", "call getStats"):
        yield _put(place, _changed(FOR_EVER[0], name="suspended, and 22"), deadline_s=600.0, timeline=(long,))


def _one_deadline() -> Iterator[Row]:
    """Each operation of two halves that spends most of its time in the first one, and more than that in the second."""
    busy, twice = LASTING["HTTP 503 for ever"], _changed(LASTING["32 for ever"], affects="passing", count=2)

    def late(name: str, place: str, *faults: Fault, **fields: Any) -> Row:
        return name, Scenario(**{**STEPS[place][1], **fields}, deadline_s=40.0, faults=faults)

    slow = {"schedule": "after-30s"}
    yield late("a slow upload, then never converted", "an upload", at(CREATE, twice), schedule="never")
    yield late("a slow upload, then no answer", "an upload", at(CREATE, twice), at(SHOW, busy))
    yield late("a slow job, then no package", "a job", LASTING["packages never served"], **slow)
    yield late("a slow job, then dead links", "a job", DEAD_LINKS["dead links"], **slow)
    yield late("slow publishing, then no answer", "publishing", at(UPDATE, twice), at(SHOW, busy))
    page = _changed(twice, when={"action": LIST, "every": 2})
    yield late("a list with slow pages", "a list", page, at(LIST, busy, nth=5))


def _spoilt() -> Iterator[Row]:
    """Each answer that makes no sense, at steps by turns: first, later, and in every format."""
    called = [place for place in OTHERS if place.startswith("call ")]
    steps = tuple(map(cycle, (called, MANY, [place for place in STEPS if place not in (*called, *MANY)])))
    for number, name in enumerate(ENVELOPES):
        for places, form in zip(steps, islice(cycle(FORMATS), number, None), strict=False):
            # In XML, data without elements may be empty.
            if (name, form) != ("data that is not an object", "xml"):
                yield _put(next(places), spoilt_answer(name, form), format=form)
    for name, place in zip((*ENVELOPES[4:], "no data", "no data", "an unknown status"), cycle(MIDDLE_S), strict=False):
        fault = _changed(spoilt_answer(name, "json"), after_s=MIDDLE_S[place], name=f"{name} from the middle on")
        yield _put(place, fault)
    for status, place in zip(STATUSES, (*MANY, *SINGLE), strict=False):
        yield _put(place, _http_status(status), deadline_s=None)
    for status in (400, 404, 500):
        lost = _http_status(status)
        yield _put("an upload", _changed(lost, affects="upload" if lost.affects == "lasting" else "answer"))


def _redirected() -> Iterator[Row]:
    """A redirect at each step, at a later call or at all; of an upload by each status."""
    for place, nth in zip(MANY, cycle(EARLY), strict=False):
        yield _put(place, REDIRECTS["calls redirected elsewhere with their method"], nth=nth)
    for place, way in zip(OTHERS, cycle(CALL_REDIRECTS), strict=False):
        yield _put(place, REDIRECTS[way], deadline_s=120.0)
    yield _put("an upload", REDIRECTS["calls redirected to themselves"], deadline_s=120.0)
    for status in (301, 302, 303, 307, 308):
        moved = {"kind": "redirect", "status": status, "location": ELSEWHERE}
        yield _put("an upload", Fault(name=f"redirected by {status}", affects="redirect", fault=moved))


TROUBLE_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "trouble that passes": dict(_passing()),
    "refusals": dict(_refused()),
    "trouble that lasts": dict(chain(_lasting(), _one_deadline())),
    "nonsense": dict(_spoilt()),
    "ways": dict(_redirected()),
}
"""The scenarios by what they are about."""
