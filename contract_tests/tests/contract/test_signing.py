import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flipsnack_client
from flipsnack_contract.checks.request_cases import extras, texts
from flipsnack_contract.contract.ledger import rules, sources
from flipsnack_contract.contract.signing import canonical, sign
from flipsnack_mock.protocol import signature as fake_signature

Pairs = list[tuple[str, str]]
FILE = resources.files("flipsnack_contract").joinpath("spec", "signature_vectors.json")
VECTORS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors_are_reproduced(vector: dict[str, Any]) -> None:
    """Text and digest of each vector come out."""
    assert vector["canonical"] == canonical(vector["secret"], map(tuple, vector["parameters"]))
    assert vector["signature"] == sign(vector["secret"], map(tuple, vector["parameters"]))


def test_the_published_vector_is_the_first() -> None:
    """The example of "How to sign a request", with the digest that the page prints."""
    assert ("published", "26e781d3d1751d82ec284acf4a019def") == (VECTORS[0]["name"], VECTORS[0]["signature"])


def test_each_rule_of_the_signature_has_a_vector_with_a_source() -> None:
    """Except the rule of lower case, which every vector shows."""
    expected = {rule for rule in rules() if rule.startswith("signature.")} - {"signature.lower-case"} | {
        "upload.file-url-signed"
    }
    assert expected == {vector["rule"] for vector in VECTORS}
    assert {vector["source"] for vector in VECTORS} <= sources().keys()


@given(pairs=extras(), secret=texts)
def test_three_signatures_written_apart_agree(pairs: Pairs, secret: str) -> None:
    """Kit, client and fake were written from the same page by different hands; whatever is signed, they agree."""
    expected = sign(secret, pairs)
    assert expected == flipsnack_client.sign(dict(pairs), secret)
    assert expected == fake_signature.sign(secret, dict(pairs))


@given(orders=extras().flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))), secret=texts)
def test_the_order_of_the_parameters_does_not_matter(orders: tuple[Pairs, Pairs], secret: str) -> None:
    """Names decide the order, not the caller."""
    assert sign(secret, orders[0]) == sign(secret, orders[1])


@given(pairs=extras(), name=st.sampled_from(["signature", "file"]), value=texts)
def test_signature_and_file_are_left_out(pairs: Pairs, name: str, value: str) -> None:
    """Sending them, with whatever value, changes nothing."""
    assert sign("s", pairs) == sign("s", [*pairs, (name, value)])
