"""The vendor's surface as a WSGI application: the API below /v1 and the resource URLs below /packages.

It converts a WSGI request, calls `api.handle` and converts the response. It decides nothing itself.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.http import HTTP_STATUS_CODES, remove_entity_headers
from werkzeug.urls import iri_to_uri

from flipsnack_mock import api
from flipsnack_mock.inspect.records import shown_in_log
from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX, namespace_of, origin_of, split_namespace
from flipsnack_mock.protocol.byte_ranges import CONDITIONS, ByteRange
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import BODILESS, Body, Request, Response
from flipsnack_mock.protocol.parameters import MAX_QUERY_BYTES
from flipsnack_mock.server.body import read_body
from flipsnack_mock.server.clock import Sleep
from flipsnack_mock.server.delivery import CONNECTION, EFFECT, slowed
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World, Worlds

REQUEST_ID_HEADER = "X-Flipsnack-Mock-Request"

REFUSALS = "flipsnack_mock.refusals"
"""The key of the application's extensions for the function that a server tells its own refusals."""

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
OnExchange = Callable[[Entry], None]

_CONDITIONS = tuple((name, "HTTP_" + name.upper().replace("-", "_")) for name in CONDITIONS)
_URL_HEADERS = frozenset({"location", "content-location"})
_PIECE_BYTES = 128 * 1024


class VendorSurface:
    """A thread-safe WSGI application for the vendor's surface of all `worlds`.

    `now` gives real time in microseconds, `sleep` waits, and `on_exchange`, if there is one, gets each journal entry.
    A call raises `Refused` when the fake itself refuses the request.
    """

    def __init__(self, worlds: Worlds, now: RealTime, sleep: Sleep, on_exchange: OnExchange | None) -> None:
        self._worlds = worlds
        self._now = now
        self._sleep = sleep
        self._on_exchange = on_exchange

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        namespace, at = namespace_of(environ), self._now()
        world = self._worlds.world(namespace)
        origin = origin_of(environ, base_url=self._worlds.settings.base_url, namespace=namespace)
        response, entry = self._answer(environ, at, origin, world)
        chunks = self._chunks(response, environ)
        entry.duration = max(0, self._now() - at)
        if self._on_exchange is not None:
            self._on_exchange(shown_in_log(world, entry))
        start_response(_status_line(response.http_status), _headers(response, entry.id))
        return chunks

    def _answer(self, environ: Environ, at: int, origin: str, world: World) -> tuple[Response, Entry]:
        try:
            body = read_body(environ) if environ["REQUEST_METHOD"] == "POST" else b""
        except Refused as refusal:
            return api.refuse(_request(environ, at, origin), world, refusal)
        return api.handle(_request(environ, at, origin, body), world)

    def refused(self, line: bytes, refusal: Refused) -> None:
        """Let log and journal see what the server itself refused; `line` is its request line as far as it is known."""
        method, target = [*line.split(b" ", 2), b""][:2]
        path, _, query = target.split(b"\r\n")[0].partition(b"?")
        namespace, path_inside = split_namespace(path.decode("latin-1"))
        known = namespace in self._worlds.names()
        request = Request(method[:20].decode("latin-1"), path_inside, query, self._now(), "")
        _, entry = api.refuse(request, self._worlds.world(namespace if known else ""), refusal)
        if self._on_exchange is not None:
            self._on_exchange(entry)

    def _chunks(self, response: Response, environ: Environ) -> Iterable[bytes]:
        """The body as it is sent: our own engine carries out the effect of a fault, elsewhere the chunks do."""
        if CONNECTION in environ:
            environ[EFFECT] = response.effect
        elif response.effect is not None:
            return slowed(_body(response), response.effect, self._sleep)
        return _body(response)


def _request(environ: Environ, at: int, origin: str, body: bytes = b"") -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        # As of the body, enough to see that it is too long.
        query=environ.get("QUERY_STRING", "")[: MAX_QUERY_BYTES + 1].encode("latin-1"),
        at=at,
        origin=origin,
        content_type=environ.get("CONTENT_TYPE", ""),
        body=body,
        range=environ.get("HTTP_RANGE", ""),
        conditions=_conditions(environ),
        cuttable=CONNECTION in environ,
    )


def _conditions(environ: Environ) -> dict[str, str]:
    if not environ["PATH_INFO"].startswith(PACKAGE_PREFIX):
        # Only packages have an ETag.
        return {}
    return {name: environ[variable] for name, variable in _CONDITIONS if variable in environ}


def _status_line(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES.get(status, 'Unknown').upper()}"


def _headers(response: Response, entry_id: str) -> Headers:
    headers = [*map(_ascii_url, response.headers), (REQUEST_ID_HEADER, entry_id)]
    content_type = ("Content-Type", response.content_type)
    if isinstance(response.body, bytes):
        headers += content_type, ("Content-Length", str(len(response.body)))
    else:
        # The answer to a HEAD has the length of what a GET would be sent.
        asked = response.range or ByteRange(0, response.size)
        headers += ("Content-Length", str(asked.length)), content_type
    if response.http_status == 204:
        headers.pop()
    elif response.http_status == 304:
        remove_entity_headers(headers)
    return headers


def _ascii_url(header: tuple[str, str]) -> tuple[str, str]:
    name, value = header
    if name.lower() not in _URL_HEADERS:
        return header
    try:
        return name, iri_to_uri(value)
    except ValueError:
        # A fault may send what is no URL.
        return header


def _body(response: Response) -> Iterable[bytes]:
    if response.head or response.http_status in BODILESS:
        return ()
    if isinstance(response.body, bytes):
        return (response.body,)
    return _pieces(response.body, response.sent_range)


def _pieces(package: Body, part: ByteRange) -> Iterator[bytes]:
    with package.open() as file:
        file.seek(part.start)
        for left in range(part.length, 0, -_PIECE_BYTES):
            yield file.read(min(left, _PIECE_BYTES))
