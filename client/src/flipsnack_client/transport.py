"""Sends HTTP requests, and raises our exceptions in place of those of requests and urllib3.

The exceptions of requests contain the whole URL, and so the signature; none of them leaves this module,
neither as a cause nor as a context.
"""

import http.client
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
import urllib3
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy

from flipsnack_client.deadline import Deadline
from flipsnack_client.deadline_adapter import DeadlineAdapter, in_force
from flipsnack_client.exceptions import ConnectionFailed, FlipsnackError, TransportError
from flipsnack_client.multipart import Multipart
from flipsnack_client.numerals import number
from flipsnack_client.readable import readable
from flipsnack_client.redaction import hiding, install_mask
from flipsnack_client.resource_url import ResourceUrl, is_web_address
from flipsnack_client.translation import translated
from flipsnack_client.trust import trusted

T = TypeVar("T")

# ValueError: requests raises it for an invalid address, mostly that of a proxy.
FAULTS = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)
CHUNK = 64 * 1024
UPLOAD_ANSWER = 300.0
"""Seconds that the answer to an upload may take at least: the server stores up to 500 MB before it answers."""

PROXY_REFUSES = 407
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def new_session() -> requests.Session:
    """Return a session whose reads are cut at the deadline, and which keeps no cookies."""
    session = requests.Session()
    # The API needs none; those of one answer would go to whatever host a resource URL names.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.mount("https://", DeadlineAdapter())
    session.mount("http://", DeadlineAdapter())
    return session


class Response:
    """An HTTP response whose body has not been read yet; close it or use it as a context manager."""

    def __init__(self, response: requests.Response, exchange: "_Exchange") -> None:
        self.status = response.status_code
        # Blanks around a value are no part of it (RFC 9110, 5.5).
        values = ((name, value.strip(" \t")) for name, value in response.headers.items())
        self.headers: Mapping[str, str] = CaseInsensitiveDict(values)
        # HTTP 407 is what a proxy answers, never the server behind it (RFC 9110, 15.5.8).
        self.host = f"the proxy {exchange.proxy}" if self.status == PROXY_REFUSES and exchange.proxy else exchange.host
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
        # Where there are both, Transfer-Encoding counts (RFC 9112, 6.3).
        return None if "Transfer-Encoding" in self.headers else number(self.headers.get("Content-Length", ""))

    @property
    def ends_with_connection(self) -> bool:
        """Whether only the end of the connection marks the end of the body."""
        return self._announced is None and "chunked" not in self.headers.get("Transfer-Encoding", "").lower()

    @property
    def retry_after(self) -> float | None:
        """The pause the server asks for, in seconds.

        A date is ignored: the vendor documents neither form, and a date needs clocks that agree.
        """
        seconds = number(self.headers.get("Retry-After", ""), digits=9)
        return seconds if seconds is None else float(seconds)

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

    def __init__(self, prepared: requests.PreparedRequest, deadline: Deadline, proxy: str | None) -> None:
        url = prepared.url or ""
        parts = urlsplit(url)
        self.host = readable(parts.netloc.rpartition("@")[2] or "the server", 255)
        self.proxy = _without_password(proxy)
        self.deadline = deadline
        fields = prepared.body.fields if isinstance(prepared.body, Multipart) else dict(parse_qsl(parts.query))
        self._signature = fields.get("signature", "").encode()
        path = prepared.path_url if parts.query or len(parts.path) > 1 else ""
        self._hidden = (url, path, parts.query, proxy or "")

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
            failure = translated(error, self.host, self.proxy)
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

    def send(self, request: requests.Request, *, deadline: Deadline, redirects: bool) -> Response:
        """Send `request` and return its response as soon as the headers have arrived.

        With `redirects` they are followed, but never from https to http.
        Raises ConnectionFailed, CertificateRefused, DeadlineExceeded, and TransportError for what a retry cannot mend.
        """
        for _ in range(self._session.max_redirects + 1):
            response, location = self._sent(request, deadline)
            if not redirects or location is None or response.status not in REDIRECTS:
                return response
            with response:
                request = _redirected(request, location, response.host)
        raise TransportError(f"{response.host} redirects more than {self._session.max_redirects} times")

    def _sent(self, request: requests.Request, deadline: Deadline) -> tuple[Response, ResourceUrl | None]:
        deadline.check("sending the request")
        prepared, location = self._prepared(request)
        settings = self._settings(prepared.url or "")
        exchange = _Exchange(prepared, deadline, select_proxy(prepared.url or "", settings["proxies"]))
        patience = UPLOAD_ANSWER if isinstance(prepared.body, Multipart) else 0.0
        left = deadline.remaining()
        timeout = (min(self._timeout, left), min(max(self._timeout, patience), left))
        answered = exchange.step(
            lambda: self._session.send(prepared, timeout=timeout, allow_redirects=False, **settings)
        )
        return Response(answered, exchange), next(iter(location), None)

    def _prepared(self, request: requests.Request) -> tuple[requests.PreparedRequest, list[ResourceUrl]]:
        if not is_web_address(request.url or ""):
            raise TransportError("the address cannot be requested, expected an http or https URL with a valid host")
        try:
            prepared = self._session.prepare_request(request)
        except requests.RequestException as error:
            # Its text may quote the URL or a header.
            wrong: str | None = type(error).__name__
        else:
            wrong = None
        if wrong is not None:
            raise TransportError(f"the request cannot be made ({wrong})")
        location: list[ResourceUrl] = []

        def detach(response: requests.Response, *_: object, **__: object) -> None:
            # With this header in place requests reads the whole body of a redirect, however long it is.
            if found := response.headers.pop("Location", None):
                location.append(ResourceUrl(found))

        prepared.hooks["response"].append(detach)
        return prepared, location

    def _settings(self, url: str) -> dict[str, Any]:
        # `session.verify` takes precedence over REQUESTS_CA_BUNDLE; in requests it is the other way round.
        verify = None if self._session.verify is True else self._session.verify
        settings = dict(self._session.merge_environment_settings(url, {}, True, verify, None))
        if self._session.trust_env and urlsplit(url).scheme == "https":
            settings["verify"] = trusted(settings["verify"])
        return settings


def _redirected(request: requests.Request, location: ResourceUrl, host: str) -> requests.Request:
    target = _joined(request.url or "", location)
    if not is_web_address(target):
        raise TransportError(f"{host} redirects to an address that is not valid")
    if urlsplit(request.url or "").scheme == "https" and urlsplit(target).scheme != "https":
        raise TransportError(f"{host} redirects from https to http, which is not followed")
    return requests.Request(request.method, target, headers=request.headers, auth=request.auth)


def _joined(base: str, location: str) -> ResourceUrl:
    with suppress(ValueError):
        # One with a scheme and no host would be taken for a place at the same host.
        if not urlsplit(location).scheme or is_web_address(location):
            return ResourceUrl(urljoin(base, location))
    return ResourceUrl()


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _without_password(proxy: str | None) -> str | None:
    if not proxy:
        return None
    scheme = _SCHEME.match(proxy)
    begin = scheme[0] if scheme else ""
    return readable(begin + proxy.removeprefix(begin).rpartition("@")[2])
