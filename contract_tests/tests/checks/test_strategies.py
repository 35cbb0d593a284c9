import re

from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.checks.formats import HOSTILE, RESERVED, spoiled
from flipsnack_contract.checks.request_cases import KNOWN_NAMES, extras, identifiers, names

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@given(text=identifiers)
def test_identifiers_are_in_order(text: str) -> None:
    """Each part is an identifier and no reserved word can end in x."""
    assert all(IDENTIFIER.fullmatch(part) and part.endswith("x") for part in text.split("."))


@given(text=st.one_of(spoiled, st.sampled_from([one for one in HOSTILE if one.isascii() and not one.isalpha()])))
def test_hostile_callbacks_are_not(text: str) -> None:
    """At least one part of each is no identifier, unless it is a reserved word."""
    reserved = not {*text.split(".")}.isdisjoint(RESERVED)
    assert reserved or not all(IDENTIFIER.fullmatch(part) for part in text.split("."))


@given(name=names)
def test_names_are_not_those_of_the_vendor(name: str) -> None:
    """A drawn parameter changes nothing but the signature."""
    assert name not in KNOWN_NAMES


@given(pairs=extras())
def test_no_name_is_drawn_twice(pairs: list[tuple[str, str]]) -> None:
    """A parameter that is sent twice is another rule's matter."""
    assert len(pairs) == len({name for name, _ in pairs})
