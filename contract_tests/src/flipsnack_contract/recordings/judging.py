"""Holds every check of a recording against the traffic of each API key in it."""

from collections.abc import Iterator, Sequence
from functools import cache

from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.recordings import servers
from flipsnack_contract.scenarios import traffic_checks
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.traffic import Traffic, grouped
from flipsnack_contract.scenarios.traffic_checks import NEEDS
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.trace import masked

STEPS = 40


@cache
def recording_checks() -> tuple[Check, ...]:
    """Every check of a recording: first of the client, then of the server."""
    return checks_in(traffic_checks, servers, capabilities=NEEDS)


def recorded(events: Sequence[Event]) -> frozenset[str]:
    """Which of `NEEDS` the recording has."""
    found = {
        "calls": any(event.kind == "call" for event in events),
        "answers": any(event.kind == "call" and event.readable for event in events),
        "links": any(event.fetches_link for event in events),
    }
    return frozenset(name for name, there in found.items() if there)


def judge_history(checks: Sequence[Check], events: Sequence[Event]) -> Iterator[Result]:
    """The results, one for each check; a check whose needs were not recorded is skipped."""
    have = recorded(events)
    # An event without a key belongs to no client.
    keyed = grouped((event for event in events if event.key), lambda event: event.key)
    by_key = [Traffic(tuple(same)) for same in keyed]
    for one in checks:
        missing = tuple(sorted(one.needs - have))
        if missing:
            why = f"not recorded: {'; '.join(NEEDS[name] for name in missing)}"
            yield Result(one.name, one.rule.id, Outcome.SKIPPED, why, missing=missing)
        else:
            yield _judged(one, by_key)


def _judged(one: Check, by_key: Sequence[Traffic]) -> Result:
    began, outcome, message = stopwatch(), Outcome.PASSED, ""
    steps: tuple[str, ...] = ()
    for traffic in by_key:
        try:
            one.run(traffic)
        except Violation as violation:
            outcome = Outcome.FAILED if one.rule.is_must else Outcome.WARNED
            message, steps = masked(str(violation)), tuple(masked(str(event)) for event in traffic.events[:STEPS])
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
