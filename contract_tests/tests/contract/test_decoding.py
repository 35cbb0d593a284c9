import json
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.contract.decoding import Answer, Malformed, decode

# What both JSON and XML can carry as it is; a bare carriage return becomes a line feed in XML.
carried = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20)


def _xml(code: int, status: str, data: dict[str, str] | None) -> bytes:
    inner = "" if data is None else "".join(f"<{name}>{escape(text)}</{name}>" for name, text in data.items())
    held = "" if data is None else f"<data>{inner}</data>"
    return f"<response><code>{code}</code><status>{escape(status)}</status>{held}</response>".encode()


@given(status=carried, data=st.none() | st.fixed_dictionaries({"status": carried, "resourceUrl": carried}))
def test_the_three_formats_read_alike(status: str, data: dict[str, str] | None) -> None:
    """One answer written by hand in three formats is read as one and the same."""
    document = {"code": 20, "status": status} | ({} if data is None else {"data": data})
    expected = Answer(20, status, data)
    text = json.dumps(document)
    assert expected == decode(text.encode(), "json")
    assert expected == decode(f"/**/app.done({text});".encode(), "jsonp", callback="app.done")
    assert expected == decode(_xml(20, status, data), "xml")


@pytest.mark.parametrize(
    ("form", "body", "rule"),
    [
        ("json", b"", "answer.json"),
        ("json", b"\xff", "answer.json"),
        ("json", b"[]", "answer.json"),
        ("json", b'{"code":20,"code":20,"status":"OK"}', "answer.json"),
        ("json", b'{"code":NaN,"status":"OK"}', "answer.json"),
        ("json", b'{"status":"OK"}', "answer.envelope"),
        ("json", b'{"code":20,"status":"\\ud800 \\ude00"}', "answer.json"),
        ("jsonp", b'{"code":20,"status":"OK"}', "answer.jsonp"),
        ("jsonp", b'other({"code":20,"status":"OK"});', "answer.jsonp"),
        ("jsonp", b'done({"code":20,"status":"OK"}); more', "answer.jsonp"),
        ("xml", b"<response>", "answer.xml"),
        ("xml", b"<result><code>20</code></result>", "answer.xml"),
        ("xml", b"<response><code>20</code><code>20</code></response>", "answer.xml"),
        ("xml", b"<!DOCTYPE response><response><code>20</code><status/></response>", "answer.xml"),
    ],
)
def test_what_is_not_in_its_format_breaks_that_formats_rule(form: str, body: bytes, rule: str) -> None:
    """Each way to be malformed names the rule that it breaks."""
    with pytest.raises(Malformed) as caught:
        decode(body, form, callback="done")
    assert rule == caught.value.rule


def test_an_escaped_pair_is_one_character() -> None:
    assert "\U0001f600" == decode(b'{"code":20,"status":"\\ud83d\\ude00"}').status


def test_entities_of_a_document_type_are_not_followed() -> None:
    """An answer cannot make the kit read a file."""
    body = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><response><code>20</code><status>&x;</status></response>'
    with pytest.raises(Malformed, match="document type"):
        decode(body, "xml")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"code":"20","status":"OK"}', "code is '20', not a number"),
        (b'{"code":20,"status":7}', "status is 7, not a text"),
        (b'{"code":20,"status":"OK","data":[]}', "data is [], not an object"),
        (b'{"code":41,"status":"Invalid credentials","data":{}}', "data is {}, not absent with code 41"),
        (b'{"code":20,"status":"OK","more":1}', "unexpected member 'more'"),
    ],
)
def test_an_odd_envelope_is_read_with_a_complaint(body: bytes, complaint: str) -> None:
    """It can still be read, so that only the check of the envelope fails."""
    assert (complaint,) == decode(body).complaints


def test_a_documented_answer_is_read() -> None:
    """The XML example of the vendor's page."""
    body = b"""<?xml version="1.0" encoding="utf-8"?>
<response>
<code>20</code>
<status>OK</status>
<data>
<status>COMPLETE</status>
<resourceUrl>https://resource.url.example.com/my-collection.zip</resourceUrl>
</data>
</response>"""
    answer = decode(body, "xml")
    assert (20, "COMPLETE") == (answer.code, answer.state)
    assert "https://resource.url.example.com/my-collection.zip" == answer.resource_url


@pytest.mark.parametrize("form", ["json", "jsonp", "xml"])
@pytest.mark.parametrize(
    "answer",
    [
        {"json": '{"code":20,"status":"OK","data":' + "[" * 100_000 + "]" * 100_000 + "}", "xml": "<a>" * 100_000},
        {"json": '{"code":"' + "9" * 5000 + '"}', "xml": f"<response><code>{'9' * 5000}</code></response>"},
        {"json": '{"code":"٢٠"}', "xml": "<response><code>٢٠</code></response>"},
    ],
    ids=["deep", "long", "digits of another script"],
)
def test_an_answer_without_measure_is_malformed_and_told_in_short(answer: dict[str, str], form: str) -> None:
    text = answer["xml"] if form == "xml" else answer["json"]
    with pytest.raises(Malformed) as caught:
        decode((f"f({text});" if form == "jsonp" else text).encode(), form, callback="f")
    assert len(str(caught.value)) < 1000
