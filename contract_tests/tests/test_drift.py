import pytest
from contract_tests.zoo.meddling import fake
from contract_tests.zoo.servers import BROKEN_SERVERS

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.drift import Comparison, compare, ledger_advice
from flipsnack_contract.selection import select
from flipsnack_contract.target.result import Outcome
from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest, examine

PLAN = Plan(examples=5)
JOBS_AND_LIMITS = select(server_checks(), ["job.", "limit.", "signature.", "request.get", "url.lives"])


def _fake(**settings: object) -> TargetUnderTest:
    return examine(WsgiTarget(fake(**settings)))


def _differing(
    first: TargetUnderTest, second: TargetUnderTest, checks: tuple[Check, ...] = JOBS_AND_LIMITS
) -> list[Comparison]:
    return [one for one in compare(checks, first, second, PLAN) if one.differs]


def test_two_of_the_same_do_not_differ() -> None:
    """Whatever a run draws: keys, links and instants are no difference."""
    assert [] == _differing(_fake(), _fake())
    assert [] == _differing(_fake(url_lifetime=61), _fake(url_lifetime=61), select(server_checks(), ["url.lives"]))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"restart_failed": True}, "job.never-goes-back"),
        ({"uppercase_signatures": True}, "signature.lower-case"),
        ({"limit_window": "fixed"}, "limit.sliding-window"),
        ({"lenient_post": True}, "request.get-for-reads"),
        ({"url_lifetime": 59}, "url.lives-60s"),
    ],
)
def test_each_reading_of_the_contract_is_told_by_its_rule(setting: dict[str, object], expected: str) -> None:
    """The first side keeps the rule, the second breaks it; the ledger's advice names the setting."""
    found = _differing(_fake(), _fake(**setting))
    assert {expected} == {one.rule.id for one in found}
    for one in found:
        assert (Outcome.PASSED, Outcome.FAILED) == (one.first.outcome, one.second.outcome)
    assert f"setting {next(iter(setting))}" in "\n".join(ledger_advice(rule(expected)))


def test_both_answers_are_to_the_same_question() -> None:
    """The values that tell the sides apart are tried on both, whichever side they were found on."""
    for sides in ((_fake(), _fake(uppercase_signatures=True)), (_fake(uppercase_signatures=True), _fake())):
        (one,) = _differing(*sides, checks=select(server_checks(), ["signature.lower-case"]))
        codes = {told.outcome: told.steps[-1].partition('"code":')[2][:2] for told in (one.first, one.second)}
        assert {Outcome.PASSED: "44", Outcome.FAILED: "20"} == codes


def test_a_comparison_is_a_result_for_every_report() -> None:
    """A difference has failed and tells both sides and the ledger; what both do alike has passed."""
    (one,) = _differing(_fake(), _fake(uppercase_signatures=True), select(server_checks(), ["signature.lower-case"]))
    result = one.as_result()
    assert (Outcome.FAILED, "signature.lower-case") == (result.outcome, result.broke)
    first, second, *advice = result.message.splitlines()
    assert ("A keeps the rule", "B breaks it: ") == (first, second[:13])
    assert list(ledger_advice(one.rule)) == advice
    assert {"A", "B"} == {step.partition(": ")[0] for step in result.steps}
    (alike,) = compare(select(server_checks(), ["signature.lower-case"]), _fake(), _fake(), PLAN)
    assert (Outcome.PASSED, "") == (alike.as_result().outcome, alike.as_result().message)


def test_a_comparison_that_could_not_be_made_proves_nothing() -> None:
    """Skipped where a side lacks something, broken where a side is gone; and why is said."""
    gone = TargetUnderTest(HttpTarget("http://127.0.0.1:1/v1/"))
    results = [
        one.as_result() for one in compare(select(server_checks(), ["code.41", "job.states"]), _fake(), gone, PLAN)
    ]
    assert {Outcome.SKIPPED, Outcome.BROKEN} == {one.outcome for one in results}
    for one in results:
        assert one.message.startswith("needs " if one.outcome is Outcome.SKIPPED else "Unreachable: ")


def test_two_ways_to_break_a_rule_differ() -> None:
    """Four and six in a second are both wrong, and not the same."""
    (one, *_) = _differing(
        _fake(requests_per_second=4), _fake(requests_per_second=6), select(server_checks(), ["limit.per-second/five"])
    )
    assert (Outcome.FAILED, Outcome.FAILED) == (one.first.outcome, one.second.outcome)


@pytest.mark.parametrize("name", ["code.44", "answer.envelope", "url.expired-is-403"])
def test_a_server_of_the_zoo_is_told_from_the_fake(name: str) -> None:
    """By the rule that it breaks, among others that stumble over it."""
    broken = next(one for one in BROKEN_SERVERS if one.rule == name)
    found = _differing(_fake(), examine(WsgiTarget(broken.make())), select(server_checks(), [name]))
    assert name in {one.rule.id for one in found}


def test_what_one_side_cannot_show_is_no_difference() -> None:
    """Without a control plane, or without an answer, nothing is compared."""
    nowhere = TargetUnderTest(HttpTarget("http://127.0.0.1:1/v1/"))
    (steered, asked) = compare(
        select(server_checks(), ["job.complete-at-once", "code.41/"])[:2], _fake(), nowhere, PLAN
    )
    assert (False, False) == (steered.both_tried, asked.both_tried)
    assert {Outcome.SKIPPED, Outcome.BROKEN} == {steered.second.outcome, asked.second.outcome}


@pytest.mark.parametrize("rule_id", ["signature.lower-case", "code.20", "answer.http-200"])
def test_the_ledger_is_cited_by_its_line(rule_id: str) -> None:
    """So that whoever has the API on one side knows what to change."""
    where, *what = ledger_advice(rule(rule_id))
    assert f'id = "{rule_id}"' in where
    assert what
