"""Parameters from raw bytes; duplicates, empty names, undecodable bytes and sizes are refused here."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from flipsnack_mock.protocol.errors import BadRequest

__all__ = ["MAX_BODY_BYTES", "MAX_PARAMETERS", "MAX_QUERY_BYTES", "parse_body", "parse_query"]

MAX_QUERY_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
MAX_PARAMETERS = 1_000

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)


def parse_query(raw: bytes) -> dict[str, str]:
    """The parameters of a query string or of a form-encoded body.

    Raises `BadRequest` when it is too long, has too many parameters, one twice, a nameless one, a broken escape,
    a NUL, or bytes that are not UTF-8.
    """
    if len(raw) > MAX_QUERY_BYTES:
        raise BadRequest(f"the query has more than {MAX_QUERY_BYTES} bytes", rule="request.size")
    return _unique(_pairs(raw))


def parse_body(raw: bytes, content_type: str) -> dict[str, str]:
    """The parameters of a POST body: form-encoded or multipart; of a multipart body only the fields, not the files.

    Raises `BadRequest` as `parse_query` does, and for a body of another content type or one longer than
    `MAX_BODY_BYTES`.
    """
    if len(raw) > MAX_BODY_BYTES:
        raise BadRequest(f"the body has more than {MAX_BODY_BYTES} bytes", rule="request.size")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _unique(_pairs(raw))
    if kind == "multipart/form-data":
        return _unique(_multipart_pairs(raw, content_type))
    if not raw:
        return {}
    raise BadRequest(f"a body of type {kind or 'unknown'} holds no parameters", rule="code.40")


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    pieces = _text(raw.replace(b"+", b" ")).split("&")
    if len(pieces) > MAX_PARAMETERS:
        raise BadRequest(f"there are {len(pieces)} parameters, more than {MAX_PARAMETERS}", rule="request.size")
    pairs = []
    for piece in pieces:
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((_unescaped(name), _unescaped(value)))
    return pairs


def _unescaped(text: str) -> str:
    if "%" not in text:
        return text
    if _BROKEN_ESCAPE.search(text):
        raise BadRequest("a percent sign is not followed by two hexadecimal digits", rule="request.undecodable")
    return _text(unquote_to_bytes(text))


def _text(raw: bytes) -> str:
    if b"\0" in raw:
        raise BadRequest("a name or value holds NUL", rule="request.undecodable")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("a name or value is not UTF-8", rule="request.undecodable") from None


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    params = dict(pairs)
    if len(params) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"the parameter {twice[:60]!r} is sent more than once", rule="request.duplicate-parameter")
    if "" in params:
        raise BadRequest("a parameter has no name", rule="code.40")
    return params


def _multipart_pairs(raw: bytes, content_type: str) -> list[tuple[str, str]]:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise BadRequest("the multipart body names no boundary", rule="code.40")
    decoder = MultipartDecoder(boundary[1].encode("latin-1", "replace"), max_parts=MAX_PARAMETERS)
    try:
        decoder.receive_data(raw)
        decoder.receive_data(None)
        return _fields(decoder)
    except RequestEntityTooLarge:
        raise BadRequest(f"there are more than {MAX_PARAMETERS} parameters", rule="request.size") from None
    except (ValueError, RuntimeError, LookupError) as damage:
        # Werkzeug reports a damaged body by several exceptions.
        raise BadRequest(f"the multipart body is damaged: {damage}", rule="code.40") from None


def _fields(decoder: MultipartDecoder) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    name: str | None = None
    value = bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, NeedData):
            raise BadRequest("the multipart body ends too early", rule="code.40")
        if isinstance(event, (Field, File)):
            name = event.name if isinstance(event, Field) else None
            value.clear()
        elif isinstance(event, Data) and name is not None:
            value += event.data
            if not event.more_data:
                pairs.append((name, _text(bytes(value))))
    return pairs
