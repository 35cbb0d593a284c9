"""Holds every check of a recording against the traffic of each API key in it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from flipsnack_contract.checks.check import Check, checks_in
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.recordings import servers
from flipsnack_contract.scenarios import traffic
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.traffic import NEEDS, Traffic, grouped
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result
from flipsnack_contract.target.target import masked

STEPS = 40


@cache
def recording_checks() -> tuple[Check, ...]:
    """Every check of a recording: first of the client, then of the server."""
    return checks_in(traffic, servers, capabilities=NEEDS)


def judge_history(checks: Sequence[Check], events: Sequence[Event]) -> Iterator[Result]:
    """The results, one for each check; a check whose needs were not recorded is skipped."""
    found = {
        "calls": any(event.kind == "call" for event in events),
        "answers": any(event.kind == "call" and event.readable for event in events),
        "links": any(event.fetches_link for event in events),
    }
    # An event without a key belongs to no client.
    keyed = (event for event in events if event.key)
    by_key = [Traffic(tuple(same)) for same in grouped(keyed, lambda event: event.key)]
    for one in checks:
        missing = tuple(sorted(name for name in one.needs if not found[name]))
        if missing:
            why = f"not recorded: {'; '.join(NEEDS[name] for name in missing)}"
            yield Result(one.name, one.rule.id, Outcome.SKIPPED, why, missing=missing)
        else:
            yield _judged(one, by_key)


def _judged(one: Check, by_key: Sequence[Traffic]) -> Result:
    began, result = stopwatch(), Result(one.name, one.rule.id, Outcome.PASSED, examples=len(by_key))
    for of_key in by_key:
        try:
            one.run(of_key)
        except Violation as violation:
            result = replace(
                result,
                outcome=Outcome.FAILED if one.rule.is_must else Outcome.WARNED,
                message=masked(str(violation)),
                broke=one.rule.id,
                steps=tuple(masked(str(event)) for event in of_key.events[:STEPS]),
            )
            break
    return replace(result, seconds=stopwatch() - began)
