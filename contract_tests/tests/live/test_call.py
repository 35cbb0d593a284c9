from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from contract_tests.tests.live.conftest import WHO
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.live.call import Call, Collection, Key, ReadAction, Signature
from flipsnack_contract.target.target_under_test import Credentials

BASE = "http://api.test/v1/"
names = st.text(max_size=8).filter(lambda name: name not in ("action", "apiKey", "collectionHash", "signature", "file"))
calls = st.builds(
    Call,
    key=st.sampled_from(Key),
    signature=st.sampled_from(Signature),
    collection=st.sampled_from(Collection),
    more=st.lists(st.tuples(names, st.text(max_size=8)), max_size=3).map(tuple),
    backwards=st.booleans(),
)


def _sent(call: Call, who: Credentials | None = WHO) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(call.request(BASE, who).url).query, keep_blank_values=True)


@given(call=calls)
def test_whatever_is_built_is_a_get_of_an_allowed_method(call: Call) -> None:
    """There is exactly one action, it is on the list, and nothing has a body."""
    request = call.request(BASE, WHO)
    assert ("GET", b"") == (request.method, request.body)
    assert ["collection.downloadHTML"] == [value for name, value in _sent(call) if name == "action"]


@pytest.mark.parametrize("action", ["collection.delete", "collection.downloadHTML", None])
def test_another_action_cannot_be_built(action: object) -> None:
    """Not even by its text: only a member of the list is an action."""
    with pytest.raises(TypeError, match=r"only collection\.downloadHTML may be called"):
        Call(action=cast("ReadAction", action))


@pytest.mark.parametrize("name", ["action", "apiKey", "collectionHash", "signature", "file"])
def test_an_action_cannot_be_slipped_in(name: str) -> None:
    """Nor can anything else that has a word of its own."""
    with pytest.raises(ValueError, match=f"{name} cannot be set by hand"):
        Call(more=(("note", "x"), (name, "collection.delete")))


@pytest.mark.parametrize(
    ("wanted", "name", "value"),
    [
        ({}, "apiKey", "test-live"),
        ({"key": Key.UNKNOWN}, "apiKey", "not-a-key"),
        ({"key": Key.NONE}, "apiKey", None),
        ({}, "collectionHash", "mock-complete"),
        ({"collection": Collection.NOBODYS}, "collectionHash", "nobody-has-this"),
        ({"collection": Collection.NONE}, "collectionHash", None),
        ({"signature": Signature.NONE}, "signature", None),
        ({"signature": Signature.WRONG}, "signature", "0123456789abcdef0123456789abcdef"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_word(wanted: dict[str, Any], name: str, value: str | None) -> None:
    """All else is right."""
    assert value == dict(_sent(Call(**wanted))).get(name)


def test_without_credentials_a_call_is_nobodys() -> None:
    """It can still be made: its refusal is what is looked at."""
    assert "not-a-key" == dict(_sent(Call(), None))["apiKey"]
