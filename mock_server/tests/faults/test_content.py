import io
import zipfile

import pytest
from lxml import etree
from mock_server.tests.conftest import SECOND, Door
from mock_server.tests.faults.conftest import account, answer, arrange, content, package

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.base import AnswerFault
from flipsnack_mock.faults.content import (
    EmptyBody,
    InvalidJson,
    InvalidXml,
    InvalidZip,
    UrlLifetime,
    UrlOrigin,
    WrongByte,
    WrongContentType,
)

JSON = "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("fault", "content_type", "is_empty"),
    [(WrongContentType(content_type="text/html"), "text/html", False), (EmptyBody(), JSON, True)],
)
def test_a_fault_in_type_or_body_leaves_the_rest(
    door: Door, fault: AnswerFault, content_type: str, is_empty: bool
) -> None:
    true = answer(door, collectionHash="mock-never")
    arrange(door, fault)
    wrong = answer(door, collectionHash="mock-never")
    assert (200, content_type, b"" if is_empty else true.body) == (wrong.http_status, wrong.content_type, wrong.body)


@pytest.mark.parametrize("fmt", ["json", "jsonp"])
def test_invalid_json_does_not_parse(door: Door, fmt: str) -> None:
    arrange(door, InvalidJson())
    body = answer(door, format=fmt, callback="f").body
    assert isinstance(body, bytes)
    assert body.count(b"{") == body.count(b"}") + 1


def test_invalid_xml_is_not_well_formed(door: Door) -> None:
    arrange(door, InvalidXml())
    body = answer(door, format="xml").body
    assert isinstance(body, bytes)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)


def test_an_invalid_zip_has_the_right_length_and_does_not_open(door: Door) -> None:
    true = content(package(door))
    arrange(door, InvalidZip())
    wrong = content(package(door))
    assert len(true) == len(wrong)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(wrong))


def test_a_wrong_byte_is_detected_by_a_checksum_only(door: Door) -> None:
    true = package(door)
    arrange(door, WrongByte(), count=1)
    arrange(door, WrongByte(offset=0))
    middle, first = package(door), package(door)
    wrong = [index for index, pair in enumerate(zip(content(true), content(middle), strict=True)) if pair[0] != pair[1]]
    assert 1 == len(wrong)
    assert zipfile.ZipFile(io.BytesIO(content(middle))).testzip() is not None
    assert (content(true)[0] ^ 1, content(true)[1:]) == (content(first)[0], content(first)[1:])
    assert isinstance(true.body, Package)
    assert isinstance(middle.body, Package)
    assert true.body.etag == middle.body.etag


@pytest.mark.parametrize(("statuses", "seconds"), [([403], 0), ([200, 403], 5)])
def test_a_resource_url_lives_as_long_as_the_fault_says(door: Door, statuses: list[int], seconds: float) -> None:
    arrange(door, UrlLifetime(seconds=seconds))
    url = door.call()["data"]["resourceUrl"]
    seen = []
    for _ in statuses:
        seen.append(door.fetch(url).http_status)
        door.now += round(seconds * SECOND)
    assert statuses == seen


def test_a_resource_url_points_where_the_fault_says(door: Door) -> None:
    arrange(door, UrlOrigin())
    assert door.call()["data"]["resourceUrl"].startswith("http://127.0.0.1:1/packages/")


def test_a_fault_of_resource_urls_waits_for_one(door: Door) -> None:
    """While the job is PROCESSING there is no URL to change: the rule neither sees nor counts those answers."""
    arrange(door, UrlLifetime(seconds=0), count=1)
    for _ in range(3):
        door.call(collectionHash="mock-after-3-polls")
    assert 0 == account(door).faults["f1"].seen
    url = door.call(collectionHash="mock-after-3-polls")["data"]["resourceUrl"]
    assert 403 == door.fetch(url).http_status
    assert 1 == account(door).faults["f1"].hits
