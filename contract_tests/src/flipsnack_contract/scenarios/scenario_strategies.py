"""Scenarios as they are drawn for a client: what fits its capabilities, and shrinks to simple ones."""

from collections.abc import Callable, Collection
from typing import Any

import msgspec
from hypothesis import strategies as st

from flipsnack_contract.adapter.answer_forms import ANSWER_FORMS, AnswerForm
from flipsnack_contract.adapter.messages import FORMATS, Format
from flipsnack_contract.contract.methods import methods, package_method
from flipsnack_contract.scenarios.collection_catalogue import CALL_FAULTS
from flipsnack_contract.scenarios.delivery_catalogue import NEW_PACKAGE, NO_SUCH_PART, OTHER_PART, cut_after
from flipsnack_contract.scenarios.event import CREATE, SHOW, UPDATE
from flipsnack_contract.scenarios.fault_catalogue import (
    DEAD_LINKS,
    ENVELOPES,
    LASTING,
    PASSING,
    at,
    refusal,
    spoilt_answer,
)
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_run import FINAL
from flipsnack_contract.scenarios.trouble_catalogue import MANY, OTHERS, SINGLE, STEPS, Step

POLLED = ("after-1-polls", "after-3-polls", "after-10-polls", "failed-after-2-polls")
DEADLINES = (600.0, 120.0, 60.0, 30.0, 10.0, 3.0, 3600.0, 0.5)
HOUR, DAY = 3600.0, 86400.0
# A lunch, a night, a day, a weekend, a holiday; and deadlines beyond them.
SUSPENSIONS = (HOUR, 8 * HOUR, DAY, 64 * HOUR, 14 * DAY)
LONG_DEADLINES = (30 * DAY, 2 * DAY)
# Every letter of these has broken somebody's encoding; a key is printable ASCII, a secret is any text.
KEY_LETTERS = "abzABZ09-_.~+%&=;?#[]'\"<>\\,:@!$()*"
LETTERS = KEY_LETTERS + " éßжж日ﬁ\uff21\u0130e\u0301\u2028😀"

TROUBLES = {fault.name: fault for fault in (*CALL_FAULTS, *LASTING.values()) if fault.when != {"action": "package"}}
"""What a call may meet that passes, or lasts."""

slow = st.one_of(
    st.sampled_from(POLLED),
    st.integers(1, 300).map(lambda seconds: f"after-{seconds}s"),
    st.integers(1, 300).map(lambda seconds: f"failed-after-{seconds}s"),
)
schedules = st.one_of(st.sampled_from(("immediate", "failed", "never", *POLLED)), slow)
keys = st.one_of(st.just("kit-key-5e1f"), st.text(KEY_LETTERS, min_size=1, max_size=8))
# A secret that is also a key, or a word, would seem to be sent or printed where only that was.
secrets = st.one_of(
    st.just("a secret of the kit"), st.text(LETTERS, max_size=6).map(lambda text: f"{text} s3cret {text}")
)
hashes = st.one_of(st.just("no-such-hash"), st.text(LETTERS, min_size=1, max_size=8))

texts = st.one_of(st.text(LETTERS + "\n\r", max_size=8), st.just("a long text " * 120))
described = st.dictionaries(st.sampled_from(("title", "description")), texts, max_size=2)
own_or_not = st.sampled_from(("own", "own", "own", "deleted", "foreign", "unknown"))
documents: dict[str, st.SearchStrategy[Any]] = {
    "document": st.sampled_from(("png", "png", "png", "jpg", "pdf", "pdf", "text", "empty")),
    "document_bytes": st.one_of(st.integers(0, 9_000), st.sampled_from((65_536, 100_000))),
    # An upload takes real time, of which less than a second may be too little.
    "deadline_s": st.sampled_from([seconds for seconds in DEADLINES if seconds >= 3]),
}

answer_forms: st.SearchStrategy[AnswerForm | None] = st.one_of(st.none(), st.none(), st.sampled_from(ANSWER_FORMS))
sizes = st.sampled_from((0, 0, 70_000, 300_000))

limits: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.integers(1, 5).map(lambda number: {"requests_per_minute": number}),
    st.integers(1, 90).map(lambda seconds: {"url_lifetime": seconds}),
)


def scenarios(capabilities: Collection[str]) -> st.SearchStrategy[Scenario]:
    """Scenarios for a client with these capabilities; `can_be_drawn` says whether there are any."""
    forms = [form for form in FORMATS if form in capabilities]
    families = [family(forms) for needs, family in DRAWN if needs <= set(capabilities)]
    return st.one_of(families).filter(lambda scenario: scenario.needs <= set(capabilities))


def _downloaded(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    polled = _built(forms, op=st.just("poll"), schedule=schedules)
    return st.one_of(_built(forms, schedule=schedules, package_bytes=sizes), polled)


def _refused(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    whose = st.sampled_from(["unknown", "deleted", "foreign"])
    who = st.sampled_from(["right", "right", "wrong-secret", "unknown-key"])
    return _built(forms, who=who, whose=whose, unknown_hash=hashes)


def _cut(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    # Together they stay below the size of the package: no part has more bytes than are left of it.
    cuts = st.lists(st.integers(0, 60_000).map(cut_after), min_size=1, max_size=3).map(tuple)
    then = st.sampled_from(((), (), (NEW_PACKAGE,), (OTHER_PART,), (NO_SUCH_PART,)))
    faults = st.tuples(cuts, then).map(lambda both: (*both[0], *both[1]))
    return _built(forms, faults=faults, package_bytes=st.just(300_000))


def _disturbed(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    passing = st.sampled_from([*PASSING.values(), DEAD_LINKS["a dead link once"]])
    faults = st.lists(passing, min_size=1, max_size=2, unique_by=lambda fault: fault.name).map(tuple)
    return _built(forms, schedule=schedules, faults=faults, settings=limits, whose=own_or_not)


def _eventful(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    window = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(
        lambda drawn: (
            TimelineEvent(after_s=drawn[0], what="maintenance-on"),
            TimelineEvent(after_s=drawn[0] + drawn[1], what="maintenance-off"),
        )
    )
    what = st.sampled_from(("complete", "fail", "delete"))
    end = st.builds(TimelineEvent, after_s=st.integers(0, 200), what=what).map(lambda event: (event,))
    timeline = st.one_of(st.just(()), window, end, st.tuples(window, end).map(lambda both: (*both[0], *both[1])))
    cancel = st.one_of(st.none(), st.integers(1, 60).map(float))
    return _built(forms, schedule=st.one_of(st.just("manual"), schedules), timeline=timeline, cancel_after_s=cancel)


def _suspended(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    times = {"after_s": st.integers(1, 60), "for_s": st.sampled_from(SUSPENSIONS)}
    suspension = st.builds(TimelineEvent, what=st.just("suspend"), **times)
    timeline = st.lists(suspension, min_size=1, max_size=2).map(tuple)
    faults = st.one_of(st.just(()), st.sampled_from(list(PASSING.values())).map(lambda fault: (fault,)))
    waiting = {"timeline": timeline, "faults": faults}
    # Only what ends: a client that polls for a month is a long play.
    long = _built(forms, schedule=slow, deadline_s=st.sampled_from(LONG_DEADLINES), **waiting)
    return st.one_of(long, _built(forms, schedule=st.one_of(st.just("never"), slow), **waiting))


def _called(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    names = [one.name for one in methods() if one.name != CREATE and one is not package_method()]
    changed = {"action": st.just(UPDATE), "params": described, "whose": own_or_not}
    updated = [_built(forms, op=st.just(op), **changed) for op in ("call", "publish")]
    return st.one_of(*updated, _built(forms, op=st.just("call"), action=st.sampled_from(names), whose=own_or_not))


def _called_with_file(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    return _built(forms, op=st.just("call"), action=st.just(CREATE), params=described, **documents)


def _created(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    faults = st.one_of(st.just(()), st.sampled_from(CALL_FAULTS).map(lambda fault: (at(SHOW, fault),)))
    cancel = st.one_of(st.none(), st.none(), st.integers(1, 60).map(float))
    fields = {"schedule": schedules, "params": described, "faults": faults, "cancel_after_s": cancel}
    return _built(forms, op=st.just("create"), **fields, **documents)


def _anywhere(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    """Any step that changes nothing, with any trouble that a call may meet; any step but an upload, refused."""

    def drawn(step: Step, form: Format, name: str, nth: int | None) -> st.SearchStrategy[Scenario]:
        if name == "data that is not an object":
            form = "json"  # in XML, data without elements may be empty
        fault = TROUBLES.get(name) or spoilt_answer(name, form)
        faults = (*step[1].get("faults", ()), at(step[0], fault, nth=nth))
        return _built([form], **_fixed(step), faults=st.just(faults))

    def refused(step: Step, code: int) -> st.SearchStrategy[Scenario]:
        fault = refusal(step[0], code, FINAL[code])
        count = st.sampled_from((None, 1, 2)).map(lambda count: (msgspec.structs.replace(fault, count=count),))
        return _built(forms, **_fixed(step), faults=count, deadline_s=st.just(None))

    # What changes something may be done although its answer is lost, and a client cannot know that.
    places = st.sampled_from([*MANY.values(), *SINGLE.values()])
    names, seconds = st.sampled_from((*TROUBLES, *ENVELOPES)), st.sampled_from((None, None, 2, 3))
    troubled = st.tuples(places, st.sampled_from(forms), names, seconds).flatmap(lambda chosen: drawn(*chosen))
    any_step = st.sampled_from([STEPS[place] for place in (*MANY, *OTHERS)])
    codes = st.sampled_from(sorted(FINAL.keys() - {38}))
    return st.one_of(troubled, troubled, st.tuples(any_step, codes).flatmap(lambda chosen: refused(*chosen)))


def _fixed(step: Step) -> dict[str, st.SearchStrategy[Any]]:
    return {field: st.just(value) for field, value in step[1].items() if field != "faults"}


def _listed(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    times, what = st.integers(1, 80).map(lambda tenths: tenths / 10), st.sampled_from(("add", "delete"))
    event = st.builds(TimelineEvent, after_s=times, what=what)
    filters = st.sampled_from(({}, {}, {"collectionStatus": "unlisted"}, {"query": "price"}))
    return _built(
        forms,
        op=st.just("list"),
        collections=st.integers(0, 12),
        page_size=st.integers(1, 5),
        params=filters,
        cancel_after_s=st.one_of(st.none(), st.none(), st.integers(1, 10).map(float)),
        timeline=st.one_of(st.just(()), st.lists(event, max_size=3).map(tuple)),
    )


def _built(forms: list[Format], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Scenario]:
    common = {
        "format": st.sampled_from(forms),
        "deadline_s": st.sampled_from(DEADLINES),
        "key": keys,
        "secret": secrets,
        "old_bytes": st.sampled_from((None, 21, 0, 9_000, 70_000, 300_000)),
        "pages": st.integers(1, 4),
        "form": answer_forms,
    }
    return st.builds(Scenario, **{**common, **fields})


VIRTUAL = frozenset({"op:download", "virtual_sleep"})
Family = Callable[[list[Format]], st.SearchStrategy[Scenario]]
DRAWN: tuple[tuple[frozenset[str], Family], ...] = (
    (frozenset({"op:download"}), _downloaded),
    (frozenset({"op:download"}), _refused),
    (VIRTUAL, _disturbed),
    (VIRTUAL, _cut),
    (VIRTUAL, _eventful),
    (VIRTUAL, _suspended),
    (frozenset({"op:call"}), _called),
    (frozenset({"op:call", "uploads"}), _called_with_file),
    (frozenset({"op:create", "virtual_sleep"}), _created),
    (frozenset({"op:call", "virtual_sleep"}), _anywhere),
    (frozenset({"op:list", "virtual_sleep"}), _listed),
)
"""What is drawn, with the capabilities without which nothing of it is."""


def can_be_drawn(capabilities: Collection[str]) -> bool:
    """Whether anything can be drawn for a client with these capabilities."""
    return any(needs <= set(capabilities) for needs, _ in DRAWN)
