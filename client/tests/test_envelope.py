import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from flipsnack_client.envelope import CALLBACK, decode
from flipsnack_client.exceptions import MalformedAnswer

VENDOR_XML = b"""<?xml version="1.0" encoding="utf-8"?>
<response>
<code>20</code>
<status>OK</status>
<data>
<status>COMPLETE</status>
<resourceUrl>https://resource.url.example.com/my-collection.zip</resourceUrl>
</data>
</response>"""

# What XML 1.0 can carry, without the carriage return that its parsers normalise.
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n", exclude_characters="\ufffe\uffff")
)
DATA = st.none() | st.dictionaries(st.sampled_from(["status", "resourceUrl", "more"]), XML_TEXT, min_size=1)


def as_json(code: int, message: str, data: dict[str, str] | None) -> bytes:
    fields = {"code": code, "status": message} | ({} if data is None else {"data": data})
    return json.dumps(fields, ensure_ascii=False).encode()


def as_xml(code: int, message: str, data: dict[str, str] | None) -> bytes:
    root = etree.Element("response")
    etree.SubElement(root, "code").text = str(code)
    etree.SubElement(root, "status").text = message
    if data is not None:
        holder = etree.SubElement(root, "data")
        for name, text in data.items():
            etree.SubElement(holder, name).text = text
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@given(st.integers(0, 10**8), XML_TEXT, DATA)
def test_the_three_formats_say_the_same(code: int, message: str, data: dict[str, str] | None) -> None:
    body = as_json(code, message, data)
    decoded = [
        decode(body, "json"),
        decode(f"{CALLBACK}(".encode() + body + b");", "jsonp"),
        decode(b"/**/" + CALLBACK.encode() + b"(" + body + b")", "jsonp"),
        decode(as_xml(code, message, data), "xml"),
    ]
    assert [(code, message, data)] * 4 == [(one.code, one.message, one.data) for one in decoded]


def test_the_vendors_xml_example_is_read_and_comments_do_not_split_text() -> None:
    expected = {"status": "COMPLETE", "resourceUrl": "https://resource.url.example.com/my-collection.zip"}
    assert expected == decode(VENDOR_XML, "xml").data
    commented = decode(b"<response><code>2<!-- x -->0</code><status>O<?x y?>K</status></response>", "xml")
    assert (20, "OK") == (commented.code, commented.message)


BOMB = b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"
EXTERNAL = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
MALFORMED = [
    ("json", b""),
    ("json", b"<html>"),
    ("json", b'{"code": 20, "status": "OK",}'),
    ("json", b'{"code": "20", "status": "OK"}'),
    ("json", b'{"code": true, "status": "OK"}'),
    ("json", b'{"code": 20.0, "status": "OK"}'),
    ("json", b'{"code": NaN, "status": "OK"}'),
    ("json", b'{"code": 20, "status": "OK", "data": {"views": 1e999}}'),
    ("json", b'{"code": 20, "status": "OK", "data": {"views": %s}}' % (b"9" * 5_000)),
    ("json", b'{"code": 20, "status": "\\ud800"}'),
    ("json", b'{"status": "OK"}'),
    ("json", b'{"code": 20}'),
    ("json", b'{"code": 20, "status": null}'),
    ("json", b'{"code": 20, "status": "OK", "data": []}'),
    ("json", b'[20, "OK"]'),
    ("json", b'{"code": 20, "status": "\xff"}'),
    ("json", b"[" * 200_000),
    ("json", b"9" * 5_000),
    ("jsonp", b'{"code": 20, "status": "OK"}'),
    ("jsonp", b'other({"code": 20, "status": "OK"});'),
    ("jsonp", CALLBACK.encode() + b'({"code": 20, "status": "OK"}); more();'),
    ("xml", b""),
    ("xml", b"<response><code>20</code>"),
    ("xml", b"<response><code>20</code></response>"),
    ("xml", b"<response><code>-20</code><status>OK</status></response>"),
    ("xml", b"<response><code>1234567890123</code><status>OK</status></response>"),
    ("xml", b"<other><code>20</code><status>OK</status></other>"),
    ("xml", b"<!DOCTYPE response><response><code>20</code><status>OK</status></response>"),
    ("xml", BOMB + b"<response><code>20</code><status>&b;</status></response>"),
    ("xml", b"<response><code>20</code><status>&undefined;</status></response>"),
    ("xml", EXTERNAL + b"<response><code>20</code><status>&x;</status></response>"),
    ("xml", b"<response>" * 100_000),
]


@pytest.mark.parametrize(("answer_format", "body"), MALFORMED)
def test_anything_but_the_envelope_is_malformed_and_kept(answer_format: str, body: bytes) -> None:
    with pytest.raises(MalformedAnswer) as caught:
        decode(body, answer_format)
    assert body == caught.value.raw


@given(st.sampled_from(["json", "jsonp", "xml"]), st.binary(max_size=200))
def test_arbitrary_bytes_never_crash(answer_format: str, body: bytes) -> None:
    try:
        kept = decode(body, answer_format).raw
    except MalformedAnswer as error:
        kept = error.raw
    assert body == kept
