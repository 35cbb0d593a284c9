import tomllib
from pathlib import Path

import pytest

from flipsnack_mock.protocol.errors import CATALOGUE, ApiError, Code

CODES = Path(__file__).parents[3] / "contract_tests/src/flipsnack_contract/spec/codes.toml"
MESSAGES: dict[str, str] = tomllib.loads(CODES.read_text("utf-8"))["messages"]


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_messages_are_the_vendors_letter_by_letter(code: int) -> None:
    assert MESSAGES[str(code)] == CATALOGUE[code].message


def test_no_two_errors_share_a_code() -> None:
    # A second name for one value would be an alias.
    assert list(Code.__members__) == [code.name for code in Code]


def test_an_error_has_detail_and_rule_and_the_vendors_message_unless_it_brings_its_own() -> None:
    error = ApiError(Code.FORBIDDEN, "the collection is deleted")
    assert (None, "the collection is deleted", "code.43") == (error.message, error.detail, error.rule)
    assert "code.43-unknown" == ApiError(43, "unknown", rule="code.43-unknown").rule
    assert (99, "Other") == ((other := ApiError(99, "", message="Other")).code, other.message)
