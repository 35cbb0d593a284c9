import io
import json
from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import KEY, SECRET, Door, signed

from flipsnack_mock.server.request_log import exchange_log, shortened
from flipsnack_mock.state.journal import Entry


class Gone(io.StringIO):
    """A stream whose reader went away."""

    def write(self, _text: str) -> int:
        """Fail as a closed pipe does."""
        raise BrokenPipeError


def line(entry: Entry, style: str) -> str:
    """The line that is written for an entry."""
    stream = io.StringIO()
    write = exchange_log(style, stream)
    assert write is not None
    write(entry)
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
    """Time, verb, method, code, HTTP status, key shortened, format, duration and the reason."""
    entry = entry_of(door, format="xml", collectionHash=None)
    expected = (
        "14:13:20.000 GET collection.downloadHTML code 30 HTTP 200 120 B test-c… xml 1.5 ms"
        "  the parameter collectionHash is absent"
    )
    assert expected == line(entry, "pretty")


def test_a_json_line_has_the_same_facts(door: Door) -> None:
    """One object for each request."""
    facts = json.loads(line(entry_of(door, signature="0" * 32), "json"))
    expected = {
        "at": "2026-09-21T14:13:20.000000Z",
        "method": "GET",
        "action": "collection.downloadHTML",
        "code": 44,
        "http": 200,
        "key": "test-c…",
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
def test_secrets_signatures_and_whole_keys_are_never_written(
    door: Door, style: str, changes: dict[str, str | None]
) -> None:
    """Whatever became of the request."""
    entry = entry_of(door, **changes)
    text = line(entry, style)
    assert SECRET not in text
    assert KEY not in text
    assert entry.params["signature"] not in text


@pytest.mark.parametrize("style", ["pretty", "json"])
def test_the_signature_of_a_resource_url_is_never_written(door: Door, style: str) -> None:
    """A download is logged as `package`."""
    url = door.call()["data"]["resourceUrl"]
    door.fetch(url)
    text = line(door.entry, style)
    assert "package" in text
    assert "Signature" not in text
    assert url.rpartition("Signature=")[2][:30] not in text


@pytest.mark.parametrize("style", ["pretty", "json"])
@pytest.mark.parametrize("action", ["a\nb", "a\x1b[31mb", "a\u2028b", "x" * 5000])
def test_a_client_writes_no_lines_and_no_terminal_codes_of_its_own(door: Door, style: str, action: str) -> None:
    """What it chose is one short part of one line."""
    text = line(entry_of(door, action=action), style)
    assert "\x1b" not in text
    assert len(text.splitlines()) == 1 or style == "json"
    assert len(text) < 500


def test_off_writes_nothing() -> None:
    """There is no function to call at all."""
    assert exchange_log("off") is None


@pytest.mark.parametrize("style", ["pretty", "json"])
def test_a_reader_that_goes_away_stops_no_answer(door: Door, style: str) -> None:
    """`serve | head` goes on serving."""
    write = exchange_log(style, Gone())
    assert write is not None
    write(entry_of(door))


@pytest.mark.parametrize(("key", "expected"), [("", ""), ("12345678", "12345678"), ("123456789", "123456…")])
def test_a_key_is_shown_by_its_beginning(key: str, expected: str) -> None:
    """Enough to know it again."""
    assert expected == shortened(key)
