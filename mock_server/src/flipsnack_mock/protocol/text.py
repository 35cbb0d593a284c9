"""Names and values as text: UTF-8 without NUL."""

from flipsnack_mock.protocol.errors import BadRequest


def text_of(raw: bytes) -> str:
    """`raw` as text; raises `BadRequest` when it is not UTF-8 or holds NUL."""
    if b"\0" in raw:
        raise BadRequest("a name or value holds NUL", rule="request.undecodable")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("a name or value is not UTF-8", rule="request.undecodable") from None
