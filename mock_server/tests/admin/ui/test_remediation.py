from typing import Any

import msgspec
import pytest
from mock_server.tests.conftest import DOCUMENT, Door, make_door, signed

from flipsnack_mock.admin.ui.remediation import BY_CODE, BY_RULE, remediation
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import UNBUILT

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


def test_every_rule_with_advice_is_in_the_ledger() -> None:
    """A rule that was renamed would lose its advice."""
    assert set(BY_RULE) <= {rule["id"] for rule in ledger()["rule"]}


@pytest.mark.parametrize(("cause", "changes"), REFUSED.items())
def test_a_rule_has_its_own_advice_and_where_it_has_none_the_code_has(
    door: Door, cause: str | int, changes: dict[str, str | None]
) -> None:
    door.call(**changes)
    assert (BY_RULE[cause] if isinstance(cause, str) else BY_CODE[cause]) == remediation(door.record)


def test_limits_magic_hashes_and_missing_methods_have_their_own_remediation() -> None:
    door = make_door(requests_per_second=2)
    door.call()
    assert "" == remediation(door.record)
    assert 44 == door.code(collectionHash="mock-error-44")
    assert "magic hash" in remediation(door.record)
    assert 31 == door.code()
    assert BY_CODE[31] == remediation(door.record)
    door.now += 1_000_000
    door.send("&".join(f"{name}={value}" for name, value in signed(action="flipbook.add").items()))
    assert UNBUILT["flipbook.add"].why in remediation(door.record)
    assert "retired_methods" in remediation(door.record)


def test_every_code_and_every_refusal_of_an_upload_has_advice(door: Door) -> None:
    assert set(CATALOGUE) == set(BY_CODE)
    refused: dict[int, dict[str, Any]] = {45: {"kind": ""}, 34: {"size": 600_000_000}, 35: {"pages": 1_001}}
    for code, changes in refused.items():
        door.upload(msgspec.structs.replace(DOCUMENT, **changes))
        assert BY_CODE[code] == remediation(door.record)
    door.upload(DOCUMENT, DOCUMENT)
    assert BY_CODE[36] == remediation(door.record)
    door.upload()
    assert BY_RULE["upload.document-required"] == remediation(door.record)
    door.upload(msgspec.structs.replace(DOCUMENT, not_kept="the disk is full"))
    assert "spool" in remediation(door.record)
