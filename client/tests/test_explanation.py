"""The common mistakes are recognised; each digest below was made by hand from the text beside it."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client.explanation import MISTAKES, explain
from flipsnack_client.signature import sign

SECRET = "s3cret"
PARAMS = {"b": "é x", "a": "1", "c": "", "format": "xml"}
CANONICAL = "a1bé xcformatxml"


def md5(text: str, charset: str = "utf-8") -> str:
    """The digest in lower-case hexadecimal."""
    return hashlib.md5(text.encode(charset)).hexdigest()


GIVEN = {
    "unsorted": md5("s3cretbé xa1cformatxml"),
    "format-not-signed": md5("s3creta1bé xc"),
    "empty-dropped": md5("s3creta1bé xformatxml"),
    "percent-encoded": md5("s3creta1b%C3%A9%20xcformatxml"),
    "plus-for-space": md5("s3creta1b%C3%A9+xcformatxml"),
    "separators": md5("s3creta=1&b=é x&c=&format=xml"),
    "secret-missing": md5(CANONICAL),
    "secret-last": md5(f"{CANONICAL}s3cret"),
    "secret-doubled": md5(f"s3cret{CANONICAL}s3cret"),
    "secret-altered": md5(f"s3cret\n{CANONICAL}"),
    "latin-1": md5(f"s3cret{CANONICAL}", "latin-1"),
    "utf-16": md5(f"s3cret{CANONICAL}", "utf-16-le"),
    "hmac": hmac.new(b"s3cret", CANONICAL.encode(), "md5").hexdigest(),
    "other-digest": hashlib.sha256(f"s3cret{CANONICAL}".encode()).hexdigest(),
    "upper-case": md5(f"s3cret{CANONICAL}").upper(),
    "base64": base64.b64encode(hashlib.md5(f"s3cret{CANONICAL}".encode()).digest()).decode(),
    "truncated": md5(f"s3cret{CANONICAL}")[:29],
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_mistake_is_named(name: str) -> None:
    """The one that was made, and no other."""
    assert [name] == [mistake.name for mistake in explain(PARAMS, SECRET, GIVEN[name])]


def test_every_mistake_is_tried_above() -> None:
    """No mistake is in the table that the table above does not make."""
    assert {mistake.name for mistake in MISTAKES} | {"truncated"} == set(GIVEN)


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text())
def test_a_right_signature_has_no_cause(params: dict[str, str], secret: str) -> None:
    """Whatever the texts are."""
    assert [] == list(explain(params, secret, sign(params, secret)))


def test_what_is_never_signed_makes_no_difference() -> None:
    """A signature and a file among the parameters are passed over."""
    params = PARAMS | {"signature": "x", "file": "y"}
    assert ["unsorted"] == [mistake.name for mistake in explain(params, SECRET, GIVEN["unsorted"])]


def test_a_text_that_a_charset_lacks_is_no_such_mistake() -> None:
    """Nobody signs in Latin-1 what Latin-1 cannot write."""
    assert [] == list(explain({"a": "名"}, SECRET, "0" * 32))


def test_a_few_digits_are_no_beginning() -> None:
    """Seven digits could fit by accident."""
    assert [] == list(explain(PARAMS, SECRET, GIVEN["truncated"][:7]))
