"""The two limits of a key ("API limitations"), exact to the microsecond: what they allow, and what they count."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from flipsnack_contract.checks.borders import BORDERS, reach
from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.uploaded import GET, LIST, USER, method_named
from flipsnack_contract.checks.methods.urls import WAYS, asked
from flipsnack_contract.checks.request_cases import (
    ANSWERS,
    MISTAKES,
    OWN_CALL,
    REFUSED_UPLOADS,
    RIGHT_CALL,
    RequestCase,
    gaps,
    with_format,
)
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.ledger import OK
from flipsnack_contract.contract.methods import (
    every_method,
    methods,
    takes_document,
)
from flipsnack_contract.contract.near_misses import NEAR_KEYS
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
    "sixty, the first of them late in a calendar second": [
        *((SECOND - 100_000, ()), *SIXTY),
        (48 * SECOND + 200_000, (32,)),
    ],
    "sixty late in a calendar minute": [(40 * SECOND, ()), *SIXTY, (10 * SECOND, (32,))],
    "five calls, 0.15 s apart": [(0, (OK,)), *((150_000, (OK,)),) * 4, (400_000, (OK, 31))],
    "one early in a minute, the others late": [
        *((0, (OK,)), (40 * SECOND, ())),
        *(*SIXTY[:-1], (SECOND, FIVE[1:])),
        (9 * SECOND, (OK, 32)),
    ],
}
# Half a second before a border five calls use up the second, and the sixty that use up the minute lie on both sides.
ACROSS: Steps = [*SIXTY[:6], (SECOND // 2, (31,)), (SECOND // 2, FIVE), *SIXTY[7:], (SECOND, (32,))]
REFUSED: Mapping[str, Steps] = {
    "one in a second": [(0, FIVE), (SECOND - 1, (31,)), (1, FIVE)],
    "twenty in a second": [(0, FIVE), (SECOND - 1, (31,) * 20), (1, FIVE)],
    "three in each second of a minute": [*((0, (*FIVE, 31, 31, 31)), (SECOND, ())) * 12, (0, (32,))],
    "many in the last second of a minute": [*SIXTY, (48 * SECOND, (32,) * 20), (SECOND, (*FIVE, 31))],
}


def _call(session: Session) -> int:
    return session.ask(session.draft(), paced=False).code


def _play(session: Session, steps: Steps) -> None:
    session.own_collection()
    session.align()
    _continue(session, steps)


def _continue(session: Session, steps: Steps) -> None:
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


@check("limit.sliding-window", needs=CONTROL, rows={"border": BORDERS})
def no_day_begins_a_window(session: Session, border: str) -> None:
    """Calls before and after the end of a day, a week, a month or a year count together."""
    session.own_collection()
    reach(session, border, short_of=5 * SECOND + SECOND // 2)
    _continue(session, ACROSS)


@check("order.checks", needs=CONTROL)
def the_limit_of_a_second_is_checked_first(session: Session) -> None:
    """A call that exceeds both limits is 31, and one that exceeds that of the minute alone 32."""
    _play(session, [*SIXTY, (0, (31,)), (SECOND - 1, (31,)), (1, (32,))])


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
    # In different formats, with and without other parameters.
    for name, form in zip(reads, ("json", "jsonp", "xml", "jsonp", "xml"), strict=True):
        calling = session.calling(name)
        draft = with_format(calling.draft(collection, note=name), form)
        expect_code(OK, calling.ask(draft, paced=False), f"a call of {name} in {form}")
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


@check("limit.per-minute", needs=CONTROL, methods=takes_document)
def uploads_and_reads_use_up_one_minute(session: Session) -> None:
    """Sixty calls of two methods, one at each host, use up the minute of both."""
    both = session, session.calling(USER)
    session.align()
    for number in range(60):
        session.wait(0 if number % 5 else SECOND)
        expect(OK, _call(both[number % 2]), f"{both[number % 2].method}, call {number + 1} in a minute")
    session.wait(SECOND)
    for one in both:
        expect(32, _call(one), f"{one.method} after sixty calls of both methods")


@check("limit.per-minute", needs=CONTROL, methods=method_named(USER))
def no_other_limit_is_there(session: Session) -> None:
    """Who keeps both limits is served for as long as it calls: no hour and no day has a limit of its own."""
    for number in range(LONG):
        expect(OK, _call_in_time(session), f"call {number + 1} of a key that keeps both limits")


LONG = 1050


def _call_in_time(session: Session) -> int:
    return session.ask(session.draft()).code


@check("limit.per-key", needs=CONTROL, rows={"used_up": ("second", "minute"), "named": NEAR_KEYS})
def limits_are_counted_for_each_key_alone(session: Session, used_up: str, named: str) -> None:
    """A key that has used up its second, or its minute, does not use up another's, however alike their names are."""
    other, steps = (
        session.another(key=NEAR_KEYS[named](session.key)),
        [(0, (*FIVE, 31))] if used_up == "second" else [*SIXTY, (SECOND, (32,))],
    )
    for one in (session, other):
        _play(one, steps)


# --- what counts -----------------------------------------------------------------------------------------------------

# The place of the limits in the order of checks: what is wrong with a call that counts is looked at later.
LIMITS_STEP = 5
CASES = [
    one
    for one in (*MISTAKES, *REFUSED_UPLOADS, *ANSWERS)
    if "calls" not in one.parts and "alone" not in one.needs and one is not RIGHT_CALL
]


@check("limit.what-counts", needs=CONTROL, methods=every_method, rows={"case": CASES})
def only_what_comes_to_the_limits_counts(session: Session, case: RequestCase) -> None:
    """Of calls in one instant those count that pass the checks before the limits, whatever they are answered."""
    model = LimitModel()
    session.align()
    for one in (*[case] * 6, *[OWN_CALL] * 6):
        # What is wrong with the format is answered as JSON.
        answer = session.read(session.send(one.make(session, session.draft()), paced=False), "json")
        session.steer.maintenance(on=False)
        refusal = model.ask(session.clock.now) if one.step > LIMITS_STEP else OK
        expect_code(one.code if refusal == OK else refusal, answer, f"{one}, with {len(model.counted)} calls counted")


@check("limit.what-counts", needs=CONTROL)
def downloads_do_not_count(session: Session) -> None:
    """Downloads, by whichever way, and those that are refused, use up neither limit."""
    url = session.resource_url()
    session.wait(2 * SECOND)  # that call is not in the second of the others, and the link serves
    for way in WAYS:
        for address in (url, url, url + "x", url, url):
            asked(session, address, way)
    picture = session.data(GET, session.own_collection()).get("collectionThumbnail")
    session.wait(MINUTE)
    for _ in range(7):
        session.get(url)  # which has expired
        session.get(str(picture or url))
    expect([*FIVE, 31], [_call(session) for _ in range(6)], f"the codes of six calls after {5 * len(WAYS)} downloads")
