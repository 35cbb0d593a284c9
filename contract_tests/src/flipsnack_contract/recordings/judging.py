"""Every look at a recording, key by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.recordings import clients, servers
from flipsnack_contract.recordings.event import NEEDS, Event
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.trace import masked

__all__ = ["judge_history", "recorded", "recording_checks"]

STEPS = 40


@cache
def recording_checks() -> tuple[Check, ...]:
    """Every check of a recording: first of the client, then of the server."""
    return checks_in(clients, servers, capabilities=NEEDS)


def recorded(events: Sequence[Event]) -> frozenset[str]:
    """Which of `NEEDS` the recording has."""
    have = {"calls"} if any(event.is_call for event in events) else set()
    if any(event.is_call and event.readable for event in events):
        have.add("answers")
    if next(clients.given_by(events), None) is not None:
        have.add("links")
    return frozenset(have)


def judge_history(checks: Sequence[Check], events: Sequence[Event]) -> Iterator[Result]:
    """The results, one for each look; what was not recorded is skipped by name."""
    have, by_key = recorded(events), _by_key(events)
    for one in checks:
        missing = tuple(sorted(one.needs - have))
        if missing:
            why = f"not recorded: {'; '.join(NEEDS[name] for name in missing)}"
            yield Result(one.name, one.rule.id, Outcome.SKIPPED, why, missing=missing)
        else:
            yield _judged(one, by_key)


def _judged(one: Check, by_key: Sequence[Sequence[Event]]) -> Result:
    began, outcome, message = stopwatch(), Outcome.PASSED, ""
    steps: tuple[str, ...] = ()
    for events in by_key:
        try:
            one.run(events)
        except Violation as violation:
            outcome = Outcome.FAILED if one.rule.is_must else Outcome.WARNED
            message, steps = masked(str(violation)), tuple(masked(str(event)) for event in events[:STEPS])
            break
    return Result(
        check=one.name,
        rule=one.rule.id,
        outcome=outcome,
        message=message,
        broke=one.rule.id if message else "",
        steps=steps,
        examples=len(by_key),
        seconds=stopwatch() - began,
    )


def _by_key(events: Sequence[Event]) -> list[list[Event]]:
    givers = {event.link: event.key for event in events if event.link}
    paths = {str(link).partition("?")[0]: key for link, key in givers.items()}
    # A download belongs to the key whose answer gave its link; what belongs to nobody tells nothing.
    own = {one.name: one.key if one.is_call else paths.get(one.url.partition("?")[0], "") for one in events}
    return clients.grouped((event for event in events if own[event.name]), lambda event: own[event.name])
