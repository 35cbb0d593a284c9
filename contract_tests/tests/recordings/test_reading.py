import base64
import json
from typing import Any

import pytest

from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import BadHistory, read_history
from flipsnack_contract.target.outcome import Outcome

URL = "https://api.flipsnack.com/v1/?action=collection.downloadHTML&apiKey=k&collectionHash=h"
BODY = json.dumps({"code": 20, "status": "OK", "data": {"status": "COMPLETE", "resourceUrl": "https://x.test/a?b"}})


def _har(**entry: Any) -> str:
    whole = {"startedDateTime": "2026-11-23T10:00:00.5Z", "time": 120.5, "request": {"method": "GET", "url": URL}}
    return json.dumps({"log": {"version": "1.2", "entries": [whole | entry]}})


@pytest.mark.parametrize(
    "content", [{"text": BODY}, {"text": base64.b64encode(BODY.encode()).decode(), "encoding": "base64"}]
)
def test_an_archive_of_any_tool_is_read(content: dict[str, str]) -> None:
    """A browser and mitmproxy write bodies as text or as base64."""
    (event,) = read_history(_har(response={"status": 200, "content": content}), "x.har")
    assert (20, "COMPLETE", "https://x.test/a?b", True) == (event.code, event.state, event.link, event.is_poll)
    assert (120_500, 200) == (event.end - event.start, event.http_status)


def test_headers_are_read_whatever_their_letters() -> None:
    headers = [{"name": "REFERER", "value": f"{URL}&signature=x"}]
    har = _har(
        request={"method": "GET", "url": URL, "headers": headers}, response={"status": 200, "content": {"text": BODY}}
    )
    events = read_history(har, "x.har")
    assert {"referer": f"{URL}&signature=x"} == events[0].headers
    (result,) = (one for one in judge_history(recording_checks(), events) if one.outcome is Outcome.FAILED)
    assert ("client.credentials-not-in-download", True) == (result.rule, "the Referer of #1" in result.message)


@pytest.mark.parametrize(
    ("moment", "micros"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T02:00:00.000001+02:00", 1),
        ("1970-01-01T00:00:00.250", 250_000),
    ],
)
def test_an_instant_is_read_with_its_zone(moment: str, micros: int) -> None:
    """One without a zone is taken for UTC."""
    assert micros == read_history(_har(startedDateTime=moment), "x.har")[0].start


@pytest.mark.parametrize(
    ("url", "text"),
    [
        (URL + "&format=jsonp&callback=app.take", f"/**/app.take({BODY});"),
        (
            URL + "&format=xml",
            "<response><code>20</code><status>OK</status><data><status>COMPLETE</status></data></response>",
        ),
        (URL + "&format=yaml", BODY),
    ],
)
def test_answers_are_read_in_the_format_asked_for(url: str, text: str) -> None:
    """Or as JSON, in which errors about formats come."""
    har = _har(request={"method": "GET", "url": url}, response={"status": 200, "content": {"text": text}})
    assert "COMPLETE" == read_history(har, "x.har")[0].state


@pytest.mark.parametrize(
    "post",
    [
        {"text": "action=collection.downloadHTML&apiKey=k"},
        {"params": [{"name": "action", "value": "a"}, {"name": "apiKey"}]},
    ],
)
def test_the_parameters_of_a_post_count(post: dict[str, Any]) -> None:
    """As text or as pairs."""
    request = {
        "method": "POST",
        "url": "https://api.flipsnack.com/v1/",
        "postData": {"mimeType": "application/x-www-form-urlencoded"} | post,
    }
    assert "call" == read_history(_har(request=request), "x.har")[0].kind


def test_events_come_in_the_order_of_time() -> None:
    """A browser lists them as they ended."""
    late, early = (
        json.loads(_har(startedDateTime=f"2026-11-23T10:00:0{second}Z"))["log"]["entries"] for second in (2, 1)
    )
    events = read_history(json.dumps({"log": {"entries": late + early}}), "x.har")
    assert ["#2", "#1"] == [event.name for event in events]


@pytest.mark.parametrize("content", [{}, {"text": "<html>"}, {"text": "%%%", "encoding": "base64"}])
def test_a_body_that_says_nothing_is_not_guessed_at(content: dict[str, str]) -> None:
    """There is no code then."""
    (event,) = read_history(_har(response={"status": 502, "content": content}), "x.har")
    assert (None, False) == (event.code, event.readable)


@pytest.mark.parametrize("method", [5, None, ["GET"]])
def test_a_field_of_another_type_is_said_and_no_error_of_a_check(method: object) -> None:
    entry = json.loads(_har())["log"]["entries"][0]
    entry["request"]["method"] = method
    with pytest.raises(BadHistory, match="Expected `str`"):
        read_history(json.dumps({"log": {"entries": [entry]}}), "x")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nothing", '{"log": {}}', '{"log": {"entries": [{}]}}', '{"a": 1}\n{}']
)
def test_a_file_that_is_no_recording_says_so(text: str) -> None:
    """And what was expected."""
    with pytest.raises(BadHistory, match="x is neither an HTTP archive"):
        read_history(text, "x")
