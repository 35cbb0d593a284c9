"""What a client sent, as it was on the wire: the requests in the bytes of a connection."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

HEAD_END = b"\r\n\r\n"
ELSEWHERE = "elsewhere"
"""The server of a request that did not come to the fake."""
BEGINNING = 64
"""Bytes by which the beginning of a document is found."""
MOST_KEPT = 4 * 1024 * 1024
"""Bytes that are kept of one connection."""
MOST_DIGITS = 15
"""Digits of a Content-Length that is believed."""
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]+)[^\r\n]*\r\n")


@dataclass(frozen=True)
class Sent:
    """One request. `server` is the address that it came to; names of headers are as they were sent.

    `body` is what came of it, decoded where it came in chunks.
    """

    server: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """The headers by their names in lower case; of several with one name, the last."""
        return {name.lower(): value for name, value in self.headers}

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def text(self, *, without: bytes = b"") -> str:
        """Everything in it, as one text with a character for each byte.

        The body is `without` these bytes, and without as many of them as came where it breaks off within them.
        """
        head = "\n".join((f"{self.method} {self.target}", *(f"{name}: {value}" for name, value in self.headers)))
        return f"{head}\n\n{_without(without, self.body).decode('latin-1')}"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _without(left_out: bytes, body: bytes) -> bytes:
    if not left_out:
        return body
    before, beginning, rest = body.partition(left_out[:BEGINNING])
    return before if left_out.startswith(beginning + rest) else body.replace(left_out, b"")


def requests_in(raw: bytes, server: str) -> Iterator[Sent]:
    """The requests in what one connection carried to `server`; what is not HTTP ends them."""
    at = 0
    while (end := raw.find(HEAD_END, at)) >= 0:
        line, *lines = raw[at:end].decode("latin-1").split("\r\n")
        if line.count(" ") < 2:
            return
        method, rest = line.split(" ", 1)
        pairs = (one.partition(":") for one in lines)
        sent = Sent(server, method, rest.rpartition(" ")[0], tuple((name, value.strip()) for name, _, value in pairs))
        body, at = _body(sent.by_name, raw, end + len(HEAD_END))
        yield Sent(server, sent.method, sent.target, sent.headers, body)


def announced(headers: Mapping[str, str]) -> int:
    """The length of the body that Content-Length announces; 0 where it is no number, or a senseless one."""
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) <= MOST_DIGITS else 0


def _body(headers: Mapping[str, str], raw: bytes, at: int) -> tuple[bytes, int]:
    """The body that begins at a place in `raw`, and the place behind it."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunked(raw, at)
    end = at + announced(headers)
    return raw[at:end], end


def _chunked(raw: bytes, at: int) -> tuple[bytes, int]:
    pieces = []
    while at < len(raw) and (head := CHUNK_SIZE.match(raw, at)):
        end = head.end() + int(head[1], 16)
        pieces.append(raw[head.end() : end])
        at = end + 2
        if head.end() == end:
            break
    return b"".join(pieces), at
