import tomllib
from pathlib import Path

import pytest

from flipsnack_mock.protocol.errors import CATALOGUE, ApiError, NotBuilt

CODES = Path(__file__).parents[3] / "contract_tests/src/flipsnack_contract/spec/codes.toml"
MESSAGES: dict[str, str] = tomllib.loads(CODES.read_text("utf-8"))["messages"]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_messages_are_the_vendors_letter_by_letter(code: int) -> None:
    """The catalogue equals the contract's table of codes."""
    assert MESSAGES[str(code)] == CATALOGUE[code].message


def test_two_errors_cannot_share_a_code() -> None:
    """A second class for a code is refused when it is written."""
    with pytest.raises(TypeError, match="code 41 is taken by InvalidCredentials"):

        class _Twin(ApiError, code=41, message="Twin"):
            """Never made."""

    assert "Twin" != CATALOGUE[41].__name__


def test_an_error_says_for_itself_why_it_came_but_not_to_the_client() -> None:
    """Detail and rule stay beside the vendor's message."""
    error = CATALOGUE[43]("the collection is deleted")
    assert ("Forbidden", "the collection is deleted", "code.43") == (error.message, error.detail, error.rule)
    assert "code.43-unknown" == CATALOGUE[43]("unknown", rule="code.43-unknown").rule


def test_an_unbuilt_method_is_refused_in_our_own_shape() -> None:
    """501, and the body names the method: never the shape of a vendor's answer."""
    refusal = NotBuilt("collection.create")
    assert 501 == refusal.http_status
    assert {"error": {"type": "not_built", "message": refusal.message, "action": "collection.create"}} == refusal.body()
    assert "collection.create" in refusal.message
