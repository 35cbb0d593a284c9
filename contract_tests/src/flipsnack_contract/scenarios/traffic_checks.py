"""The rules that a client's traffic alone shows to be broken: its pace, its pauses, and what it sends where.

Each is written once, and held against the log of a scenario as well as against a recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flipsnack_contract.checks.check import Check, check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.scenarios.client_limits import (
    CREDENTIALS,
    FINAL_CODES,
    LEAST_INTERVAL,
    LEAST_PAUSE,
    LIMITS,
    LINK_LIFETIME,
)
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.traffic import Traffic, pause

__all__ = ["TRAFFIC_RULES", "TrafficRule"]


@dataclass(frozen=True)
class TrafficRule:
    """A rule of the ledger and the function that raises `Violation` where traffic breaks it.

    `needs` is what a recording must have: `calls`, `answers`, `links`.
    """

    rule: str
    judge: Callable[[Traffic], None]
    needs: frozenset[str]

    def of_client(self) -> Check:
        """The check of a scenario's log."""

        @wraps(self.judge)
        def run(scenario_run: ScenarioRun) -> None:
            self.judge(scenario_run.traffic)

        return check(self.rule)(run)

    def of_recording(self) -> Check:
        """The check of a recording."""
        return check(self.rule, of="recording", needs=self.needs)(self.judge)


def both_limits_are_kept(traffic: Traffic) -> None:
    """Never more than 5 calls in any second, and never more than 60 in any minute."""
    for most, window in LIMITS:
        for first, last in zip(traffic.calls, traffic.calls[most:], strict=False):
            spread = max(last.start - first.start, last.wall - first.wall)
            if spread < window:
                expected = f"at most {most} in {window // SECOND} s"
                raise Violation(
                    f"calls from {first.name} to {last.name}", expected, f"{most + 1} in {_seconds(spread)}"
                )


def polls_are_a_few_seconds_apart(traffic: Traffic) -> None:
    """After PROCESSING the next poll comes no sooner than 1.5 s later, except for a last one before the deadline."""
    for before, after in traffic.successive_polls():
        if before.state == "PROCESSING" and not _is_last_call(traffic, after):
            _expect_pause(before, after, LEAST_INTERVAL, "PROCESSING")


def _is_last_call(traffic: Traffic, call: Event) -> bool:
    from_ = traffic.last_call_from
    return from_ is not None and call is traffic.calls[-1] and call.start >= from_


def a_refused_call_waits(traffic: Traffic) -> None:
    """After 31 the call is repeated no sooner than 0.5 s later, after 32 no sooner than 2 s."""
    for before, after in traffic.repetitions():
        _expect_pause(before, after, LEAST_PAUSE.get(before.code or 0, 0), f"code {before.code}")


def _expect_pause(before: Event, after: Event, least: int, why: str) -> None:
    found = pause(before, after)
    if found < least:
        expected = f"at least {least / SECOND:g} s after {why}"
        raise Violation(f"the pause between {before.name} and {after.name}", expected, _seconds(found))


def a_final_state_ends_the_polling(traffic: Traffic) -> None:
    """After FAILED there is no further poll; after COMPLETE only once the resource URL was tried."""
    for before, after in traffic.successive_polls():
        if before.state in ("FAILED", "COMPLETE") and not before.link_tried and traffic.is_soon(before, after):
            expected = "no further poll" if before.state == "FAILED" else "the download"
            raise Violation(f"what follows {before.state} ({before.name})", expected, str(after))


def a_final_error_is_not_tried_again(traffic: Traffic) -> None:
    """A call that was refused for what it says is not repeated."""
    for before, after in traffic.repetitions():
        repeated = traffic.one_task or after.code == before.code
        if before.code in FINAL_CODES and repeated and traffic.is_soon(before, after):
            raise Violation(f"what follows code {before.code} ({before.name})", "no further call", str(after))


def a_dead_link_is_not_tried_again(traffic: Traffic) -> None:
    """A resource URL that was refused because it expired is not requested again; a new one is asked for."""
    dead: dict[str, Event] = {}
    for event in traffic.downloads:
        if event.url in dead:
            found = f"{event.name} after {dead[event.url].name}"
            raise Violation("a resource URL that has expired", "no further request", found)
        if _is_expired(traffic, event):
            dead[event.url] = event
            _expect_new_link(traffic, event)


def _is_expired(traffic: Traffic, event: Event) -> bool:
    if event.http_status != 403 or event.spoilt:
        return False
    if event.giver is None:
        return traffic.one_task
    return event.fetches_link and event.start >= event.giver.start + LINK_LIFETIME


def _expect_new_link(traffic: Traffic, event: Event) -> None:
    giver = event.giver
    # A scenario has a rule of its own for that: it knows whether there was time for another call.
    if giver is not None and not any(
        call.is_poll and call.collection == giver.collection and call.start >= event.start for call in traffic.calls
    ):
        raise Violation(f"what follows {event.name}, an expired resource URL", "a call for a new one", "none")


def reads_are_gets(traffic: Traffic) -> None:
    """A call of a method that only reads is a GET."""
    reads = {method.name for method in methods() if method.verb == "GET"}
    for event in traffic.calls:
        if traffic.one_task or event.action in reads:
            expect("GET", event.method, f"the verb of {event.name}")


def xml_is_asked_for_only_when_told(traffic: Traffic) -> None:
    """format=xml is sent only by a client that was asked to use XML."""
    for event in traffic.calls:
        if not traffic.reads_xml and event.params.get("format") == "xml":
            raise Violation(f"the format of {event.name}", "json or jsonp", "format=xml")


def downloads_carry_no_credentials(traffic: Traffic) -> None:
    """A resource URL is requested as it was given: without apiKey, signature and action."""
    for event in traffic.downloads:
        if found := sorted(CREDENTIALS & event.params.keys()):
            raise Violation(f"the parameters of the download {event.name}", "those of the link", ", ".join(found))


def _seconds(micros: int) -> str:
    return f"{micros / SECOND:.3f} s"


CALLS = frozenset({"calls"})
ANSWERS = CALLS | {"answers"}
TRAFFIC_RULES = (
    TrafficRule("client.limits", both_limits_are_kept, CALLS),
    TrafficRule("client.poll-interval", polls_are_a_few_seconds_apart, ANSWERS),
    TrafficRule("client.back-off", a_refused_call_waits, ANSWERS),
    TrafficRule("client.final-state", a_final_state_ends_the_polling, ANSWERS),
    TrafficRule("client.final-error", a_final_error_is_not_tried_again, ANSWERS),
    TrafficRule("client.expired-url", a_dead_link_is_not_tried_again, ANSWERS | {"links"}),
    TrafficRule("client.get-for-reads", reads_are_gets, CALLS),
    TrafficRule("client.no-xml", xml_is_asked_for_only_when_told, CALLS),
    TrafficRule("client.credentials-not-in-download", downloads_carry_no_credentials, ANSWERS),
)
"""All of them."""
