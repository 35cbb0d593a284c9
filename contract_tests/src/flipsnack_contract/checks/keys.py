"""A key: its two limits ("API limitations"), exact to the microsecond, and that no other key sees or changes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import CREATE, LIST, USER
from flipsnack_contract.checks.request_cases import gaps
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.ledger import OK
from flipsnack_contract.contract.methods import every_method, methods
from flipsnack_contract.contract.oracle import LimitModel
from flipsnack_contract.target.session import ABSENT, LIMITS, LimitReached, Session

FIVE = (OK,) * 5
SIXTY = ((0, FIVE), *((SECOND, FIVE),) * 11)
"""Sixty calls as early as the limit of a second allows; the last five are 11 s after the first."""

Steps = Sequence[tuple[int, Sequence[int]]]
"""A pause in microseconds, then calls in one instant with the code of each."""

PER_SECOND: Mapping[str, Steps] = {
    "nine calls": [(0, (*FIVE, *(31,) * 4))],
    "late in the second": [(0, FIVE), (SECOND - 1, (31,)), (1, (OK,))],
    "half a second later": [(0, FIVE), (SECOND // 2, (31,)), (SECOND // 2, (OK,))],
}
PER_MINUTE: Mapping[str, Steps] = {
    f"{pause / SECOND:g} s after sixty calls": [*SIXTY, (pause, (32,)), (49 * SECOND - pause, (OK,))]
    for pause in (SECOND, 30 * SECOND, 49 * SECOND - 1)
}
SLIDING: Mapping[str, Steps] = {
    "five at the end of a calendar second": [(SECOND - 1, FIVE), (1, (31,))],
    "five in the middle of a calendar second": [(SECOND // 2, FIVE), (SECOND // 2, (31,))],
    "five at the beginning of a calendar second": [(1, FIVE), (SECOND - 2, (31,))],
    "sixty late in a calendar minute": [(40 * SECOND, ()), *SIXTY, (10 * SECOND, (32,))],
    "five calls, 0.15 s apart": [(0, (OK,)), *((150_000, (OK,)),) * 4, (400_000, (OK, 31))],
}
REFUSED: Mapping[str, Steps] = {
    "one in a second": [(0, FIVE), (SECOND - 1, (31,)), (1, FIVE)],
    "twenty in a second": [(0, FIVE), (SECOND - 1, (31,) * 20), (1, FIVE)],
    "three in each second of a minute": [*((0, (*FIVE, 31, 31, 31)), (SECOND, ())) * 12, (0, (32,))],
}


def _call(session: Session) -> int:
    return session.ask(session.draft(), paced=False).code


def _play(session: Session, steps: Steps) -> None:
    session.own_collection()
    session.align()
    for pause, codes in steps:
        session.wait(pause)
        expect(list(codes), [_call(session) for _ in codes], f"the codes of {len(codes)} calls in one instant")


@check("limit.per-second", needs=CONTROL, rows={"calls": PER_SECOND})
def five_in_a_second(session: Session, calls: str) -> None:
    """Of calls in one second the first five are served and every further one is 31, until the second is over."""
    _play(session, PER_SECOND[calls])


@check("limit.per-minute", needs=CONTROL, rows={"calls": PER_MINUTE})
def sixty_in_a_minute(session: Session, calls: str) -> None:
    """The first sixty calls of a minute are served, the next is 32 until the minute of the first is over."""
    _play(session, PER_MINUTE[calls])


@check("limit.sliding-window", needs=CONTROL, rows={"calls": SLIDING})
def any_second_and_any_minute_count(session: Session, calls: str) -> None:
    """Both windows slide call by call: late and early calls of two calendar seconds, or minutes, count together."""
    _play(session, SLIDING[calls])


@check("limit.refused-do-not-count", needs=CONTROL, rows={"calls": REFUSED})
def refused_calls_do_not_count(session: Session, calls: str) -> None:
    """However often a caller runs into the limit of a second, that uses up neither the next second nor the minute."""
    _play(session, REFUSED[calls])


@check("limit.sliding-window", needs=CONTROL, varies={"pauses": st.lists(gaps, min_size=6, max_size=90)})
def no_window_holds_more_than_its_limit(session: Session, pauses: list[int]) -> None:
    """Of any sequence of calls, no second holds more than 5 that were served, no minute more than 60; and each one
    that keeps both limits is served. After a refusal a minute passes: what a refused call counts for is another rule's
    matter.
    """
    session.own_collection()
    model = LimitModel()
    for pause in pauses:
        session.wait(pause)
        now, code = session.clock.now, _call(session)
        expect(model.ask(now), code, f"call at {now / SECOND:.6f}")
        session.wait(MINUTE if code in LIMITS else 0)


@check(
    "limit.sliding-window",
    needs={"credentials"},
    rows=[{"pauses": [0] * 12, "needs": {"alone"}}],
    varies={"pauses": st.lists(gaps, min_size=1, max_size=80)},
    drawn_needs=CONTROL,
    calls=12,
)
def who_keeps_the_limits_is_never_refused(session: Session, pauses: list[int]) -> None:
    """A caller that waits until both limits allow its next call, and not a microsecond longer, never sees 31 or 32."""
    for number, pause in enumerate(pauses, 1):
        session.wait(pause)
        what = f"call {number} of {len(pauses)} that keep both limits"
        try:
            code = session.ask(session.draft(ABSENT)).code
        except LimitReached as refusal:
            raise Violation(what, "an answer that is not a refusal by a limit", str(refusal)) from None
        expect(False, code in LIMITS, f"a limit refuses {what}")


@check("limit.per-second", needs=CONTROL, methods=every_method)
def all_methods_count_together(session: Session) -> None:
    """Calls of any methods use up one second: after one of each of five methods every method is 31."""
    collection = session.own_collection()
    session.align()
    reads = [one.name for one in methods() if one.read_only][:5]
    for name in reads:
        calling = session.calling(name)
        expect_code(OK, calling.ask(calling.draft(collection), paced=False), f"a call of {name}")
    expect(31, _call(session), f"{session.method} after a call of each of {', '.join(reads)}")


@check("limit.per-second", needs=CONTROL, methods=every_method)
def calls_of_one_method_use_up_the_second_of_all(session: Session) -> None:
    """Five calls of one method leave none to another in that second."""
    other = session.calling(USER if session.method.name != USER else LIST)
    session.own_collection()
    session.align()
    for _ in FIVE:
        _call(session)
    expect(31, _call(other), f"{other.method} after five calls of {session.method}")


@check("limit.per-key", needs=CONTROL)
def limits_are_counted_for_each_key_alone(session: Session) -> None:
    """A key that has used up its second does not use up another's."""
    other = session.another()
    for one, codes in ((session, (*FIVE, 31)), (other, FIVE)):
        one.own_collection()
        expect(list(codes), [_call(one) for _ in codes], "the codes of calls of two keys at the same time")


@check("limit.per-second", needs=CONTROL, rows={"mistake": ("action", "signature", "collectionHash")})
def calls_that_fail_later_count(session: Session, mistake: str) -> None:
    """A call that passes the limits and fails afterwards counts like any other."""
    draft = session.draft()
    wrong = replace(draft, signature="0" * 32) if mistake == "signature" else draft.with_(**{mistake: "wrong"})
    for _ in range(5):
        session.ask(wrong, paced=False)
    expect(31, _call(session), f"the call after five with a wrong {mistake}")


SHARED = "the-same"


def _force(session: Session) -> None:
    if session.steer.job_state(SHARED) in ("NEW", "PROCESSING"):
        session.steer.force(SHARED, "FAILED")


DISTURBANCES: Mapping[str, Callable[[Session], object]] = {
    "poll": lambda session: session.ask(session.draft(SHARED), paced=False),
    "wait": lambda session: session.wait(61 * SECOND),
    "force": _force,
    "delete": lambda session: session.steer.delete_collection(SHARED),
    "maintenance": lambda session: session.steer.maintenance(on=True),
    "settings": lambda session: session.steer.settings(url_lifetime=1, default_schedule="failed"),
    "limits": lambda session: session.steer.settings(requests_per_second=1),
}


@check(
    "key.isolation",
    needs=CONTROL,
    rows=[{"disturbances": [name] * 2} for name in DISTURBANCES],
    varies={"disturbances": st.lists(st.sampled_from(sorted(DISTURBANCES)), min_size=1, max_size=5)},
)
def nothing_is_seen_through_another_key(session: Session, disturbances: list[str]) -> None:
    """Nothing that another key does with a collection of the same hash changes the package of this key."""
    other = session.another()
    for one in (session, other):
        one.collection("after-5s", hash=SHARED)
    expect("PROCESSING", session.ask(session.draft(SHARED)).state, "the first call")
    for name in disturbances:
        session.trace.add(f"the other key: {name}")
        DISTURBANCES[name](other)
    expect("PROCESSING", session.ask(session.draft(SHARED)).state, "a call while the package is built")
    session.wait(5 * SECOND)
    url = session.resource_url(SHARED)
    session.wait(30 * SECOND)
    expect(True, session.serves(url), "the resource URL serves in its minute")


@check("key.isolation", needs=CONTROL)
def nothing_of_another_key_is_counted_or_listed(session: Session) -> None:
    """Lists, sums of statistics and uploads left are those of one key alone."""
    other = session.another()
    other.steer.statistics(other.collection(), [{"date": "2024-01-01", "views": 5}])
    before = session.data(USER)
    other.data(CREATE)
    expect([], session.data(LIST).get("collections"), "the list of a key without collections")
    expect(before, session.data(USER), "the statistics of a key, after an upload by another")
    expect(0, before.get("views"), "the views of a key without collections")


@check("key.isolation", needs=CONTROL)
def a_secret_belongs_to_its_key(session: Session) -> None:
    """A call under one key signed with another key's secret is 44."""
    other = session.another(secret="another secret")
    draft = replace(session.draft(), secret=other.secret)
    expect_code(44, session.ask(draft), "a call signed with another key's secret")


@check("key.isolation", needs=CONTROL)
def a_collection_belongs_to_its_key(session: Session) -> None:
    """The hash of a collection is good under its own key only, before, while and after the package is built."""
    other = session.another()
    mine = session.collection("after-5s")
    for pause in (0, 5 * SECOND):
        session.ask(session.draft(mine))
        expect_code(43, other.ask(other.draft(mine)), "another key asks for my collection")
        session.wait(pause)
    expect("COMPLETE", session.ask(session.draft(mine)).state, "my package, after another key asked for it")


@check("key.isolation", needs=CONTROL)
def a_link_belongs_to_its_key(session: Session) -> None:
    """Two keys with a collection of the same hash are never given the same resource URL."""
    urls = []
    for one in (session, session.another()):
        one.collection(hash=SHARED)
        urls.append(one.resource_url(SHARED))
    expect(True, urls[0] != urls[1], "two keys have different resource URLs")
