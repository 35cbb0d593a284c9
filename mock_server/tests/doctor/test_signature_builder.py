import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import signature_of

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.signature_builder import (
    AS_SENT,
    DIGEST_BYTES,
    DIGEST_ENCODINGS,
    ESCAPES,
    NotApplicable,
    SignatureBuilder,
    encoded_length,
)
from flipsnack_mock.doctor.signing_variant import SigningVariant

TEXTS = st.text(max_size=10)
PARAMS = st.dictionaries(st.text(min_size=1, max_size=6), TEXTS, max_size=6)
PAIRS = (("b", " x&"), ("a", "é"), ("signature", "?"), ("empty", ""))


def builder(*pairs: tuple[str, str], raw: tuple[tuple[str, str], ...] = (), secret: str = "s") -> SignatureBuilder:
    return SignatureBuilder(Case(sent=pairs, raw=raw, secrets={OWN: secret}))


@given(PARAMS, TEXTS)
def test_the_plain_recipe_is_the_vendors(params: dict[str, str], secret: str) -> None:
    assert signature_of(secret, params) == builder(*params.items(), secret=secret).signature(SigningVariant())


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "saéb x&empty"),
        ({"order": "as sent"}, "sb x&aéempty"),
        ({"order": ("empty", "b", "a")}, "semptyb x&aé"),
        ({"left_out": frozenset("b")}, "saéempty"),
        ({"added": (("aa", "1"),)}, "saéaa1b x&empty"),
        ({"replaced": (("a", "2"),)}, "sa2b x&empty"),
        ({"with_signature": True}, "saéb x&emptysignature"),
        ({"keep_empty": False}, "saéb x&"),
        ({"trimmed": True}, "saébx&empty"),
        ({"letter_case": "upper"}, "saÉb X&empty"),
        ({"plus_sign": "for space"}, "saéb+x&empty"),
        ({"escape": "RFC 3986"}, "sa%C3%A9b%20x%26empty"),
        ({"escape": "an HTML form"}, "sa%C3%A9b+x%26empty"),
        ({"normal_form": "NFD"}, "sae\u0301b x&empty"),
        ({"names": False}, "sé x&"),
        ({"between": "=", "joint": "&"}, "sa=é&b= x&&empty="),
        ({"joint": "\n", "after_secret": True}, "s\naé\nb x&\nempty"),
        ({"joint": "\n", "trailing": True}, "saé\nb x&\nempty\n"),
        ({"secret_places": ()}, "aéb x&empty"),
        ({"secret_places": ("last",)}, "aéb x&emptys"),
        ({"secret_places": ("first", "last")}, "saéb x&emptys"),
    ],
    ids=str,
)
def test_each_field_of_a_recipe_changes_the_text(fields: dict[str, Any], text: str) -> None:
    assert text == builder(*PAIRS).text(SigningVariant(**fields), "s")


def test_as_in_the_url_takes_what_stood_there() -> None:
    assert "sa%e9" == builder(("a", "é"), raw=(("a", "%e9"),)).text(SigningVariant(escape=AS_SENT), "s")
    assert "sa%C3%A9" == builder(("a", "é")).text(SigningVariant(escape=AS_SENT), "s")


def test_what_a_charset_lacks_cannot_be_signed_but_ascii_writes_question_marks() -> None:
    """The exception lets the search go on; question marks are what Java and .NET write."""
    with pytest.raises(NotApplicable, match="latin-1"):
        builder(("a", "名")).signature(SigningVariant(charset="latin-1"))
    assert hashlib.md5(b"sa?").hexdigest() == builder(("a", "é")).signature(SigningVariant(charset="ascii"))


@given(
    st.binary(min_size=64, max_size=64),
    st.sampled_from(sorted(DIGEST_BYTES)),
    st.sampled_from(sorted(DIGEST_ENCODINGS)),
)
def test_the_length_of_a_writing_is_known(noise: bytes, algorithm: str, digest_encoding: str) -> None:
    """The table of lengths says how long a digest is in each writing, where that does not depend on the digest."""
    size = DIGEST_BYTES[algorithm]
    assert hashlib.new(algorithm).digest_size == size
    length = encoded_length(digest_encoding, algorithm)
    assert length is None or len(DIGEST_ENCODINGS[digest_encoding](noise[:size])) == length


def test_an_escaper_leaves_letters_and_digits_alone() -> None:
    assert {"az09AZ"} == {escape("az09AZ") for escape in ESCAPES.values()}
