"""The two limits of a key ("API limitations"), exact to the microsecond."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.strategies import gaps
from flipsnack_contract.contract.assertions import Violation, expect, expect_code
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.codes import OK
from flipsnack_contract.contract.oracle import LimitModel
from flipsnack_contract.target.session import Session

CONTROL = {"control"}
MINUTE = 60 * SECOND
REFUSALS = (31, 32)


def _call(session: Session) -> int:
    return session.ask(session.draft(), paced=False).code


def _burst(session: Session, calls: int) -> list[int]:
    return [_call(session) for _ in range(calls)]


def _spend(session: Session, calls: int) -> None:
    """Make that many calls as early as the limit of a second allows."""
    for _ in range(calls):
        expect_code(OK, session.ask(session.draft()), "a call that keeps both limits")


@check("limit.per-second", needs=CONTROL, rows={"calls": (5, 6, 9)})
def five_in_a_second(session: Session, calls: int) -> None:
    """Of calls in one instant the first five are served and every further one is 31."""
    session.own_collection()
    session.align()
    expect(([OK] * 5 + [31] * calls)[:calls], _burst(session, calls), f"{calls} calls in one instant")


@check("limit.per-second", needs=CONTROL, rows={"spread": (SECOND - 1, SECOND // 2)})
def a_second_ends_when_it_is_over(session: Session, spread: int) -> None:
    """Within the second of the first call a sixth is 31, wherever in it; at its very end one is served again."""
    session.align()
    expect([OK] * 5, _burst(session, 5), "five calls in one instant")
    session.wait(spread)
    expect(31, _call(session), f"a sixth call {spread / SECOND:.6f} s later")
    session.wait(SECOND - spread)
    expect(OK, _call(session), "a call exactly one second after the first five")


@check("limit.per-minute", needs=CONTROL, rows={"pause": (SECOND, 30 * SECOND, 49 * SECOND - 1)})
def sixty_in_a_minute(session: Session, pause: int) -> None:
    """The first sixty calls of a minute are served, the next is 32 until the minute of the first is over."""
    session.align()
    _spend(session, 60)
    session.wait(pause)
    expect(32, _call(session), f"the 61st call, {(pause + 11 * SECOND) / SECOND:.6f} s after the first")
    session.wait(49 * SECOND - pause)
    expect(OK, _call(session), "a call exactly one minute after the first five")


@check("limit.sliding-window", needs=CONTROL, rows={"offset": (SECOND - 1, SECOND // 2, 1)})
def the_second_is_any_second(session: Session, offset: int) -> None:
    """Five calls late in one calendar second and one early in the next are six in a second: 31."""
    session.own_collection()
    session.align()
    session.wait(offset)
    expect([OK] * 5, _burst(session, 5), "five calls in one instant")
    session.wait(SECOND - offset if offset > 1 else SECOND - 2)
    expect(31, _call(session), "a sixth call in the next calendar second, within a second of the first five")


@check("limit.sliding-window", needs=CONTROL)
def the_minute_is_any_minute(session: Session) -> None:
    """Sixty calls late in one calendar minute and one early in the next are 61 in a minute: 32."""
    session.align()
    session.wait(40 * SECOND)
    _spend(session, 60)
    session.wait(10 * SECOND)
    expect(32, _call(session), "the 61st call, in the next calendar minute, 21 s after the first")


@check("limit.sliding-window", needs=CONTROL)
def each_call_leaves_the_window_alone(session: Session) -> None:
    """A call counts for exactly one second from its own instant: the window slides call by call."""
    session.own_collection()
    session.align()
    for _ in range(5):
        expect(OK, _call(session), "one of five calls, 0.15 s apart")
        session.wait(150_000)
    session.wait(250_000)
    expect(OK, _call(session), "when the first has left the window")
    expect(31, _call(session), "when only the first has left the window")


@check("limit.refused-do-not-count", needs=CONTROL, rows={"refused": (1, 20)})
def refused_calls_do_not_count_in_the_second(session: Session, refused: int) -> None:
    """However often a caller runs into the limit of a second, five calls are served once the second is over."""
    session.align()
    expect([OK] * 5, _burst(session, 5), "five calls in one instant")
    session.wait(SECOND - 1)
    _burst(session, refused)
    session.wait(1)
    expect([OK] * 5, _burst(session, 5), f"five calls a second after the first, and {refused} refused between")


@check("limit.refused-do-not-count", needs=CONTROL)
def refused_calls_do_not_count_in_the_minute(session: Session) -> None:
    """Calls refused for the second do not use up the minute."""
    session.align()
    for _ in range(12):
        expect([OK] * 5, _burst(session, 5), "five calls in a new second")
        _burst(session, 3)
        session.wait(SECOND)
    expect(32, _call(session), "the 61st call that would be served")


@check("limit.sliding-window", needs=CONTROL, varies={"pauses": st.lists(gaps, min_size=6, max_size=90)}, share=0.2)
def no_window_holds_more_than_its_limit(session: Session, pauses: list[int]) -> None:
    """Of any sequence of calls, no second holds more than 5 that were served, no minute more than 60; and each one
    that keeps both limits is served. After a refusal a minute passes: what a refused call counts for is another rule's
    matter.
    """
    session.own_collection()
    model = LimitModel()
    served: list[int] = []
    for pause in pauses:
        session.wait(pause)
        now, code = session.clock.now, _call(session)
        expect(model.ask(now), code, f"call at {now / SECOND:.6f}")
        served += [now] if code not in REFUSALS else []
        session.wait(MINUTE if code in REFUSALS else 0)
    for limit, window in ((5, SECOND), (60, MINUTE)):
        _most(served, limit, window)


def _most(served: list[int], limit: int, window: int) -> None:
    for first, last in zip(served, served[limit:], strict=False):
        if last - first < window:
            raise Violation(f"calls served in {window // SECOND} s", f"at most {limit}", f"{limit + 1} from {first}")


@check("limit.sliding-window", needs=CONTROL, varies={"pauses": st.lists(gaps, min_size=1, max_size=80)}, share=0.1)
def who_keeps_the_limits_is_never_refused(session: Session, pauses: list[int]) -> None:
    """A caller that waits until both limits allow its next call, and not a microsecond longer, never sees 31 or 32."""
    for pause in pauses:
        session.wait(pause)
        expect_code(OK, session.ask(session.draft()), "a call that keeps both limits")


@check("limit.per-key", needs=CONTROL)
def limits_are_counted_for_each_key_alone(session: Session) -> None:
    """A key that has used up its second does not use up another's."""
    other = session.another()
    session.own_collection()
    other.own_collection()
    _burst(session, 6)
    expect([OK] * 5, _burst(other, 5), "five calls of another key at the same time")


@check("limit.per-second", needs=CONTROL, rows={"mistake": ("action", "signature", "collectionHash")})
def calls_that_fail_later_count(session: Session, mistake: str) -> None:
    """A call that passes the limits and fails afterwards counts like any other."""
    draft = session.draft()
    wrong = replace(draft, signature="0" * 32) if mistake == "signature" else draft.with_(**{mistake: "wrong"})
    for _ in range(5):
        session.ask(wrong, paced=False)
    expect(31, _call(session), f"the call after five with a wrong {mistake}")
