from dataclasses import replace

import pytest
from contract_tests.tests.live.conftest import WHO, HeldClock

from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.live.checks import REAL_CHECKS
from flipsnack_contract.target.result import Outcome
from flipsnack_contract.target.target import WsgiTarget
from flipsnack_contract.target.target_under_test import TargetUnderTest
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings


def _patient(*, slow: bool = True, collection: str = "mock-complete") -> TargetUnderTest:
    """A subject without a control plane whose time passes as soon as it is waited for."""
    clock = HeldClock()
    settings, _ = load_settings(flags={"admin": False}, environment={}, file=None)
    target = WsgiTarget(create_app(settings, now=lambda: clock.now))
    return TargetUnderTest(target, credentials=replace(WHO, collection=collection), slow=slow, clock=clock)


@pytest.mark.parametrize("check", REAL_CHECKS, ids=lambda check: check.name)
def test_packages_are_judged_without_a_control_plane(check: Check) -> None:
    """Their links, to the end of the minute; the fake keeps every rule."""
    result = run_check(check, _patient(), Plan())
    assert (Outcome.PASSED, "") == (result.outcome, result.message), result.steps


def test_what_takes_a_minute_wants_to_be_asked_for() -> None:
    """It is skipped by name."""
    slow = [one for one in REAL_CHECKS if "slow" in one.needs]
    assert ["needs slow"] * 2 == [run_check(one, _patient(slow=False), Plan()).message for one in slow]


def test_without_a_built_package_there_is_no_link_to_try() -> None:
    """That is no failure."""
    zips = next(one for one in REAL_CHECKS if one.rule.id == "url.zip")
    assert Outcome.SKIPPED is run_check(zips, _patient(collection="mock-processing"), Plan()).outcome
