import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import Door, Fake, make_door
from mock_server.tests.faults.conftest import arrange, package

from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.rules import When
from flipsnack_mock.faults.transport import ConnectionReset, EmptyReply, Truncate
from flipsnack_mock.protocol.byte_ranges import ByteRange

DOOR = make_door()
WHOLE = package(DOOR).body
assert isinstance(WHOLE, Package)
SIZE, ETAG = WHOLE.size, WHOLE.etag


@given(st.integers(0, SIZE - 1), st.one_of(st.none(), st.integers(0, 2 * SIZE)))
def test_a_range_that_begins_inside_is_that_part(first: int, length: int | None) -> None:
    last = "" if length is None else first + length
    response = package(DOOR, range=f"bytes={first}-{last}")
    stop = SIZE if length is None else min(SIZE, first + length + 1)
    assert (206, ByteRange(first, stop)) == (response.http_status, response.range)
    assert ("Content-Range", f"bytes {first}-{stop - 1}/{SIZE}") in response.headers


@pytest.mark.parametrize("length", [1, 2, SIZE - 1, SIZE, SIZE + 1, 10**17])
def test_a_range_from_the_end_is_as_much_as_there_is(length: int) -> None:
    response = package(DOOR, range=f"bytes=-{length}")
    assert (206, ByteRange(max(0, SIZE - length), SIZE)) == (response.http_status, response.range)


@pytest.mark.parametrize("text", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE}", f"bytes={SIZE + 1}-", "bytes=-0"])
def test_a_range_outside_is_416(text: str) -> None:
    response = package(DOOR, range=text)
    assert 416 == response.http_status
    assert ("Content-Range", f"bytes */{SIZE}") in response.headers


@pytest.mark.parametrize(
    ("status", "conditions"),
    [
        (206, [{}, {"if-range": ETAG}]),
        (200, [{"if-range": other} for other in ('"other"', f"W/{ETAG}", "Mon, 23 Nov 2026 10:00:00 GMT")]),
        (304, [{"if-none-match": tags} for tags in (ETAG, f'"other", W/{ETAG}', "*")]),
        (206, [{"if-none-match": '"other"'}, {"if-match": f'"other", {ETAG}'}, {"if-match": "*"}]),
        (412, [{"if-match": '"other"'}, {"if-match": f"W/{ETAG}"}, {"if-match": '"other"', "if-none-match": ETAG}]),
    ],
)
def test_conditions_come_before_the_range(status: int, conditions: list[dict[str, str]]) -> None:
    """If-Match first, If-None-Match next, then If-Range and the range (RFC 9110, 13.2.2)."""
    for given_ones in conditions:
        response = package(DOOR, range="bytes=0-9", conditions=given_ones)
        assert (given_ones, status) == (given_ones, response.http_status)
        assert ("ETag", ETAG) in response.headers
        assert (status in (200, 206)) == isinstance(response.body, Package)


def test_only_get_knows_ranges(door: Door) -> None:
    """A HEAD with one is told of the whole (RFC 9110, 14.2), and is sent no byte."""
    response = package(door, method="HEAD", range="bytes=0-9")
    assert (200, None, ByteRange(0, 0)) == (response.http_status, response.range, response.sent_range)


@pytest.mark.parametrize(
    ("status", "length", "fault", "more"),
    [
        (200, SIZE, None, {}),
        (206, 10, None, {"range": "bytes=5-14"}),
        (200, 0, None, {"method": "HEAD"}),
        (304, 0, None, {"conditions": {"if-none-match": ETAG}}),
        (206, 5, Truncate(), {"range": "bytes=0-9"}),
        (206, 3, Truncate(keep=3), {"range": "bytes=0-9"}),
        (206, 4, ConnectionReset(after=4), {"range": "bytes=0-9"}),
        (206, 0, ConnectionReset(), {"range": "bytes=0-9"}),
        (206, 0, EmptyReply(), {"range": "bytes=0-9"}),
    ],
)
def test_the_journal_has_the_status_and_the_bytes_that_were_sent(
    door: Door, status: int, length: int, fault: Any, more: dict[str, Any]
) -> None:
    if fault is not None:
        arrange(door, fault, when=When(action="package"))
    package(door, **more)
    seen = door.record.answer
    assert seen is not None
    assert (status, length, ETAG) == (seen.http_status, seen.bytes, seen.headers["ETag"])


def test_metrics_archive_and_trace_tell_the_same(fake: Fake) -> None:
    url = fake.call().get_json()["data"]["resourceUrl"]
    part = fake.resource(url, Range="bytes=0-9", **{"If-Range": ETAG})
    assert (206, 10) == (part.status_code, len(part.data))
    assert 'action="package",code="",http_status="206",namespace=""} 1.0' in fake.client.get("/__admin/metrics").text
    archived = fake.client.get("/__admin/requests.har").get_json()["log"]["entries"][-1]
    assert (206, 10) == (archived["response"]["status"], archived["response"]["content"]["size"])
    assert {"name": "Content-Range", "value": f"bytes 0-9/{SIZE}"} in archived["response"]["headers"]
    assert {"name": "if-range", "value": ETAG} in archived["request"]["headers"]
    traced = json.loads(fake.client.get("/__admin/requests.ndjson").text.splitlines()[-1])["request"]
    assert (206, 10) == (traced["answer"]["http_status"], traced["answer"]["bytes"])
    assert {"if-range": ETAG} == traced["conditions"]
