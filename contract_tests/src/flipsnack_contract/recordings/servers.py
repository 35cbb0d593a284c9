"""What a recording shows of the server: which calls it answered, the order of states, the lifetime of links."""

from itertools import pairwise

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect_in
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.scenarios.traffic import ANSWERS, LINK_LIFETIME, LINKS, Traffic, expect_limit, grouped

# Codes of calls that may not have been counted.
NOT_COUNTED = frozenset({None, 22, 30, 31, 32, 40, 41})
STATES = ("PROCESSING", "COMPLETE", "FAILED")


def _most(traffic: Traffic, limit: int, window: int) -> None:
    served = [event for event in traffic.calls if event.code not in NOT_COUNTED]
    for first, last in zip(served, served[limit:], strict=False):
        # In one window whenever within its time the server counted each call.
        expect_limit(last.end - first.start, limit, window, f"answered calls from {first.name} to {last.name}")


@check("limit.per-second", of="recording", needs=ANSWERS)
def no_second_lets_six_through(traffic: Traffic) -> None:
    """Of the calls that were counted, at most five were answered within a second."""
    _most(traffic, 5, SECOND)


@check("limit.per-minute", of="recording", needs=ANSWERS)
def no_minute_lets_61_through(traffic: Traffic) -> None:
    """Of the calls that were counted, at most 60 were answered within a minute."""
    _most(traffic, 60, MINUTE)


@check("job.states", of="recording", needs=ANSWERS)
def three_states(traffic: Traffic) -> None:
    """The status of a package is PROCESSING, COMPLETE or FAILED."""
    for event in traffic.events:
        if event.is_poll and event.code == 20:
            expect_in(STATES, event.state, f"the status in {event.name}")


@check("job.never-goes-back", of="recording", needs=ANSWERS)
def what_is_final_stays(traffic: Traffic) -> None:
    """For one collection only COMPLETE comes after COMPLETE, and only FAILED after FAILED."""
    answered = (event for event in traffic.calls if event.is_poll and event.code == 20)
    for polls in grouped(answered, lambda event: event.collection):
        for before, after in pairwise(polls):
            if before.state in STATES[1:] and after.state != before.state:
                raise Violation(f"the state after {before.state} ({before.name})", str(before.state), str(after))


@check("job.resource-url-with-complete", of="recording", needs=ANSWERS)
def links_come_with_complete(traffic: Traffic) -> None:
    """A resource URL is given with COMPLETE and only with it."""
    for event in traffic.events:
        if event.is_poll and event.code == 20 and bool(event.link) != (event.state == "COMPLETE"):
            raise Violation(
                f"resourceUrl with {event.state} ({event.name})", "with COMPLETE and only then", str(event.link)
            )


@check("job.fresh-resource-url", of="recording", needs=ANSWERS)
def each_answer_has_its_own_link(traffic: Traffic) -> None:
    """No two answers gave the same resource URL."""
    for first, *others in grouped((event for event in traffic.events if event.link), lambda event: event.link):
        if others:
            found = f"{others[0].name} has that of {first.name}"
            raise Violation("the resource URL of an answer", "one of its own", found)


@check("url.lives-60s", of="recording", needs=LINKS)
def links_live_a_minute(traffic: Traffic) -> None:
    """A link is served for a minute and refused after it; where the recorded times leave a doubt, either is right."""
    for event in traffic.downloads:
        giver = event.giver
        if giver is None or not event.fetches_link:
            continue
        age = f"{(event.start - giver.start) / SECOND:.3f} s after {giver.name}"
        if event.http_status in (200, 206) and event.start >= giver.end + LINK_LIFETIME:
            raise Violation(f"{event.name}, a resource URL {age}", "refused", f"HTTP {event.http_status}")
        if event.http_status == 403 and not event.spoilt and event.end < giver.start + LINK_LIFETIME:
            raise Violation(f"{event.name}, a resource URL {age}", "served", "HTTP 403")
