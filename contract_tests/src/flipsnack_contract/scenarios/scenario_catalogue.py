"""Scenarios written by hand: each plain situation once, and what a draw would seldom hit."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from flipsnack_contract.adapter.messages import FORMATS, preferred
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.scenarios import fault_catalogue as faults
from flipsnack_contract.scenarios.collection_catalogue import CALLS, COLLECTION_FAMILIES
from flipsnack_contract.scenarios.delivery_catalogue import DELIVERY_FAMILIES, FORMS
from flipsnack_contract.scenarios.fault_catalogue import LASTING, PASSING, SPOILT_PACKAGES, every_other, spoilt_answer
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.scenarios.trouble_catalogue import TROUBLE_FAMILIES
from flipsnack_contract.scenarios.variations import USUAL, Meetings, in_format, varied

CUT_OFF, DEAD_ONCE = PASSING["a download cut off once"], faults.DEAD_LINKS["a dead link once"]
AT_ONCE: Mapping[str, dict[str, Any]] = {
    "failed": {"schedule": "failed", "old_bytes": 21},
    "deleted": {"whose": "deleted"},
    "not convertible": {"op": "create", "schedule": "failed"},
    "what is being converted": {"op": "publish", "conversion": "never"},
}
"""What the first answer says: it is reported, however little time is left."""

PLAIN: Mapping[str, Scenario] = {
    "built already": Scenario(),
    "built in 5 s": Scenario(schedule="after-5s"),
    "built at the third poll": Scenario(schedule="after-3-polls", format="xml"),
    "built in ten minutes": Scenario(schedule="after-600s", deadline_s=3600, format="jsonp"),
    "failed at once": Scenario(schedule="failed"),
    "failed at once, in xml": Scenario(schedule="failed", format="xml"),
    "failed after a while": Scenario(schedule="failed-after-20s", format="jsonp"),
    "never built": Scenario(schedule="never", deadline_s=120),
    "never built, a short deadline": Scenario(schedule="never", deadline_s=3),
    "never built, less than a second of time": Scenario(schedule="never", deadline_s=0.5),
    **{
        f"{name}, {seconds:g} s of time": Scenario(deadline_s=seconds, **fields)
        for seconds in (1.0, 2.5)
        for name, fields in AT_ONCE.items()
        # An upload takes real time, of which a second may be too little.
        if (name, seconds) != ("not convertible", 1.0)
    },
    "built already, 8 s of time": Scenario(deadline_s=8, package_bytes=70_000),
    "published, 8 s of time": Scenario(op="publish", deadline_s=8),
    "converted at once, 8 s of time": Scenario(op="create", deadline_s=8),
    "built after the deadline": Scenario(schedule="after-100s", deadline_s=50),
    **{
        f"another file of {size} bytes was there": Scenario(schedule="after-5s", package_bytes=70_000, old_bytes=size)
        for size in (0, 21, 70_000, 90_000)
    },
    "another file was there, and it fails": Scenario(schedule="failed", old_bytes=21),
    "one poll": Scenario(op="poll", schedule="never"),
    "one poll of a failed job": Scenario(op="poll", schedule="failed"),
    "one poll of a finished job": Scenario(op="poll"),
}
REFUSED: Mapping[str, Scenario] = {
    "a wrong secret": Scenario(who="wrong-secret", format="xml"),
    "an unknown key": Scenario(who="unknown-key"),
    "a deleted collection": Scenario(whose="deleted", format="jsonp"),
    "another account's collection": Scenario(whose="foreign"),
}
HOSTILE: Mapping[str, Scenario] = {
    "a secret with blanks around": Scenario(secret="  a secret "),
    "a secret beyond ASCII": Scenario(secret="šécrét €日😀"),
    "a secret beyond Latin-1 only": Scenario(secret="жж"),
    "a secret of letters and accents apart": Scenario(secret="e\u0301 secre\u0301t"),
    "a key that needs encoding": Scenario(key="a+b%20c&d=e;f#g?h"),
    "a key in upper case": Scenario(key="ZZ-Key"),
    "a hash that needs encoding": Scenario(whose="unknown", unknown_hash="a b+c%2Bd&e=f/é😀"),
    "a hash of letters and accents apart": Scenario(whose="unknown", unknown_hash="e\u0301"),
    **{
        f"a hash like markup ({form})": Scenario(whose="unknown", unknown_hash="<a>&amp;'\"é😀", format=form)
        for form in ("jsonp", "xml")
    },
    "a very long hash": Scenario(whose="unknown", unknown_hash="abcdefghij" * 30),
    "a hash with blanks around": Scenario(whose="unknown", unknown_hash=" x "),
}
ADVERSE: Mapping[str, Scenario] = {
    **{name: Scenario(schedule="after-5s", faults=(fault,)) for name, fault in PASSING.items()},
    **{name: Scenario(faults=(fault,)) for name, fault in faults.DEAD_LINKS.items()},
    **{name: Scenario(faults=(fault,), deadline_s=None) for name, fault in faults.SPOILT_PACKAGES.items()},
    **{name: Scenario(deadline_s=20, faults=(fault,)) for name, fault in LASTING.items()},
    **{name: Scenario(format="xml", faults=(spoilt_answer(name, "xml"),)) for name in faults.XML_BODIES},
    **{f"hostile words ({form})": Scenario(format=form, faults=(faults.HOSTILE_WORDS,)) for form in FORMATS},
    **{
        f"{name} ({form})": Scenario(format=form, faults=(spoilt_answer(name, form),))
        for name in faults.SPOILT_ANSWERS
        for form in FORMATS
        # What is inside of an envelope is read alike in JSON and in JSONP.
        if form != "jsonp" or name in faults.ENVELOPES
    },
}
TROUBLES = ("31 once", "HTTP 503 once", "a reset once")
"""Faults of different kinds, each of which a client repeats."""
TROUBLED: Mapping[str, Scenario] = {
    **{
        f"a long job with {name} at every other call": Scenario(
            schedule="after-20-polls", deadline_s=3600, faults=(every_other(package_method().name, PASSING[name]),)
        )
        for name in TROUBLES
    },
    "packages cut off, little time, over another file": Scenario(
        deadline_s=20, old_bytes=9_000, faults=(SPOILT_PACKAGES["packages cut off"],)
    ),
    "cancelled while packages are cut off": Scenario(
        cancel_after_s=2, package_bytes=300_000, faults=(SPOILT_PACKAGES["packages cut off"],)
    ),
}
EVENTFUL: Mapping[str, Scenario] = {
    "maintenance for 40 s": Scenario(
        schedule="after-5s",
        timeline=(TimelineEvent(after_s=0, what="maintenance-on"), TimelineEvent(after_s=40, what="maintenance-off")),
    ),
    "deleted while it is built": Scenario(schedule="never", timeline=(TimelineEvent(after_s=30, what="delete"),)),
    "cancelled while it is built": Scenario(schedule="never", cancel_after_s=10),
    "cancelled while no package is served": Scenario(
        faults=(LASTING["packages never served"],), cancel_after_s=10, old_bytes=21
    ),
    "one request a minute": Scenario(schedule="after-5s", settings={"requests_per_minute": 1}),
    "a link that dies half-way": Scenario(faults=(PASSING["a download reset once"],), settings={"url_lifetime": 0.25}),
    "a link that dies while no package is served": Scenario(
        faults=(PASSING["HTTP 503 for the package once"],), settings={"url_lifetime": 0.25}
    ),
    "failed by the second link": Scenario(
        faults=(DEAD_ONCE, faults.second_state("FAILED", means="job_failed")), old_bytes=21
    ),
    "built by the second link in a while": Scenario(faults=(DEAD_ONCE, faults.second_state("PROCESSING"))),
    "never built, and 22 for a while": Scenario(
        schedule="never", faults=(every_other(package_method().name, PASSING["22 twice"]),)
    ),
    "a link that dies while a download is cut off": Scenario(faults=(CUT_OFF,), settings={"url_lifetime": 0.25}),
    "links that live a second": Scenario(schedule="after-5s", settings={"url_lifetime": 1}),
}
NIGHT, WEEKEND = 28_800, 230_400
# Time that is left after a suspension: a client that misses the end polls for so long.
LEFT = 600


def _suspended(after_s: float, for_s: float, schedule: str, **fields: Any) -> Scenario:
    suspension = TimelineEvent(after_s=after_s, what="suspend", for_s=for_s)
    return Scenario(schedule=schedule, timeline=(suspension,), **{"deadline_s": for_s + LEFT, **fields})


TWO_NIGHTS = tuple(TimelineEvent(after_s=after, what="suspend", for_s=NIGHT) for after in (5, NIGHT + 60))
SUSPENDED: Mapping[str, Scenario] = {
    "suspended overnight, and built meanwhile": _suspended(5, NIGHT, "after-60s"),
    "suspended over a weekend, and failed meanwhile": _suspended(5, WEEKEND, "failed-after-60s"),
    "suspended over a weekend, and not built yet": _suspended(5, WEEKEND, "after-5-polls"),
    "suspended beyond the deadline": _suspended(20, WEEKEND, "never", deadline_s=600.0),
    "suspended just beyond the deadline": _suspended(20, 50, "never", deadline_s=60),
    "suspended for two nights": Scenario(schedule="after-20-polls", deadline_s=2 * NIGHT + LEFT, timeline=TWO_NIGHTS),
    "suspended while a download is cut off": _suspended(0.01, NIGHT, "immediate", faults=(CUT_OFF,)),
    "suspended after code 32": _suspended(0.01, NIGHT, "immediate", faults=(PASSING["32 once"],)),
}
PLAIN_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "plain": PLAIN,
    "refused": REFUSED,
    "hostile": HOSTILE,
    "calls": CALLS,
    "forms": FORMS,
}
OTHER_FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    "faults": ADVERSE,
    "troubles": TROUBLED,
    "events": EVENTFUL,
    "suspended": SUSPENDED,
    **COLLECTION_FAMILIES,
    **DELIVERY_FAMILIES,
    **TROUBLE_FAMILIES,
}
_MEETINGS = Meetings()
FAMILIES: Mapping[str, Mapping[str, Scenario]] = {
    **PLAIN_FAMILIES,
    **{name: varied(family, _MEETINGS) for name, family in OTHER_FAMILIES.items()},
}
"""The scenarios by what they are about."""

CATALOGUE: Mapping[str, Scenario] = {name: one for family in FAMILIES.values() for name, one in family.items()}
"""Every scenario by its name. A client is put into each of them that it has the capabilities for."""

WORDS: Mapping[str, Callable[[Any], str]] = {
    "deadline_s": lambda seconds: "none" if seconds is None else f"{seconds:.10g} s",
    "cancel_after_s": lambda seconds: f"{seconds:.10g} s",
    "params": lambda params: ", ".join(f"{name}={cut(repr(value), 200)}" for name, value in params.items()),
    "settings": lambda settings: ", ".join(f"{name} {value:g}" for name, value in settings.items()),
    "faults": lambda faults: ", ".join(fault.name for fault in faults),
    "timeline": lambda timeline: ", ".join(f"{event} after {event.after_s:.10g} s" for event in timeline),
    "old_bytes": lambda size: f"another file of {size} bytes is at the destination",
}
"""How the values of a field are written; those of the other fields are written as they are."""


def catalogue(capabilities: Collection[str], family: Mapping[str, Scenario] = CATALOGUE) -> list[Scenario]:
    """The scenarios of `family` for a client with these capabilities, without repetitions.

    A client that does not read a format gets those scenarios in another one that are not made for it.
    """
    form = preferred(capabilities)
    formatted = (one if one.format in capabilities else in_format(one, form) for one in family.values())
    return list(dict.fromkeys(scenario for scenario in formatted if scenario.needs <= set(capabilities)))


def named(scenario: Scenario) -> Mapping[str, str]:
    """The scenario's name in the catalogue, and each field that is not as usual, in words.

    The name is followed by the format where that is another one than in the catalogue, and is `drawn` for no name.
    """
    names = {known: name for name, known in CATALOGUE.items()}
    formatted = (name for name, known in CATALOGUE.items() if in_format(known, scenario.format) == scenario)
    name = names.get(scenario) or next((f"{name} ({scenario.format})" for name in formatted), "drawn")
    fields = {field: getattr(scenario, field) for field in Scenario.__struct_fields__}
    unusual = {field: value for field, value in fields.items() if value != getattr(USUAL, field)}
    return {"scenario": name, **{field: WORDS.get(field, str)(value) for field, value in unusual.items()}}
