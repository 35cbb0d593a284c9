"""A core whose account has fault rules."""

from typing import Any
from urllib.parse import urlencode

from mock_server.tests.conftest import KEY, Door, signed

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.protocol.messages import Response
from flipsnack_mock.state.account import Account


def account(door: Door) -> Account:
    """The account that signed calls are made with."""
    found = door.world.find(KEY)
    assert found is not None
    return found


def arrange(door: Door, fault: Any, /, **fields: Any) -> None:
    """Give the account a rule for this fault."""
    rules = account(door).faults
    rule_id = f"f{len(rules) + 1}"
    rules[rule_id] = FaultRule(**{"id": rule_id, "fault": fault, "made_at": account(door).now(door.now)} | fields)


def answer(door: Door, **changes: str | None) -> Response:
    """The answer to a signed call, as the edge gets it."""
    return door.send(urlencode(signed(**changes)))


def package(door: Door, **headers: Any) -> Response:
    """The answer of the resource URL of a finished job."""
    return door.fetch(door.call(collectionHash="mock-complete")["data"]["resourceUrl"], **headers)


def content(response: Response) -> bytes:
    """The bytes of a package."""
    assert isinstance(response.body, Package)
    return b"".join(response.body.pieces(0, response.body.size))
