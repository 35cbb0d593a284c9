import pytest
from mock_server.tests.conftest import DOWNLOAD, Door, make_door, signed

from flipsnack_mock.admin.ui.remediation import BY_CODE, BY_RULE, remediation
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.inspect.records import Record, records_of

REFUSED: dict[str | int, dict[str, str | None]] = {
    "request.empty-is-missing": {"apiKey": ""},
    "format.unknown": {"format": "yaml"},
    "callback.required": {"format": "jsonp"},
    "callback.identifier": {"format": "jsonp", "callback": "1"},
    "code.43-unknown": {"collectionHash": "nosuch"},
    30: {"signature": None},
    41: {"apiKey": "nobody"},
    42: {"action": "nosuch"},
    44: {"signature": "0" * 32},
}


def latest(door: Door) -> Record:
    return records_of(door.world, list(door.world.journal.entries())[-1:])[0]


def test_every_rule_with_advice_is_in_the_ledger() -> None:
    """A rule that was renamed would lose its advice."""
    assert set(BY_RULE) <= {rule["id"] for rule in ledger()["rule"]}


@pytest.mark.parametrize(("cause", "changes"), REFUSED.items())
def test_a_rule_has_its_own_advice_and_where_it_has_none_the_code_has(
    door: Door, cause: str | int, changes: dict[str, str | None]
) -> None:
    door.call(**changes)
    assert (BY_RULE[cause] if isinstance(cause, str) else BY_CODE[cause]) == remediation(latest(door))


def test_limits_magic_hashes_and_missing_methods_have_their_own_remediation() -> None:
    door = make_door(requests_per_second=2)
    door.call()
    assert "" == remediation(latest(door))
    assert 44 == door.code(collectionHash="mock-error-44")
    assert "magic hash" in remediation(latest(door))
    assert 31 == door.code()
    assert BY_CODE[31] == remediation(latest(door))
    door.now += 1_000_000
    door.send("&".join(f"{name}={value}" for name, value in signed(action="flipbook.add").items()))
    assert DOWNLOAD in remediation(latest(door))
