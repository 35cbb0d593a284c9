import runpy
from pathlib import Path

import flipsnack_contract
from flipsnack_contract.contract.ledger import rules, sources
from flipsnack_contract.contract.vectors import vectors

ROLE = Path(__file__).parents[2]


def test_the_published_vector_comes_first_as_published() -> None:
    """The example of "How to sign a request", with the digest that the page prints."""
    first = vectors()[0]
    assert ("published", "26e781d3d1751d82ec284acf4a019def") == (first.name, first.signature)


def test_the_file_is_what_its_generator_writes() -> None:
    """A stale `signature_vectors.json` is found here: run `make generate`."""
    made = runpy.run_path(str(ROLE / "generate_vectors.py"))["document"]()
    spec = Path(flipsnack_contract.__file__).parent / "spec" / "signature_vectors.json"
    assert made == spec.read_text(encoding="utf-8")


def test_vectors_cite_rules_and_sources_of_the_ledger() -> None:
    """Each vector says which rule it shows and where that comes from."""
    assert {vector.rule for vector in vectors()} <= rules().keys()
    assert {vector.source for vector in vectors()} <= sources().keys()


def test_every_rule_of_the_signature_has_a_vector() -> None:
    """Except that of lower case, which all of them show."""
    expected = {rule for rule in rules() if rule.startswith("signature.")} - {"signature.lower-case"}
    shown = {vector.rule for vector in vectors()}
    assert expected == shown
