import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mock_server.tests.formats import as_texts, from_jsonp, from_xml

from flipsnack_mock.protocol.envelope import FORMATS, Envelope, Tree, is_callback, render

# What the core can be asked to say: any text that came in as UTF-8 or as JSON.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = TEXT | st.integers() | st.none()
NAMES = st.sampled_from(["status", "resourceUrl", "title"])
# XML does not tell an empty list from an empty text.
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, min_size=1, max_size=3),
    max_leaves=5,
)
DATA = st.none() | st.dictionaries(NAMES, VALUES, max_size=3)
ANSWERS = st.builds(Envelope, st.integers(20, 46), TEXT, DATA)
HOSTILE = Envelope(20, "</script><script>\u2028\u2029]]>&\"'*/ \0\x0b\r\n\ufffe\U0001f600", {"title": "\r\n<a>"})


@given(answer=ANSWERS)
@example(answer=HOSTILE)
def test_the_three_formats_say_the_same_and_change_only_what_xml_cannot_carry(answer: Envelope) -> None:
    """Each character that XML 1.0 has no way to write becomes U+FFFD; every other arrives as it was."""
    tree = json.loads(render(answer, "json"))
    assert tree == from_jsonp(render(answer, "jsonp", "a.b"), "a.b")
    assert as_texts(tree) == from_xml(render(answer, "xml"))
    assert re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", answer.status) == tree["status"]


@given(answer=ANSWERS)
@example(answer=HOSTILE)
def test_no_text_can_end_the_script_or_the_line(answer: Envelope) -> None:
    assert not set("<>\u2028\u2029\r\n") & set(render(answer, "jsonp", "callback").decode())


@pytest.mark.parametrize(
    ("fmt", "content_type", "expected"),
    [
        ("json", "application/json", b'{"code":20,"status":"OK","data":{"status":"PROCESSING"}}'),
        ("jsonp", "application/javascript", b'/**/my.f({"code":20,"status":"OK","data":{"status":"PROCESSING"}});'),
        (
            "xml",
            "application/xml",
            b'<?xml version="1.0" encoding="utf-8"?>\n'
            b"<response><code>20</code><status>OK</status><data><status>PROCESSING</status></data></response>\n",
        ),
    ],
)
def test_an_answer_looks_as_the_vendor_prints_it_and_an_error_has_no_data(
    fmt: str, content_type: str, expected: bytes
) -> None:
    assert f"{content_type}; charset=utf-8" == FORMATS[fmt].content_type
    assert expected == render(Envelope(20, "OK", {"status": "PROCESSING"}), fmt, "my.f")
    # `data` is absent, not null.
    assert b"data" not in render(Envelope(41, "Invalid credentials"), fmt, "f")


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"a": True, "b": False}, "<a>true</a><b>false</b>"),
        ({"a": None}, "<a></a>"),
        ({"a": 1.5}, "<a>1.5</a>"),
        ({"a": {"b": {"c": "&"}}}, "<a><b><c>&amp;</c></b></a>"),
        ({"a": [1, {"b": "x"}, {"b": []}]}, "<a><item>1</item><item><b>x</b></item><item><b></b></item></a>"),
    ],
)
def test_xml_writes_scalars_as_texts_and_a_list_as_items(tree: Tree, expected: str) -> None:
    assert f"<data>{expected}</data>" in render(Envelope(20, "OK", tree), "xml").decode()


@pytest.mark.parametrize(
    ("expected", "callbacks"),
    [
        (True, ["f", "_", "$", "a1", "jQuery123_456", "a.b.c", "$.ajax.done", "A" * 255]),
        (False, ["", ".", "a.", ".a", "a..b", "A" * 256]),
        (False, ["var", "a.delete", "this.x", "null", "function"]),
        (False, ["1a", "a-b", "a b", "a\n", "a\0", "a\u2028b", "été", "a()", "a;b", "a[0]", "a/**/b", "<script>"]),
        (False, ["alert(1)//"]),
    ],
    ids=["paths of identifiers", "empty or too long", "reserved words", "other characters", "code"],
)
def test_only_a_path_of_identifiers_is_a_callback(expected: bool, callbacks: list[str]) -> None:
    assert dict.fromkeys(callbacks, expected) == {callback: is_callback(callback) for callback in callbacks}
