from dataclasses import replace

import pytest
from contract_tests.tests.live.conftest import WHO, HeldClock

from flipsnack_contract.check import Check
from flipsnack_contract.live.checks import REAL_CHECKS
from flipsnack_contract.pace import Pace
from flipsnack_contract.result import Outcome
from flipsnack_contract.runner import Plan, run_check
from flipsnack_contract.session import Session
from flipsnack_contract.subject import Subject
from flipsnack_contract.target import WsgiTarget
from flipsnack_mock.app import create_app
from flipsnack_mock.settings import load_settings


class Patient(Subject):
    """A subject without a control plane whose real time passes as soon as it is waited for."""

    def __init__(self, *, slow: bool = True, collection: str = "mock-complete") -> None:
        self.held = HeldClock()
        settings, _ = load_settings(flags={"admin": False}, environment={}, file=None)
        target = WsgiTarget(create_app(settings, now=lambda: self.held.now))
        super().__init__(target, credentials=replace(WHO, collection=collection), slow=slow)
        self.held_pace = Pace(self.held)

    def _foreign(self, stack: object) -> Session:
        return replace(super()._foreign(stack), clock=self.held, pace=self.held_pace)  # type: ignore[arg-type]


@pytest.mark.parametrize("check", REAL_CHECKS, ids=lambda check: check.name)
def test_packages_are_judged_without_a_control_plane(check: Check) -> None:
    """Their links, to the end of the minute; the fake keeps every rule."""
    result = run_check(check, Patient(), Plan())
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


def test_what_takes_a_minute_wants_to_be_asked_for() -> None:
    """It is skipped by name."""
    slow = [one for one in REAL_CHECKS if "slow" in one.needs]
    assert ["needs slow"] * 2 == [run_check(one, Patient(slow=False), Plan()).message for one in slow]


def test_without_a_built_package_there_is_no_link_to_try() -> None:
    """That is no failure."""
    zips = next(one for one in REAL_CHECKS if one.rule.id == "url.zip")
    assert Outcome.SKIPPED is run_check(zips, Patient(collection="mock-processing"), Plan()).outcome
