from collections.abc import Callable
from typing import Any

import pytest

from flipsnack_contract.target.control import Refused, find_control
from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_contract.target.target_under_test import MOST_TAKEN, Credentials, TargetUnderTest, examine

STEERED = {"control", "credentials", "collection"}
NOWHERE = HttpTarget("http://127.0.0.1:1/v1/")


def _accounts(fake: WsgiTarget) -> set[str]:
    control = find_control(fake)
    assert control is not None
    return {account["key"] for account in control.call("GET", "/accounts")["accounts"]}


def test_what_a_target_is_capable_of_follows_from_what_is_known() -> None:
    """A control plane brings keys and collections; credentials bring what they say; an address brings a socket."""
    key = Credentials("k", "s")
    assert {"socket"} == TargetUnderTest(NOWHERE).capabilities
    assert {"socket", "credentials"} == TargetUnderTest(NOWHERE, credentials=key).capabilities
    told = Credentials("k", "s", "d3m0h45h")
    assert {"socket", "credentials", "collection"} == TargetUnderTest(NOWHERE, credentials=told).capabilities
    assert {"socket", "alone"} == TargetUnderTest(NOWHERE, alone=True).capabilities


def test_without_a_control_plane_only_methods_that_change_nothing_are_called(fake: WsgiTarget) -> None:
    assert {True} == {one.read_only for one in examine(NOWHERE).methods}
    assert {True, False} == {one.read_only for one in examine(fake).methods}


def test_an_app_of_this_process_is_ours_alone(fake: WsgiTarget) -> None:
    """Nobody else can reach it."""
    assert STEERED | {"alone"} == examine(fake).capabilities


def test_each_session_has_a_key_that_goes_with_it(fake: WsgiTarget) -> None:
    """Examples do not meet, and nothing is left behind, not even a second key or everybody's maintenance."""
    subject, before = examine(fake), _accounts(fake)
    with subject.session() as first, subject.session() as second:
        keys = {first.key, first.another().key, second.key}
        assert 3 == len(keys)
        assert keys <= _accounts(fake)
        first.maintenance_for_everybody()
        assert 22 == second.ask(second.draft("any")).code
    assert before == _accounts(fake)
    with subject.session() as third:
        assert 20 == third.ask(third.draft()).code


def test_a_key_that_is_taken_is_passed_over(fake: WsgiTarget) -> None:
    """Two runs at one server do not share keys."""
    with examine(fake).session() as one, examine(fake).session() as other:
        assert one.key != other.key


def test_a_secret_is_not_shown() -> None:
    """Not even by accident, in a traceback."""
    assert "hidden" not in repr(Credentials("k", "hidden"))


def test_what_cannot_be_steered_says_so() -> None:
    """A check that forgot to say what it needs is told."""
    with TargetUnderTest(NOWHERE).session() as session:
        with pytest.raises(LookupError, match="needs="):
            session.collection()
        with pytest.raises(LookupError, match="needs="):
            session.maintenance_for_everybody()


def test_keys_of_other_runs_are_passed_over_but_not_for_ever() -> None:
    asked: list[str] = []

    def full(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        asked.append(environ["REQUEST_METHOD"])
        start_response("200 OK" if environ["REQUEST_METHOD"] == "GET" else "409 Conflict", [])
        return [b'{"routes":[]}']

    with pytest.raises(Refused, match="409"), examine(WsgiTarget(full)).session():
        pass
    assert MOST_TAKEN + 1 == asked.count("POST")
