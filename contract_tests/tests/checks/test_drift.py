from collections.abc import Iterable

import pytest
from contract_tests.tests.unsteered import HeldClock, unsteered

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.runner import Budget, read, read_only
from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Drift, Result, compare, ledger_advice
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials

RULE = "signature.lower-case"
KEPT, BROKEN = (Result("a", RULE, outcome) for outcome in (Outcome.PASSED, Outcome.FAILED))


def _run(*names: str, **settings: object) -> list[Result]:
    clock = HeldClock()
    key = Credentials("test-drift", "secret-test-drift", "mock-complete")
    target = WsgiTarget(unsteered(clock, **settings))
    subject = read_only(target, Budget(), credentials=key, slow=True, clock=clock)
    return [read(one, subject, Budget()) for one in server_checks(subject.methods) if one.name.startswith(names)]


def _differing(drifts: Iterable[Drift]) -> set[str]:
    return {one.rule.id for one in drifts if one.differs}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({}, set()), ({"uppercase_signatures": True}, {RULE}), ({"url_lifetime": 40}, {"url.lives-60s"})],
)
def test_two_runs_differ_by_the_rules_that_one_server_breaks(settings: dict[str, object], expected: set[str]) -> None:
    """Keys, links and instants of a run are no difference."""
    names = ("signature.", "url.lives", "job.")
    assert expected == _differing(compare(_run(*names), _run(*names, **settings)))


def _result(message: str) -> Result:
    return Result("a", RULE, Outcome.FAILED, message, RULE)


@pytest.mark.parametrize(
    ("first", "second", "judged", "differs"),
    [
        (KEPT, KEPT, True, False),
        (KEPT, BROKEN, True, True),
        (BROKEN, KEPT, True, True),
        (_result("expected 5, got 4"), _result("expected 5, got 6"), True, True),
        (
            _result("kit-1 got http://a/b at 1790000000000"),
            _result("kit-22 got http://c/d at 1800000000000"),
            True,
            False,
        ),
        (KEPT, Result("a", RULE, Outcome.SKIPPED, "needs control"), False, False),
        (Result("a", RULE, Outcome.UNREACHABLE, "no whole answer"), BROKEN, False, False),
    ],
)
def test_what_is_a_difference(first: Result, second: Result, *, judged: bool, differs: bool) -> None:
    """One run kept the rule and the other broke it, or both broke it differently; what was not judged says nothing."""
    (one,) = compare([first], [second])
    assert (judged, differs, RULE) == (one.judged, one.differs, one.rule.id)


def test_a_check_of_one_run_only_is_not_compared() -> None:
    """Two runs of different checks have nothing to say of the rest."""
    assert () == compare([KEPT], [Result("b", RULE, Outcome.PASSED)])


@pytest.mark.parametrize("rule_id", [RULE, "code.20", "answer.http-200", "job.never-goes-back"])
def test_the_ledger_is_cited_by_its_line(rule_id: str) -> None:
    """With what to change there, and the setting of the fake where there is one."""
    where, *what = ledger_advice(rule(rule_id))
    assert f'id = "{rule_id}"' in where
    assert (len(what) > 1) == bool(rule(rule_id).setting)
