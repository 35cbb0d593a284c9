"""The journal as an HTTP archive (HAR 1.2)."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.inspect.json_array import json_array
from flipsnack_mock.inspect.records import Record

_MORE = ("id", "virtual", "key", "code", "status", "failed", "detail", "fault", "rules", "invented", "files")


def har(records: Iterable[Record]) -> Iterator[bytes]:
    """`records` as the parts of a HAR document; fields that HAR does not have are in `_flipsnack`."""
    creator = {"name": "flipsnack-mock", "version": __version__}
    yield b'{"log":{"version":"1.2","creator":%b,"entries":' % msgspec.json.encode(creator)
    yield from json_array(map(_entry, records))
    yield b"}}"


def _entry(record: Record) -> dict[str, Any]:
    milliseconds = record.duration_us / 1000
    return {
        "startedDateTime": record.wall,
        "time": milliseconds,
        "request": _request(record),
        "response": _response(record),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_flipsnack": {name: getattr(record, name) for name in _MORE},
    }


def _request(record: Record) -> dict[str, Any]:
    # The origin of a namespace includes its prefix.
    url = record.origin + record.path + (f"?{record.query}" if record.query else "")
    request: dict[str, Any] = {
        "method": record.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs({"Range": record.range, "Content-Type": record.content_type} | record.conditions),
        "queryString": _query(record.query),
        "headersSize": -1,
        "bodySize": len(record.body),
    }
    if record.body:
        request["postData"] = {"mimeType": record.content_type, "params": [], "text": record.body}
    elif record.content_type.startswith("multipart/"):
        # What was uploaded is described, and its bytes are left out.
        request |= {"bodySize": -1, "postData": {"mimeType": record.content_type, "params": _posted(record)}}
    return request


def _posted(record: Record) -> list[dict[str, Any]]:
    queried = dict(parse_qsl(record.query, keep_blank_values=True))
    fields = [{"name": name, "value": value} for name, value in record.params.items() if name not in queried]
    return fields + [
        {"name": file.field, "fileName": file.file_name, "comment": f"{file.size} bytes, SHA-256 {file.digest}"}
        for file in record.files
    ]


def _response(record: Record) -> dict[str, Any]:
    answer = record.answer
    if answer is None:
        return _empty_response()
    content: dict[str, Any] = {"size": answer.bytes, "mimeType": answer.content_type}
    if answer.body or not answer.bytes:
        content["text"] = answer.body
    headers = {"Content-Type": answer.content_type} | answer.headers
    return _empty_response() | {
        "status": answer.http_status,
        "headers": _pairs(headers | {"X-Flipsnack-Mock-Request": record.id}),
        "content": content,
        "bodySize": answer.bytes,
    }


def _empty_response() -> dict[str, Any]:
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": ""},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items() if value]


def _query(query: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]
