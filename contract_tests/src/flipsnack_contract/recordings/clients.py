"""What a recording tells of the client: how often it called, when again, and what it did with links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.recordings.event import ANSWERED, Event
from flipsnack_contract.scenarios.client_limits import FINAL_CODES, LEAST_INTERVAL, LEAST_PAUSE

__all__ = ["calls_in", "grouped", "given_by", "polls_in"]

MINUTE = 60 * SECOND
CREDENTIALS = frozenset({"apiKey", "signature", "action"})
LIMITS = ((5, SECOND), (60, MINUTE))


def calls_in(events: Iterable[Event]) -> list[Event]:
    """The calls of the API."""
    return [event for event in events if event.is_call]


def polls_in(events: Iterable[Event]) -> list[list[Event]]:
    """The calls for a package, by collection."""
    return grouped((event for event in events if event.is_poll), lambda event: event.collection)


def grouped(events: Iterable[Event], what: Callable[[Event], Hashable]) -> list[list[Event]]:
    """The events by what they have in common, in their order."""
    groups: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        groups[what(event)].append(event)
    return list(groups.values())


def given_by(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """Each download with the answer that gave its resource URL, if that was recorded."""
    givers = {event.link: event for event in events if event.link}
    for event in events:
        if not event.is_call and event.url in givers:
            yield event, givers[event.url]


def _pause(before: Event, after: Event) -> int:
    # By the server's time or the wall's, whichever says that it was longer: neither who sleeps under a stopped clock is
    # blamed, nor who sleeps by moving it.
    return max(after.start - before.end, after.wall - before.wall - (before.end - before.start))


@check("client.limits", of="recording", needs={"calls"})
def no_more_calls_than_the_limits(events: Sequence[Event]) -> None:
    """No six calls began in one second, and no 61 in one minute."""
    calls = calls_in(events)
    for limit, window in LIMITS:
        for first, last in zip(calls, calls[limit:], strict=False):
            spread = max(last.start - first.start, last.wall - first.wall)
            if spread < window:
                _broken(f"calls from {first.name} to {last.name}", f"at most {limit} in {window // SECOND} s", spread)


@check("client.back-off", of="recording", needs=ANSWERED)
def a_refused_call_is_repeated_after_a_pause(events: Sequence[Event]) -> None:
    """After 31 the same call comes no sooner than 0.5 s later, after 32 no sooner than 2 s."""
    for before, after in _repeated(events):
        least = LEAST_PAUSE.get(before.code or 0, 0)
        if _pause(before, after) < least:
            expected = f"{least / SECOND:g} s or more after code {before.code}"
            _broken(f"the pause between {before.name} and {after.name}", expected, _pause(before, after))


@check("client.poll-interval", of="recording", needs=ANSWERED)
def polls_are_a_few_seconds_apart(events: Sequence[Event]) -> None:
    """After PROCESSING the next call for that collection comes no sooner than 1.5 s later."""
    for before, after in _successive_polls(events):
        if before.state == "PROCESSING" and _pause(before, after) < LEAST_INTERVAL:
            expected = f"{LEAST_INTERVAL / SECOND:g} s or more"
            _broken(f"the pause between {before.name} and {after.name}", expected, _pause(before, after))


@check("client.final-state", of="recording", needs=ANSWERED)
def a_final_state_ends_the_polling(events: Sequence[Event]) -> None:
    """After FAILED nothing is asked within a minute; after COMPLETE, while its link lives, only once that was tried."""
    tried = {giver.name for _, giver in given_by(events)}
    for before, after in _successive_polls(events):
        if before.state in ("FAILED", "COMPLETE") and before.name not in tried and _pause(before, after) < MINUTE:
            expected = "nothing" if before.state == "FAILED" else "the download of its package"
            raise Violation(f"what comes after {before.state} ({before.name})", expected, str(after))


@check("client.final-error", of="recording", needs=ANSWERED)
def a_final_error_is_not_tried_again(events: Sequence[Event]) -> None:
    """A call that was refused for what it says is not made again within a minute, and refused again."""
    for before, after in _repeated(events):
        if before.code in FINAL_CODES and after.code == before.code and _pause(before, after) < MINUTE:
            raise Violation(f"what comes after code {before.code} ({before.name})", "no such call", str(after))


@check("client.expired-url", of="recording", needs={"calls", "answers", "links"})
def a_dead_link_is_not_tried_again(events: Sequence[Event]) -> None:
    """A link that was refused after its minute is not tried again, and a new one is asked for."""
    dead: dict[str, Event] = {}
    for event, giver in given_by(events):
        if event.url in dead:
            raise Violation(
                "a resource URL that has expired", "no further try", f"{event.name} after {dead[event.url].name}"
            )
        if event.http_status == 403 and event.start >= giver.start + MINUTE:
            dead[event.url] = event
            if not any(
                one.is_poll and one.collection == giver.collection and one.start >= event.start for one in events
            ):
                raise Violation(
                    f"what comes after {event.name}, an expired resource URL", "a call for a new one", "none"
                )


@check("client.get-for-reads", of="recording", needs={"calls"})
def reads_are_gets(events: Sequence[Event]) -> None:
    """A call for a package is a GET."""
    for event in events:
        if event.is_poll and event.method != "GET":
            raise Violation(f"the verb of {event.name}", "GET", event.method)


@check("client.no-xml", of="recording", needs={"calls"})
def no_answer_is_asked_for_as_xml(events: Sequence[Event]) -> None:
    """No call has format=xml."""
    for event in calls_in(events):
        if event.params.get("format") == "xml":
            raise Violation(f"the format of {event.name}", "json or jsonp", "xml")


@check("client.credentials-not-in-download", of="recording", needs=ANSWERED)
def a_link_is_fetched_as_it_was_given(events: Sequence[Event]) -> None:
    """No request for a resource URL has apiKey, signature or action."""
    paths = {str(event.link).partition("?")[0] for event in events if event.link}
    for event in events:
        if event.url.partition("?")[0] in paths and (added := CREDENTIALS & event.params.keys()):
            raise Violation(
                f"the parameters of the download {event.name}", "those of the link", ", ".join(sorted(added))
            )


def _repeated(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    for same in grouped(calls_in(events), lambda event: event.sameness):
        yield from pairwise(same)


def _successive_polls(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    for polls in polls_in(events):
        yield from pairwise(polls)


def _broken(what: str, expected: str, found: int) -> None:
    raise Violation(what, expected, f"{found / SECOND:.3f} s")
