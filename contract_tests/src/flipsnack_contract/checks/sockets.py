"""Bytes that are not HTTP, over a raw connection."""

import re
import socket
from urllib.parse import urlsplit

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.strategies import raw_requests
from flipsnack_contract.contract.assertions import Unsuitable, Violation, expect_code
from flipsnack_contract.target.session import Session

WHAT, TIMEOUT = "the answer to bytes that are no request", 10.0
# HTTP has 501 and 505 for an unknown verb or version (RFC 9110, 15.6).
SERVER_ERROR = re.compile(rb"HTTP/\d\.\d 5(?!01|05)")


@check(
    "request.any-bytes",
    needs={"control", "socket"},
    rows={
        "raw": (
            b"\r\n\r\n",
            b"GET\r\n\r\n",
            b"GET /v1/?%ff\xff HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /v1/ HTTP/9.9\r\n\r\n",
            b"POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            b"POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
            b"POST /v1/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"GET /v1/ HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        )
    },
    varies={"raw": raw_requests},
)
def any_bytes_on_the_wire_are_survived(session: Session, raw: bytes) -> None:
    """No bytes on a connection cause a server error, and the next call is served."""
    if session.target.base_url.startswith("https:"):
        raise Unsuitable("raw bytes cannot be sent inside TLS")
    answer = _exchange(session.target.base_url, raw)
    session.trace.add(f"raw {raw[:200]!r} -> {answer[:200]!r}")
    if SERVER_ERROR.match(answer):
        raise Violation(WHAT, "no server error", repr(answer[:200]))
    expect_code(20, session.ask(session.draft()), "the next call")


def _exchange(base_url: str, raw: bytes) -> bytes:
    """The first bytes of the answer; none when the server just closes."""
    place = urlsplit(base_url)
    try:
        with socket.create_connection((place.hostname or "", place.port or 80), timeout=TIMEOUT) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)
    except ConnectionError:
        return b""
    except TimeoutError:
        raise Violation(WHAT, "an answer or an end", f"none in {TIMEOUT:g} s") from None
