import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client.signature import SignatureAuth, sign

SECRET = "123ABCDE-456-7890-FGH"
BASE = {"apiKey": "45FD-267-7SG7832"}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PARAMS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=6)

# The first is the vendor's own (How to sign a request); the others were computed by hand from its rule.
VECTORS = [
    ({"action": "collection.getCollection", "collectionHash": "fxh4k89"}, "26e781d3d1751d82ec284acf4a019def"),
    ({"action": "collection.downloadHTML", "collectionHash": "d3m0h45h"}, "9d0c2720fa67ea87b7842440a77e1db5"),
    (
        {"action": "collection.downloadHTML", "collectionHash": "d3m0h45h", "format": "xml"},
        "f6ec9a5268931eeb41d3f95913f0c663",
    ),
    (
        {"action": "collection.getList", "format": "json", "orderBy": "name", "orderMode": "asc", "query": ""},
        "c75067c9af6c75806ce5af0b6033fc7d",
    ),
]


@pytest.mark.parametrize(("params", "expected"), VECTORS)
def test_sign_agrees_with_the_vectors(params: dict[str, str], expected: str) -> None:
    assert expected == sign({**BASE, **params}, SECRET)


@given(PARAMS)
def test_signature_ignores_parameter_order(params: dict[str, str]) -> None:
    assert sign(params, SECRET) == sign(dict(reversed(params.items())), SECRET)


@given(PARAMS, TEXT)
def test_signature_and_file_are_not_signed(params: dict[str, str], value: str) -> None:
    others = {name: text for name, text in params.items() if name not in ("signature", "file")}
    assert sign(others, SECRET) == sign({**others, "signature": value, "file": value}, SECRET)


@given(PARAMS)
def test_what_is_sent_is_what_is_signed(params: dict[str, str]) -> None:
    """The signature in the URL is that of the query's decoded values, whatever characters they have."""
    sent = {name: text for name, text in params.items() if name != "signature"}
    request = requests.Request("GET", "https://api.flipsnack.com/v1/", params=sent, auth=SignatureAuth(SECRET))
    url = request.prepare().url or ""
    assert url.endswith(f"signature={sign(sent, SECRET)}")


@pytest.mark.parametrize(("params", "secret"), [({"a": "\ud800"}, SECRET), ({"a": "b"}, SECRET + "\udfff")])
def test_text_without_utf8_form_is_refused_without_quoting_it(params: dict[str, str], secret: str) -> None:
    with pytest.raises(ValueError, match="lone surrogate") as caught:
        sign(params, secret)
    assert SECRET not in repr(caught.value)
