import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import signature_of

from flipsnack_mock.protocol.signature import canonical, sign, verify

SPEC = Path(__file__).parents[3] / "contract_tests/src/flipsnack_contract/spec/signature_vectors.json"
VECTORS: list[dict[str, Any]] = json.loads(SPEC.read_text("utf-8"))["vectors"]
NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(["signature", "file"])
PARAMS = st.dictionaries(NAMES, st.text(max_size=12), max_size=6)
DIGEST = "26e781d3d1751d82ec284acf4a019def"
PUBLISHED = {"action": "collection.getCollection", "apiKey": "45FD-267-7SG7832", "collectionHash": "fxh4k89"}
SECRET = "123ABCDE-456-7890-FGH"


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_every_vector_of_the_contract_passes(vector: dict[str, Any]) -> None:
    params = dict(vector["parameters"])
    assert canonical(vector["secret"], params) == vector["canonical"]
    assert sign(vector["secret"], params) == vector["signature"]
    assert verify(vector["secret"], params, vector["signature"])


@given(secret=st.text(), params=PARAMS)
def test_it_is_the_md5_of_secret_names_and_values_but_for_signature_and_file(
    secret: str, params: dict[str, str]
) -> None:
    assert sign(secret, params) == signature_of(secret, params)


@pytest.mark.parametrize(
    "other",
    ["", DIGEST[:-1], DIGEST + "0", DIGEST[:-1] + "0", f" {DIGEST}", DIGEST[:29], "é" * 32, "\ud7ff" * 32],
)
def test_anything_else_is_refused(other: str) -> None:
    assert [False, False] == [verify(SECRET, PUBLISHED, other, uppercase=uppercase) for uppercase in (False, True)]


@pytest.mark.parametrize(("uppercase", "accepted"), [(False, [True, False]), (True, [True, True])])
def test_upper_case_passes_only_where_it_is_allowed(uppercase: bool, accepted: list[bool]) -> None:
    assert accepted == [verify(SECRET, PUBLISHED, one, uppercase=uppercase) for one in (DIGEST, DIGEST.upper())]
