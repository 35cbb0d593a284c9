from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.messages import Form
from flipsnack_mock.protocol.parameters import (
    MAX_BODY_BYTES,
    MAX_PARTS,
    MAX_QUERY_BYTES,
    form_parameters,
    parse_body,
    parse_query,
)

FORM = "application/x-www-form-urlencoded"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PARAMS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=8)


@given(params=PARAMS, quoting=st.sampled_from([quote, quote_plus]))
def test_a_query_and_a_form_say_what_was_put_into_them(params: dict[str, str], quoting: Callable[..., str]) -> None:
    raw = urlencode(params, quote_via=quoting).encode()
    assert params == parse_query(raw) == parse_body(raw, FORM) == parse_body(raw, FORM.upper() + "; charset=UTF-8")


@given(params=PARAMS)
def test_the_fields_of_a_multipart_body_are_parameters(params: dict[str, str]) -> None:
    assert params == form_parameters(Form(tuple(params.items())))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a", {"a": ""}),
        (b"a=", {"a": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a=1&&b=2&", {"a": "1", "b": "2"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a%3Db=%26", {"a=b": "&"}),
        (b"a=%C3%A9+%2B", {"a": "é +"}),
        ("a=é".encode(), {"a": "é"}),
        (b"a=%25zz", {"a": "%zz"}),
    ],
)
def test_queries_are_read_as_forms_are_written(raw: bytes, expected: dict[str, str]) -> None:
    assert expected == parse_query(raw)


@pytest.mark.parametrize(
    ("rule", "raws"),
    [
        ("request.duplicate-parameter", [b"a=1&a=1", b"a=1&b=2&%61=3"]),
        ("code.40", [b"=1"]),
        ("request.undecodable", [b"a=%", b"a=%4", b"a=%zz", b"%GG=1"]),
        ("request.undecodable", [b"a=%ff", b"a=\xff", b"a=%c3%28", b"a=%ed%a0%80", b"a=%00", b"a\0=1"]),
        ("request.size", [b"a=" + b"1" * MAX_BODY_BYTES]),
        ("request.size", [b"&".join(b"a%d=1" % number for number in range(MAX_PARTS + 1))]),
    ],
)
def test_what_is_malformed_is_code_40_in_a_query_and_in_a_form(rule: str, raws: list[bytes]) -> None:
    for raw in raws:
        with pytest.raises(BadRequest) as in_query:
            parse_query(raw)
        with pytest.raises(BadRequest) as in_form:
            parse_body(raw, FORM)
        assert (rule, rule) == (in_query.value.rule, in_form.value.rule)


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_parameters_with_names_or_code_40(raw: bytes) -> None:
    with suppress(BadRequest):
        assert "" not in parse_query(raw)


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (Form((("", "1"),)), "code.40"),
        (Form((("a", "1"), ("a", "2"))), "request.duplicate-parameter"),
        (Form((("a", "1"),), damage="cut off", rule="request.size"), "request.size"),
    ],
)
def test_a_form_without_readable_parameters_is_code_40(form: Form, rule: str) -> None:
    with pytest.raises(BadRequest) as caught:
        form_parameters(form)
    assert rule == caught.value.rule


@pytest.mark.parametrize(
    ("body", "content_type", "rule"),
    [
        (b"{}", "application/json", "code.40"),
        (b"a=1", "", "code.40"),
        (b"a=1", "text/plain", "code.40"),
        (b"a" * (MAX_BODY_BYTES + 1), FORM, "request.size"),
    ],
)
def test_a_body_without_readable_parameters_is_code_40(body: bytes, content_type: str, rule: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_body(body, content_type)
    assert rule == caught.value.rule


def test_an_empty_body_has_no_parameters() -> None:
    assert [{}, {}, {}] == [parse_body(b"", content_type) for content_type in ("", "text/plain", "application/json")]


def test_the_largest_query_is_read_and_no_larger_one() -> None:
    largest = b"a=" + b"1" * (MAX_QUERY_BYTES - 2)
    assert MAX_QUERY_BYTES - 2 == len(parse_query(largest)["a"])
    with pytest.raises(BadRequest, match="the query has more than 65536 bytes"):
        parse_query(largest + b"1")
    assert MAX_PARTS == len(parse_query(b"&".join(b"a%d=1" % number for number in range(MAX_PARTS))))
