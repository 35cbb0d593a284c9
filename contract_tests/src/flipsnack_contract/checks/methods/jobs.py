"""The job of a package: the first call starts it, later calls report it, and a final state stays."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from flipsnack_contract.checks.borders import BORDERS, reach
from flipsnack_contract.checks.check import CONTROL, check, combined, steered
from flipsnack_contract.checks.request_cases import (
    ANSWERS,
    FINAL,
    FORMATS,
    SCHEDULES,
    RequestCase,
    schedules,
    waits,
    with_format,
)
from flipsnack_contract.contract.assertions import expect, expect_code, expect_in
from flipsnack_contract.contract.clock import DAY, SECOND
from flipsnack_contract.contract.oracle import JobModel
from flipsnack_contract.target.session import Session

STATES = ("PROCESSING", "COMPLETE", "FAILED")
LIVES = {"schedule": schedules, "pauses": st.lists(waits, min_size=1, max_size=6)}
# Without a control plane it is the key's own collection that is watched.
OWN = ""
WATCHED: Mapping[str, Any] = {"needs": {"collection"}, "varies": LIVES, "drawn_needs": CONTROL}


def _states(session: Session, schedule: str, pauses: Sequence[int]) -> list[tuple[int, str | None]]:
    """Instant and state of a package with that schedule before each pause and after the last one."""
    collection_hash = session.own_collection() if schedule == OWN else session.collection(schedule)
    seen = []
    for pause in (*pauses, 0):
        answer = session.ask(session.draft(collection_hash))
        expect_code(20, answer, "a call for a package")
        seen.append((session.clock.now, answer.state))
        session.wait(pause)
    return seen


@check("job.started-by-first-call", needs=CONTROL, rows={"idle": (0, 5 * SECOND, 3600 * SECOND, 8 * DAY, *BORDERS)})
def time_runs_from_the_first_call(session: Session, idle: int | str) -> None:
    """The first call starts the job, no matter how old the collection is, and at the end of a day or a year too.

    It does not wait for those of other collections.
    """
    for schedule in ("never", "after-3600s"):
        session.ask(session.draft(session.collection(schedule)))
    collection_hash = session.collection("after-5s")
    if isinstance(idle, str):
        reach(session, idle, short_of=3 * SECOND)
    else:
        session.wait(idle)
    expect("NEW", session.steer.job_state(collection_hash), "the job before any call")
    for pause, state in ((0, "PROCESSING"), (5 * SECOND - 1, "PROCESSING"), (1, "COMPLETE")):
        session.wait(pause)
        expect(state, session.ask(session.draft(collection_hash)).state, "a package that takes 5 s")


@check(
    "job.states",
    **WATCHED,
    rows=[
        {"schedule": OWN, "pauses": []},
        *steered({"schedule": schedule, "pauses": [SECOND] * 4} for schedule in ("half-way", "failed-half-way")),
    ],
    calls=1,
)
def the_three_states_and_no_other(session: Session, schedule: str, pauses: list[int]) -> None:
    """The status is PROCESSING, COMPLETE or FAILED, in these letters."""
    for _, state in _states(session, schedule, pauses):
        expect_in(STATES, state, "the status of a package")


@check(
    "job.never-goes-back",
    **WATCHED,
    rows=[
        {"schedule": OWN, "pauses": [3 * SECOND] * 3},
        *steered(
            [
                *combined(
                    schedule=("after-5s", "failed-after-5s", "after-2-polls", "failed-after-2-polls"),
                    pauses=([5 * SECOND, 0, 3600 * SECOND, 40 * DAY],),
                ),
                {"schedule": "half-way", "pauses": [SECOND] * 8},
                {"schedule": "failed", "pauses": [0, 60 * SECOND, 0]},
            ]
        ),
    ],
    calls=4,
    waits=9 * SECOND,
)
def what_is_final_stays(session: Session, schedule: str, pauses: list[int]) -> None:
    """After COMPLETE only COMPLETE is reported, after FAILED only FAILED; and a job ends as its schedule says."""
    seen = _states(session, schedule, pauses)
    for (_, before), (_, after) in pairwise(seen):
        if before in FINAL:
            expect(before, after, f"the state after {before} (all states: {[state for _, state in seen]})")
    if schedule in SCHEDULES:
        model = JobModel(schedule)
        for now, state in seen:
            expect(model.call(now), state, f"a package with the schedule {schedule}")


@check("job.complete-at-once", needs=CONTROL, rows={"pages": (1, 12, 200)})
def a_built_package_is_complete_at_once(session: Session, pages: int) -> None:
    """A package that is already built is COMPLETE with the first call, for a collection of any size."""
    answer = session.ask(session.draft(session.collection("immediate", pages=pages)))
    expect("COMPLETE", answer.state, "the first call for a package that is built")


@check("job.resource-url-with-complete", rows={"case": ANSWERS}, calls=1)
def resource_url_with_complete_only(session: Session, case: RequestCase) -> None:
    """`resourceUrl` is an absolute URL with COMPLETE; with PROCESSING and FAILED it is absent."""
    made = case.make(session, session.draft())
    for form in FORMATS if session.account else FORMATS[:1]:
        answer = session.ask(with_format(made, form))
        expect_code(20, answer, "a call for a package")
        has_url, state = "resourceUrl" in (answer.data or {}), answer.state
        expect(state == "COMPLETE", has_url, f"resourceUrl with {state} in {form}")
        expect(has_url, str(answer.resource_url).startswith(("http://", "https://")), "the resource URL is absolute")


@check(
    "job.fresh-resource-url",
    needs={"collection"},
    rows=[{"pause": 2 * SECOND}, *steered({"pause": pause} for pause in (0, 1, SECOND, 61 * SECOND))],
    calls=2,
    waits=2 * SECOND,
)
def each_answer_has_a_url_of_its_own(session: Session, pause: int) -> None:
    """Two answers never carry the same resource URL, and the earlier one still serves."""
    first = session.resource_url()
    session.wait(pause)
    second = session.resource_url()
    expect(True, first != second, "two answers have different resource URLs")
    expect(True, session.serves(second), "the second resource URL serves")
    for form in FORMATS if session.account else ():
        url = str(session.ask(with_format(session.draft(), form)).resource_url)
        expect(False, url in (first, second), f"the resource URL in {form}, in the same instant, was there before")
        second = url
    if pause <= 2 * SECOND:
        expect(True, session.serves(first), "the first resource URL serves after the second was given")
