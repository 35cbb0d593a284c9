import io
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Literal, TextIO
from urllib.parse import urlencode

import msgspec
import pytest
from mock_server.tests.conftest import KEY, SECRET, Door, signed

from flipsnack_mock.server.request_log import MAX_WAITING_LINES, MOST_EXPLAINED, RequestLog, request_log, shown_key
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.settings import Settings

Style = Literal["pretty", "json"]


def line(entry: Entry, style: Style, *, coloured: bool = False, admin: bool = True) -> str:
    stream = io.StringIO()
    log = request_log(Settings(log=style, admin=admin), stream, coloured=coloured)
    assert log is not None
    log(entry)
    log.close()
    text = stream.getvalue()
    assert text.endswith("\n")
    assert 1 == text.count("\n")
    return text.rstrip("\n")


def entry_of(door: Door, **changes: str | None) -> Entry:
    """The entry of a signed call that took 1.5 ms."""
    door.send(urlencode(signed(**changes)))
    entry = door.entry
    entry.duration = 1500
    return entry


def test_a_pretty_line_has_everything_a_person_asks_for(door: Door) -> None:
    entry = entry_of(door, format="xml", collectionHash=None)
    expected = (
        "14:13:20.000 r1 GET collection.downloadHTML code 30 HTTP 200 120 B test-core xml 1.5 ms"
        "  the parameter collectionHash is absent"
    )
    assert expected == line(entry, "pretty")


def test_a_json_line_has_the_same_facts(door: Door) -> None:
    facts = json.loads(line(entry_of(door, signature="0" * 32), "json"))
    expected = {
        "at": "2026-09-21T14:13:20.000000Z",
        "method": "GET",
        "action": "collection.downloadHTML",
        "code": 44,
        "http": 200,
        "id": "r1",
        "key": "test-core",
        "format": "json",
        "us": 1500,
        "why": "the signature does not match the parameters",
    }
    assert expected == {name: facts[name] for name in expected}


@pytest.mark.parametrize("style", ["pretty", "json"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"signature": "deadbeef" * 4}, {"collectionHash": "nowhere"}, {"action": "nosuch"}, {"format": "jsonp"}],
)
def test_secrets_and_signatures_are_never_written(door: Door, style: Style, changes: dict[str, str | None]) -> None:
    entry = entry_of(door, **changes)
    text = line(entry, style)
    assert SECRET not in text
    assert entry.params["signature"] not in text


def test_a_wrong_signature_is_explained_at_an_address_of_the_page(door: Door) -> None:
    entry = entry_of(door, signature="0" * 32)
    address = f"{entry.request.origin}/__admin/ui?account={KEY}&request=r1"
    assert line(entry, "pretty").endswith(f"the signature does not match the parameters  explained at {address}")
    assert "explained" not in line(entry, "pretty", admin=False) + line(entry_of(door), "pretty")


class HeldUp(io.StringIO):
    """Its writer waits until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.released = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.released.wait(10)
        return super().write(text)


@pytest.mark.parametrize(
    ("count", "explained"), [(1, 1), (2, 2), (MOST_EXPLAINED, MOST_EXPLAINED), (MOST_EXPLAINED + 1, 0)]
)
def test_entries_are_explained_unless_so_many_come_at_a_time_that_lines_could_be_lost(
    door: Door, count: int, explained: int
) -> None:
    stream = HeldUp()
    log = RequestLog(lambda entry, _action: entry.detail, stream)
    entry = entry_of(door)
    log(entry)
    assert stream.reached.wait(10)
    log.explain = lambda entry: msgspec.structs.replace(entry, detail="explained")
    for _ in range(count):
        log(entry)
    stream.released.set()
    log.close()
    assert ["", *["explained"] * explained, *[""] * (count - explained)] == stream.getvalue().splitlines()


GREEN, RED, YELLOW, MAGENTA = 32, 31, 33, 35


@pytest.mark.parametrize(
    ("changes", "fault", "outcome", "colour"),
    [
        ({}, "", "code 20 HTTP 200", GREEN),
        ({"signature": "0" * 32}, "", "code 44 HTTP 200", RED),
        ({}, "f1:status", "code 20 HTTP 200", MAGENTA),
        ({"collectionHash": "mock-error-31"}, "", "code 31 HTTP 200", YELLOW),
    ],
)
def test_on_a_terminal_the_colour_tells_the_outcome(
    door: Door, changes: dict[str, str | None], fault: str, outcome: str, colour: int
) -> None:
    entry = entry_of(door, **changes)
    entry.fault = fault
    plain = line(entry, "pretty")
    assert f" {outcome} " in plain
    assert plain.replace(outcome, f"\x1b[{colour}m{outcome}\x1b[0m") == line(entry, "pretty", coloured=True)


@pytest.mark.parametrize("style", ["pretty", "json"])
def test_the_signature_of_a_resource_url_is_never_written(door: Door, style: Style) -> None:
    url = door.call()["data"]["resourceUrl"]
    door.fetch(url)
    text = line(door.entry, style)
    assert "package" in text
    assert "Signature" not in text
    assert url.rpartition("Signature=")[2][:30] not in text


@pytest.mark.parametrize("style", ["pretty", "json"])
@pytest.mark.parametrize("action", ["a\nb", "a\x1b[31mb", "a\u2028b", "a\x9b31m\x7f\u202eb\U000e0041", "x" * 5000])
def test_a_client_writes_no_lines_and_no_terminal_codes_of_its_own(door: Door, style: Style, action: str) -> None:
    text = line(entry_of(door, action=action), style)
    assert text.removesuffix("\n").isprintable()
    assert style == "pretty" or action[:60] == json.loads(text)["action"]
    assert len(text) < 500


def test_off_writes_nothing() -> None:
    assert request_log(Settings(log="off")) is None


def closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


@contextmanager
def pipe(*, read: bool) -> Iterator[tuple[IO[bytes], TextIO]]:
    """The two ends of a pipe that is not read, or whose reader went away."""
    out, into = os.pipe()
    with open(out, "rb") as reader, open(into, "w", encoding="ascii") as writer:
        if not read:
            reader.close()
        yield reader, writer


@pytest.mark.parametrize(
    "stream", [None, closed(), pytest.param("/dev/full", id="a full disk"), pytest.param("", id="a closed pipe")]
)
def test_lines_that_cannot_be_written_are_counted(door: Door, stream: TextIO | str | None) -> None:
    """No answer is harmed: logging raises nothing."""
    entry = entry_of(door)
    with pipe(read=False) as (_, writer), open("/dev/full", "w", encoding="utf-8") as full:
        found = {"/dev/full": full, "": writer}[stream] if isinstance(stream, str) else stream
        log = RequestLog(lambda _entry, _action: "a line", found)
        for _ in range(3):
            log(entry)
        log.close()
    assert 3 == log.lost


@pytest.mark.parametrize("style", ["pretty", "json"])
def test_a_pipe_that_is_not_read_holds_nobody_up(door: Door, style: Style) -> None:
    """Lines wait up to a bound. When the reader is back it gets them all, or is told how many were lost."""
    entry, count = entry_of(door), 2 * MAX_WAITING_LINES
    with pipe(read=True) as (reader, writer):
        log = request_log(Settings(log=style), writer)
        assert log is not None
        for _ in range(count):
            log(entry)
        lines, told = 0, 0
        while lines + told < count:
            line = reader.readline().decode("ascii")
            lines, told = (lines, told + int(re.findall(r"\d+", line)[0])) if "lost" in line else (lines + 1, told)
        log.close()
    assert 0 < told == log.lost


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_encoding_can_show_every_line(door: Door, encoding: str) -> None:
    raw = io.BytesIO()
    log = request_log(Settings(), io.TextIOWrapper(raw, encoding=encoding))
    assert log is not None
    log(entry_of(door, action="größe→"))
    log.close()
    assert ("größe→".encode(encoding, "backslashreplace")) in raw.getvalue()
    assert 0 == log.lost


@pytest.mark.parametrize(
    ("key", "expected"),
    [("", ""), ("12345678", "12345678"), ("123456789", "123456…"), ("test-123456789", "test-123456789")],
)
def test_a_key_is_shown_by_its_beginning_unless_anybody_may_use_it(key: str, expected: str) -> None:
    assert expected == shown_key(key)
