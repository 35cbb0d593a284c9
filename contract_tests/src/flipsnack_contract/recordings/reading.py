"""Reads recordings into events: HTTP archives (HAR) of any tool, and the fake's journal as lines of JSON."""

import base64
import binascii
import datetime
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from flipsnack_contract.contract.decoding import Malformed, cut, decode
from flipsnack_contract.scenarios.event import Event, Kind, conversion_state, logged_event

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_FORM = "application/x-www-form-urlencoded"


class BadHistory(ValueError):
    """A text that is not a recording; the message says where, and what was expected."""


def read_history(text: str, name: str) -> tuple[Event, ...]:
    """The events in `text`, a file called `name`, in the order in which they began. Raises `BadHistory`."""
    try:
        # A field of another type would be an error of whichever check meets it first.
        events = (msgspec.convert(vars(event), Event) for event in _events(text))
        return _linked(sorted(events, key=lambda event: (event.start, event.wall)))
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError, RecursionError) as wrong:
        no_json = isinstance(wrong, json.JSONDecodeError)
        found = "it is not JSON" if no_json else cut(f"{type(wrong).__name__}: {wrong}")
        raise BadHistory(f"{name} is neither an HTTP archive (HAR) nor the fake's requests.ndjson: {found}") from None


def _events(text: str) -> list[Event]:
    try:
        document = json.loads(text)
    except ValueError:
        document = {}
    if "log" in document:
        return [_entry(number, entry) for number, entry in enumerate(document["log"]["entries"], 1)]
    lines = [json.loads(line) for line in text.split("\n") if line.strip()]
    if not lines or "trace" not in lines[0]:
        raise ValueError("its header is missing")
    return [_record(line["request"]) for line in lines[1:] if line.get("request")]


def _entry(number: int, entry: Mapping[str, Any]) -> Event:
    own: Mapping[str, Any] = entry.get("_flipsnack") or {}
    request, response = entry["request"], entry.get("response") or {}
    wall = _micros(entry["startedDateTime"])
    start = _micros(own["virtual"]) if own.get("virtual") else wall
    # The fake tells when it counted the call; another recorder only when the request left and the answer came.
    end = start if own else start + max(0, round(float(entry.get("time") or 0) * 1000))
    params = dict((*_pairs(urlsplit(request["url"]).query), *_posted(request.get("postData") or {})))
    event = Event(
        name=str(own.get("id") or f"#{number}"),
        kind=_kind(request["url"], params),
        method=request["method"],
        url=request["url"],
        start=start,
        end=end,
        wall=wall,
        params=params,
        http_status=int(response.get("status") or 0) or None,
        headers={str(one["name"]).lower(): str(one["value"]) for one in request.get("headers") or ()},
        fault=own.get("fault") or "",
        failed=own.get("failed") or "",
    )
    return _answered(event, _content(response.get("content") or {}))


def _pairs(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)


def _posted(post: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The fields of a form, or of a multipart body without its files."""
    if post.get("text"):
        return _pairs(str(post["text"])) if str(post.get("mimeType", "")).startswith(_FORM) else []
    return [(pair["name"], pair.get("value", "")) for pair in post.get("params") or () if "fileName" not in pair]


def _content(content: Mapping[str, Any]) -> bytes:
    text = str(content.get("text") or "")
    try:
        return base64.b64decode(text) if content.get("encoding") == "base64" else text.encode("utf-8", "replace")
    except binascii.Error:
        return b""


def _record(record: Mapping[str, Any]) -> Event:
    url = f"{record.get('origin', '')}{record['path']}" + (f"?{record['query']}" if record.get("query") else "")
    logged = logged_event(str(record["id"]), record)
    event = replace(logged, kind=_kind(url, logged.params), url=url, wall=int(record["at_us"]))
    body = (record.get("answer") or {}).get("body", "") if record.get("kind") == "api" else ""
    return _answered(event, body.encode())


def _answered(event: Event, body: bytes) -> Event:
    """The event with what its answer says, as far as the client received it."""
    wanted, callback = event.params.get("format", "json"), event.params.get("callback")
    for form in dict.fromkeys((wanted if wanted in ("jsonp", "xml") else "json", "json")):
        with suppress(Malformed):
            answer = decode(body, form, callback=callback)
            state = answer.state or conversion_state(answer.data)
            read = replace(event, code=answer.code, state=state, link=answer.resource_url, data=answer.data)
            return replace(read, readable=True).as_received()
    return replace(event, code=None, state=None, data=None)


def _kind(url: str, params: Mapping[str, str]) -> Kind:
    is_call = url.partition("?")[0].rstrip("/").endswith("/v1") and {"action", "apiKey"} & params.keys()
    return "call" if is_call else "other"


def _micros(text: str) -> int:
    moment = datetime.datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return (aware - _EPOCH) // datetime.timedelta(microseconds=1)


def _linked(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events, with downloads and the links that were tried marked as such.

    A request is a download when its path is that of a link in an answer; where several answers gave that path, the
    last one whose link is the whole URL gave it, or else the last one.
    """
    givers = {event.link: event for event in events if event.link}
    paths = {str(link).partition("?")[0]: giver for link, giver in givers.items()}
    tried = {givers[event.url].name for event in events if event.kind == "other" and event.url in givers}
    return tuple(
        _marked(event, givers.get(event.url) or paths.get(event.url.partition("?")[0]), tried) for event in events
    )


def _marked(event: Event, giver: Event | None, tried: set[str]) -> Event:
    if event.kind == "call":
        return replace(event, link_tried=event.name in tried)
    return replace(event, kind="download", giver=giver) if giver else event
