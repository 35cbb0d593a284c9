from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest
from contract_tests.zoo.meddling import Answered, App, Asked, fake, meddled
from contract_tests.zoo.servers import SIDE

from flipsnack_contract.checks.check import Check
from flipsnack_contract.live.budget import Budget
from flipsnack_contract.live.caller import Caller
from flipsnack_contract.live.probes import read_only_checks
from flipsnack_contract.live.run import run_probes
from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import CAPABILITIES, Credentials, examine


class Broken(NamedTuple):
    """A server on which a probe has to fail, and the schedule of the collection that it is tried with."""

    make: Callable[[], App]
    schedule: str = "immediate"


def _zoo(name: str, schedule: str = "immediate") -> Broken:
    return Broken(SIDE.mutant(name).make, schedule)


def _without_its_end(asked: Asked, answered: Answered) -> Answered:
    """A package as it is when its making was interrupted."""
    return replace(answered, body=answered.body[:100]) if asked.path.startswith("/packages/") else answered


BROKEN = {
    "an-unknown-key": _zoo("says 44 for 41"),
    "no-key-and-no-signature": _zoo("says 40 for 30"),
    "no-collection": _zoo("lets the collection be missing"),
    "a-wrong-signature": _zoo("says 41 for 44"),
    "a-collection-nobody-has": _zoo("tells unknown from foreign"),
    "a-format-that-is-none": _zoo("takes an unknown format for JSON"),
    "jsonp-without-a-callback": _zoo("says 40 for 30"),
    "a-parameter-twice": _zoo("takes the first of two"),
    "errors-are-http-200": _zoo("answers 41 with HTTP 401"),
    "the-default-is-json": _zoo("calls its JSON text"),
    "an-error-in-each-format": _zoo("writes the messages of errors small in XML"),
    "any-order-of-sending": _zoo("signs in the order sent"),
    "decoded-text-is-signed": _zoo("signs the escaped text"),
    "an-empty-value-is-signed": _zoo("leaves empty values unsigned"),
    "upper-case-is-wrong": _zoo("takes upper-case signatures"),
    "who-keeps-to-the-pace-is-served": _zoo("allows four in a second"),
    "a-right-call": _zoo("says 200 for 20"),
    "the-envelope": _zoo("gives the code as a text"),
    "one-of-three-states": _zoo("says RUNNING", "after-3-polls"),
    "what-is-final-stays": _zoo("goes back from COMPLETE once"),
    "a-link-with-complete-only": _zoo("completes without a link"),
    "each-answer-has-its-own-link": _zoo("repeats its link"),
    "the-link-serves-a-zip": Broken(lambda: meddled(answer=_without_its_end)),
    "head-and-a-range": _zoo("knows no ranges"),
    # The zoo's are a second off, which two clocks and a network may be as well.
    "a-link-lives-a-minute": Broken(lambda: fake(url_lifetime=50)),
    "a-dead-link-is-access-denied": _zoo("answers an expired link with 404"),
}


def _tried(one: Check, broken: Broken) -> Result:
    """What comes of a probe at that server, whose time passes as the probe waits."""
    subject = examine(WsgiTarget(broken.make()))
    with subject.session() as session:
        assert session.account is not None
        who = Credentials(session.key, session.secret, session.account.create_collection(schedule=broken.schedule))
        budget = Budget(one.calls or 0)
        caller = Caller(subject.target, who, clock=session.clock, pace=session.pace, budget=budget)
        (result,) = run_probes([one], lambda: caller, have=frozenset(CAPABILITIES), budget=budget, finished={})
        return result


@pytest.mark.parametrize("one", read_only_checks(), ids=lambda one: one.name)
def test_a_probe_fails_on_a_server_that_breaks_its_rule(one: Check) -> None:
    """For that rule, and within the calls that it said it would make."""
    result = _tried(one, BROKEN[one.name.partition("/live-")[2]])
    expected = Outcome.FAILED if one.rule.is_must else Outcome.WARNED
    assert (expected, one.rule.id) == (result.outcome, result.broke), result.message


@pytest.mark.parametrize("one", read_only_checks(), ids=lambda one: one.name)
def test_a_probe_finds_nothing_on_the_fake(one: Check) -> None:
    """Tried in the same way."""
    result = _tried(one, Broken(fake))
    assert (Outcome.PASSED, "") == (result.outcome, result.message)


def test_a_link_that_lives_too_long_is_found_too() -> None:
    """The minute has two ends."""
    one = next(one for one in read_only_checks() if one.rule.id == "url.lives-60s")
    assert "url.lives-60s" == _tried(one, Broken(lambda: fake(url_lifetime=70))).broke
