"""Sends HTTP requests and translates the exceptions of requests and urllib3 into ours.

The exceptions of requests contain the whole URL, and so the signature; none of them leaves this module,
neither as a cause nor as a context.
"""

import http.client
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3

from flipsnack_client.deadline import Deadline
from flipsnack_client.deadline_adapter import DeadlineAdapter, in_force
from flipsnack_client.exceptions import (
    CertificateRefused,
    ConnectionFailed,
    FlipsnackError,
    NotConnected,
    TransportError,
)
from flipsnack_client.multipart import Multipart
from flipsnack_client.redaction import hiding, install_mask

T = TypeVar("T")

# ValueError: requests raises it for a redirect to an invalid address.
FAULTS = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)
CHUNK = 64 * 1024


def new_session() -> requests.Session:
    """Return a session whose reads are cut at the deadline."""
    session = requests.Session()
    session.mount("https://", DeadlineAdapter())
    session.mount("http://", DeadlineAdapter())
    return session


class Response:
    """An HTTP response whose body has not been read yet; close it or use it as a context manager."""

    def __init__(self, response: requests.Response, exchange: "_Exchange") -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.host = exchange.host
        self._response = response
        self._exchange = exchange

    def __enter__(self) -> "Response":
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()

    @property
    def length(self) -> int | None:
        """The announced length of the body; None if it is unknown or counts compressed bytes."""
        return None if self.encoded else self._announced

    @property
    def encoded(self) -> bool:
        """Whether the server compressed the body, requested or not."""
        return self.headers.get("Content-Encoding", "identity").lower() != "identity"

    @property
    def _announced(self) -> int | None:
        value = self.headers.get("Content-Length", "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else None

    @property
    def ends_with_connection(self) -> bool:
        """Whether only the end of the connection marks the end of the body."""
        return self._announced is None and "chunked" not in self.headers.get("Transfer-Encoding", "").lower()

    @property
    def retry_after(self) -> float | None:
        """The pause the server asks for, in seconds.

        A date is ignored: the vendor documents neither form, and a date needs clocks that agree.
        """
        hint = self.headers.get("Retry-After", "")
        return float(hint) if hint.isascii() and hint.isdecimal() and len(hint) < 10 else None

    def chunks(self) -> Iterator[bytes]:
        """Yield the body. Raises ConnectionFailed and DeadlineExceeded."""
        parts = self._parts()
        while part := self._exchange.step(lambda: next(parts, b"")):
            self._exchange.deadline.check("receiving the body")
            yield part

    def _parts(self) -> Iterator[bytes]:
        source = self._response.raw
        if not isinstance(source, urllib3.HTTPResponse) or not hasattr(source, "read1") or source.chunked:
            return self._response.iter_content(CHUNK)
        # `read` waits for a whole chunk, and loses what it has read if the connection breaks; `read1` does not.
        return iter(lambda: source.read1(CHUNK, decode_content=True), b"")

    def body(self, limit: int) -> bytes | None:
        """Return the whole body with the signature masked, None if it is longer than `limit` bytes."""
        received = bytearray()
        for part in self.chunks():
            received += part
            if len(received) > limit:
                return None
        if self.length is not None and len(received) < self.length:
            raise ConnectionFailed(f"the answer of {self.host} was cut off")
        return self._exchange.mask(bytes(received))


class _Exchange:
    # One request: what must be hidden about it, and how its faults are translated.

    def __init__(self, prepared: requests.PreparedRequest, deadline: Deadline) -> None:
        url = prepared.url or ""
        parts = urlsplit(url)
        self.host = parts.hostname or "the server"
        self.deadline = deadline
        fields = prepared.body.fields if isinstance(prepared.body, Multipart) else dict(parse_qsl(parts.query))
        self._signature = fields.get("signature", "").encode()
        self._hidden = (url, prepared.path_url if parts.query or len(parts.path) > 1 else "", parts.query)

    def mask(self, body: bytes) -> bytes:
        return body.replace(self._signature, b"[signature]") if self._signature else body

    def step(self, step: Callable[[], T]) -> T:
        """Return what `step` returns; raise our exceptions in place of the libraries'."""
        try:
            with hiding(*self._hidden), in_force(self.deadline):
                return step()
        except FlipsnackError as error:
            # Raised while the body was made; the traceback goes, because its frames hold parts of the body.
            raised = error.with_traceback(None)
        except FAULTS as error:
            raised = None
            failure = _translated(error, self.host)
        if raised is not None:
            raise raised
        self.deadline.check(f"waiting for {self.host}")
        raise failure


class Transport:
    """Sends requests through one requests session; a read may take `timeout` seconds."""

    def __init__(self, session: requests.Session, *, timeout: float) -> None:
        install_mask()
        self._session = session
        self._timeout = timeout

    def send(
        self, request: requests.Request, *, deadline: Deadline, redirects: bool, patience: float = 0.0
    ) -> Response:
        """Send `request` and return its response as soon as the headers have arrived.

        `patience` is the seconds that a read may take at least.

        Raises ConnectionFailed, CertificateRefused, DeadlineExceeded.
        """
        deadline.check("sending the request")
        prepared = self._session.prepare_request(request)
        exchange = _Exchange(prepared, deadline)
        left = deadline.remaining()
        timeout = (min(self._timeout, left), min(max(self._timeout, patience), left))

        def answered() -> requests.Response:
            # `session.verify` takes precedence over REQUESTS_CA_BUNDLE; in requests it is the other way round.
            verify = None if self._session.verify is True else self._session.verify
            settings = self._session.merge_environment_settings(prepared.url, {}, True, verify, None)
            return self._session.send(prepared, timeout=timeout, allow_redirects=redirects, **settings)

        return Response(exchange.step(answered), exchange)


_UNCONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.ProxyError, "the proxy failed"),
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.Timeout, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (urllib3.exceptions.TimeoutError, "no answer in time"),
    (requests.exceptions.TooManyRedirects, "too many redirects"),
    (requests.exceptions.ContentDecodingError, "the answer could not be decompressed"),
    (requests.exceptions.ChunkedEncodingError, "the answer was cut off"),
    (urllib3.exceptions.IncompleteRead, "the answer was cut off"),
    (http.client.RemoteDisconnected, "the server closed the connection without an answer"),
    (http.client.HTTPException, "the answer is not HTTP"),
    (ValueError, "the address is not valid"),
)


def _translated(error: BaseException, host: str) -> TransportError:
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return CertificateRefused(f"the certificate of {host} is refused: {link.verify_message}")
    unconnected = any(isinstance(link, _UNCONNECTED) for link in chain)
    return (NotConnected if unconnected else ConnectionFailed)(f"cannot reach {host}: {_reason(chain)}")


def _reason(chain: list[BaseException]) -> str:
    for link in chain:
        if isinstance(link, ssl.SSLError) and link.reason:
            # "wrong version number" is OpenSSL's text for plain HTTP on the port.
            return f"TLS failed ({link.reason.replace('_', ' ').lower()})"
        # The system's texts ("Connection refused") contain no URL; those of a library may.
        if isinstance(link, OSError) and link.strerror and not isinstance(link, requests.RequestException):
            return link.strerror
    for kind, words in _REASONS:
        if any(isinstance(link, kind) for link in chain):
            return words
    return "the connection failed"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and all its causes; urllib3 keeps causes in arguments too."""
    pending, seen = [error], set[int]()
    while pending:
        link = pending.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        origins = [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
        pending += [origin for origin in origins if isinstance(origin, BaseException)]
