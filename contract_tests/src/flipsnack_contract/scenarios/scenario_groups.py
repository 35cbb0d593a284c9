"""Groups of scenarios: each family of the catalogue, and batches that Hypothesis draws, each by a seed of its own.

What is drawn fits a client's capabilities, and shrinks to simple scenarios.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.reporting import with_reporter

from flipsnack_contract.adapter.messages import FORMATS, Format
from flipsnack_contract.checks.check import Plan
from flipsnack_contract.checks.drawing import same_everywhere
from flipsnack_contract.scenarios.fault_catalogue import (
    DEAD_LINKS,
    PASSING,
    SPOILT_ANSWERS,
    SPOILT_PACKAGES,
    spoilt_answer,
)
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_catalogue import FAMILIES, catalogue

BATCH = 50
"""Scenarios of one batch, at most."""
POLLED = ("after-1-polls", "after-3-polls", "after-10-polls", "failed-after-2-polls")
DEADLINES = (600.0, 120.0, 60.0, 30.0, 10.0, 3.0, 3600.0)
HOUR, DAY = 3600.0, 86400.0
# A lunch, a night, a day, a weekend, a holiday; and deadlines beyond them.
SUSPENSIONS = (HOUR, 8 * HOUR, DAY, 64 * HOUR, 14 * DAY)
LONG_DEADLINES = (30 * DAY, 2 * DAY)
# Every letter of these has broken somebody's encoding; a key is printable ASCII, a secret is any text.
KEY_LETTERS = "abzABZ09-_.~+%&=;?#[]'\"<>\\,:@!$()*"
LETTERS = KEY_LETTERS + " éßжж日\u2028😀"

slow = st.one_of(
    st.sampled_from(POLLED),
    st.integers(1, 300).map(lambda seconds: f"after-{seconds}s"),
    st.integers(1, 300).map(lambda seconds: f"failed-after-{seconds}s"),
)
schedules = st.one_of(st.sampled_from(("immediate", "failed", "never", *POLLED)), slow)
keys = st.one_of(st.just("client"), st.text(KEY_LETTERS, min_size=1, max_size=8))
# A secret that is also a key, or a word, would seem to be sent or printed where only that was.
secrets = st.one_of(
    st.just("a secret of the kit"), st.text(LETTERS, max_size=6).map(lambda text: f"{text} s3cret {text}")
)
hashes = st.one_of(st.just("no-such-hash"), st.text(LETTERS, min_size=1, max_size=8))

limits: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.integers(1, 5).map(lambda number: {"requests_per_minute": number}),
    st.integers(1, 90).map(lambda seconds: {"url_lifetime": seconds}),
)


def scenarios(capabilities: Collection[str]) -> st.SearchStrategy[Scenario]:
    """Scenarios for a client with these capabilities."""
    forms = [form for form in FORMATS if form in capabilities]
    op = st.sampled_from(["download", "download", "download", "poll"])
    whose = st.sampled_from(["unknown", "deleted", "foreign"])
    who = st.sampled_from(["right", "right", "wrong-secret", "unknown-key"])
    refused = _built(forms, who=who, whose=whose, unknown_hash=hashes)
    families = [_built(forms, schedule=schedules, op=op), refused]
    if "virtual_sleep" in capabilities:
        families += [_disturbed(forms), _spoilt(forms), _eventful(forms), _suspended(forms)]
    return st.one_of(families).filter(lambda scenario: scenario.needs <= set(capabilities))


def _disturbed(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    passing = st.sampled_from([*PASSING.values(), DEAD_LINKS["a dead link once"]])
    faults = st.lists(passing, min_size=1, max_size=2, unique_by=lambda fault: fault.name).map(tuple)
    return _built(forms, schedule=schedules, faults=faults, settings=limits)


def _spoilt(forms: list[Format]) -> st.SearchStrategy[Scenario]:
    lasting = st.sampled_from([*SPOILT_PACKAGES.values(), *DEAD_LINKS.values()]).map(lambda fault: (fault,))
    answers = st.tuples(st.sampled_from(SPOILT_ANSWERS), st.sampled_from(forms)).flatmap(_with_spoilt_answer)
    return st.one_of(_built(forms, faults=lasting, schedule=schedules), answers)


def _with_spoilt_answer(drawn: tuple[str, Format]) -> st.SearchStrategy[Scenario]:
    name, form = drawn
    fault = spoilt_answer(name, form)
    later = msgspec.structs.replace(fault, when={**fault.when, "nth": 2})
    return _built([form], faults=st.sampled_from([(fault,), (later,)]), schedule=schedules)


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


def _built(forms: list[Format], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Scenario]:
    common = {
        "format": st.sampled_from(forms),
        "deadline_s": st.sampled_from(DEADLINES),
        "key": keys,
        "secret": secrets,
        "old_file": st.booleans(),
        "pages": st.integers(1, 4),
    }
    return st.builds(Scenario, **{**common, **fields})


@dataclass(frozen=True)
class ScenarioGroup:
    """At most `size` scenarios. `draw` calls a function with each; when that raises, the error is raised by `draw`.

    Where the scenarios are drawn, Hypothesis then looks for a smaller one for which the function raises too.
    """

    name: str
    size: int
    draw: Callable[[Callable[[Scenario], None]], None]

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios, without repetitions; drawn when they are first asked for."""
        found: list[Scenario] = []
        self.draw(found.append)
        return tuple(dict.fromkeys(found))


def fixed_group(name: str, fixed: Collection[Scenario]) -> ScenarioGroup:
    """A group of just these scenarios."""

    def draw(use: Callable[[Scenario], None]) -> None:
        for scenario in fixed:
            use(scenario)

    return ScenarioGroup(name, len(fixed), draw)


def drawn_group(name: str, capabilities: Collection[str], size: int, *, seed: int) -> ScenarioGroup:
    """A group drawn for a client with these capabilities: the same for the same `seed`."""

    def draw(use: Callable[[Scenario], None]) -> None:
        test = settings(
            max_examples=size,
            deadline=None,
            database=None,
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(given(scenario=scenarios(capabilities))(lambda scenario: use(scenario)))
        # Hypothesis prints nothing: the result has everything.
        with with_reporter(lambda _line: None), same_everywhere():
            hypothesis.seed(seed)(test)()

    return ScenarioGroup(name, size, draw)


@cache
def scenario_groups(capabilities: frozenset[str], plan: Plan) -> tuple[ScenarioGroup, ...]:
    """The groups for a client with these capabilities: families first, then `plan.examples` drawn scenarios.

    A client that can be put into no scenario has no groups.
    """
    families, taken = [], set[Scenario]()
    for name, family in FAMILIES.items():
        # In a format other than JSON, two families may have the same scenario.
        fresh = [one for one in catalogue(capabilities, family) if one not in taken]
        families.append(fixed_group(name, fresh))
        taken.update(fresh)
    if not taken:
        return ()
    batches = (
        drawn_group(
            f"drawn-{number}", capabilities, min(BATCH, plan.examples - start), seed=1000 * (plan.seed or 0) + number
        )
        for number, start in enumerate(range(0, plan.examples, BATCH), 1)
    )
    return (*(family for family in families if family.size), *batches)
