"""Parameters from raw bytes; duplicates, empty names, undecodable bytes and sizes are refused here."""

import re
from collections.abc import Iterable
from sys import intern
from urllib.parse import unquote_to_bytes

from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.messages import Form, Request

MAX_QUERY_BYTES = 64 * 1024
MAX_BODY_BYTES = 1024 * 1024
MAX_PARTS = 1_000

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def text_of(raw: bytes) -> str:
    """A name or value as text; raises `BadRequest` when it is not UTF-8 or holds NUL."""
    if b"\0" in raw:
        raise BadRequest("a name or value holds NUL", rule="request.undecodable")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("a name or value is not UTF-8", rule="request.undecodable") from None


def parse_query(raw: bytes) -> dict[str, str]:
    """The parameters of a query string or of a form-encoded body.

    Raises `BadRequest` when it is too long, has too many parameters, one twice, a nameless one, a broken escape,
    a NUL, or bytes that are not UTF-8.
    """
    if len(raw) > MAX_QUERY_BYTES:
        raise BadRequest(f"the query has more than {MAX_QUERY_BYTES} bytes", rule="request.size")
    return _unique(_pairs(raw))


def parse_body(raw: bytes, content_type: str) -> dict[str, str]:
    """The parameters of a form-encoded POST body.

    Raises `BadRequest` as `parse_query` does, and for a body of another content type or one longer than
    `MAX_BODY_BYTES`.
    """
    if len(raw) > MAX_BODY_BYTES:
        raise BadRequest(f"the body has more than {MAX_BODY_BYTES} bytes", rule="request.size")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _unique(_pairs(raw))
    if not raw:
        return {}
    raise BadRequest(f"a body of type {kind or 'unknown'} holds no parameters", rule="code.40")


def form_parameters(form: Form) -> dict[str, str]:
    """The parameters in the fields of a multipart body.

    Raises `BadRequest` when it is damaged, or as `parse_query` does.
    """
    if form.damage:
        raise BadRequest(form.damage, rule=form.rule)
    return _unique(form.fields)


def parameters_of(request: Request) -> dict[str, str]:
    """The parameters of a call, from its query and its body; raises `BadRequest`."""
    params = parse_query(request.query)
    if request.method == "POST":
        form = request.form
        fields = parse_body(request.body, request.content_type) if form is None else form_parameters(form)
        if twice := params.keys() & fields.keys():
            raise BadRequest(f"{min(twice)[:60]!r} is in the query and in the body", rule="request.duplicate-parameter")
        params |= fields
    return params


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    text = text_of(raw.replace(b"+", b" "))
    pieces = text.split("&")
    if len(pieces) > MAX_PARTS:
        raise BadRequest(f"there are {len(pieces)} parameters, more than {MAX_PARTS}", rule="request.size")
    pairs = [piece.partition("=") for piece in pieces if piece]
    if "%" not in text:
        return [(name, value) for name, _, value in pairs]
    return [(_unescaped(name), _unescaped(value)) for name, _, value in pairs]


def _unescaped(text: str) -> str:
    if "%" not in text:
        return text
    if _BROKEN_ESCAPE.search(text):
        raise BadRequest("a percent sign is not followed by two hexadecimal digits", rule="request.undecodable")
    return text_of(unquote_to_bytes(text))


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in pairs:
        if name in params:
            raise BadRequest(f"the parameter {name[:60]!r} is sent more than once", rule="request.duplicate-parameter")
        # Interned, the same few names take no memory in each entry of the journal.
        params[intern(name)] = value
    if "" in params:
        raise BadRequest("a parameter has no name", rule="code.40")
    return params
