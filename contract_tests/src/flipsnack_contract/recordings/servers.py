"""What a recording tells of the server: what it let through, how states followed each other, how long links lived."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect_in
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.recordings.clients import calls_in, given_by, polls_in
from flipsnack_contract.recordings.event import ANSWERED, Event

__all__: list[str] = []

MINUTE = 60 * SECOND
# What is answered before a call is counted; 30 and 40 may come before it or after.
NOT_COUNTED = frozenset({None, 22, 30, 31, 32, 40, 41})
STATES = ("PROCESSING", "COMPLETE", "FAILED")
FINAL = STATES[1:]
LINKED = {"calls", "answers", "links"}


def _most(events: Sequence[Event], limit: int, window: int) -> None:
    served = [event for event in calls_in(events) if event.code not in NOT_COUNTED]
    for first, last in zip(served, served[limit:], strict=False):
        # Only what was in one window wherever in its time the server counted each call.
        spread = last.end - first.start
        if spread < window:
            raise Violation(
                f"calls that were let through from {first.name} to {last.name}",
                f"at most {limit} in {window // SECOND} s",
                f"{limit + 1} in {spread / SECOND:.3f} s",
            )


@check("limit.per-second", of="recording", needs=ANSWERED)
def no_second_lets_six_through(events: Sequence[Event]) -> None:
    """Of calls that were counted, no six were let through within a second."""
    _most(events, 5, SECOND)


@check("limit.per-minute", of="recording", needs=ANSWERED)
def no_minute_lets_61_through(events: Sequence[Event]) -> None:
    """Of calls that were counted, no 61 were let through within a minute."""
    _most(events, 60, MINUTE)


@check("job.states", of="recording", needs=ANSWERED)
def three_states(events: Sequence[Event]) -> None:
    """Each package is PROCESSING, COMPLETE or FAILED."""
    for event in events:
        if event.is_poll and event.code == 20:
            expect_in(STATES, event.state, f"the status in {event.name}")


@check("job.never-goes-back", of="recording", needs=ANSWERED)
def what_is_final_stays(events: Sequence[Event]) -> None:
    """For one collection only COMPLETE comes after COMPLETE, and only FAILED after FAILED."""
    for polls in polls_in(events):
        for before, after in pairwise(event for event in polls if event.code == 20):
            if before.state in FINAL and after.state != before.state:
                raise Violation(f"the state after {before.state} ({before.name})", str(before.state), str(after))


@check("job.resource-url-with-complete", of="recording", needs=ANSWERED)
def links_come_with_complete(events: Sequence[Event]) -> None:
    """A resource URL is given with COMPLETE and only with it."""
    for event in events:
        if event.is_poll and event.code == 20 and bool(event.link) != (event.state == "COMPLETE"):
            raise Violation(
                f"resourceUrl with {event.state} ({event.name})", "with COMPLETE and only then", str(event.link)
            )


@check("job.fresh-resource-url", of="recording", needs=ANSWERED)
def each_answer_has_its_own_link(events: Sequence[Event]) -> None:
    """No two answers gave the same resource URL."""
    seen: dict[str, Event] = {}
    for event in events:
        if event.link and event.link in seen:
            raise Violation(
                "the resource URL of an answer", "one of its own", f"{event.name} has that of {seen[event.link].name}"
            )
        if event.link:
            seen[event.link] = event


@check("url.lives-60s", of="recording", needs=LINKED)
def links_live_a_minute(events: Sequence[Event]) -> None:
    """A link was served in its minute and refused after it, as far as the recorded times leave no doubt."""
    for event, giver in given_by(events):
        age = f"{(event.start - giver.start) / SECOND:.3f} s after {giver.name}"
        if event.http_status in (200, 206) and event.start >= giver.end + MINUTE:
            raise Violation(f"{event.name}, a resource URL {age}", "refused", f"HTTP {event.http_status}")
        if event.http_status == 403 and not event.spoilt and event.end < giver.start + MINUTE:
            raise Violation(f"{event.name}, a resource URL {age}", "served", "HTTP 403")
