"""The vendor's surface as a WSGI application: the API below /v1 and the resource URLs below /packages.

It converts a WSGI request, calls `api.handle` and converts the response. It decides nothing itself.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from http import HTTPStatus
from sys import intern
from typing import Any
from urllib.parse import quote

import msgspec

from flipsnack_mock import api
from flipsnack_mock.admin.long_poll import WAITED
from flipsnack_mock.inspect.masking import shown_in_log
from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX, namespace_of, origin_of, split_namespace
from flipsnack_mock.protocol.byte_ranges import CONDITIONS, ByteRange
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import BODILESS, Request, Response
from flipsnack_mock.protocol.methods import PACKAGE_METHOD
from flipsnack_mock.protocol.parameters import MAX_QUERY_BYTES
from flipsnack_mock.server.body import KeptBody, Sink, read_request
from flipsnack_mock.server.clock import Sleep
from flipsnack_mock.server.connection import CONNECTION
from flipsnack_mock.server.delivery import EFFECT, slowed
from flipsnack_mock.server.uploads.results import later
from flipsnack_mock.server.uploads.uploads import Fetched, Uploads
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World, Worlds

REQUEST_ID_HEADER = "X-Flipsnack-Mock-Request"

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
OnExchange = Callable[[Entry], None]

_CONDITIONS = tuple((name, "HTTP_" + name.upper().replace("-", "_")) for name in CONDITIONS)
_UNCONDITIONAL: dict[str, str] = {}
# What a URL may hold beside letters and digits (RFC 3986, 2.2 and 2.1); all else is escaped.
_URL_MARKS = "%!#$&'()*+,/:;=?@[]"
_URL_HEADERS = frozenset({"location", "content-location"})
_OF_THE_BODY = frozenset({"content-length", "content-range", "content-type"})
_STATUS_LINES = {one.value: f"{one.value} {one.phrase.upper()}" for one in HTTPStatus}
_NOTHING = KeptBody(0)
_DELETE = "collection.deleteCollection"
# Where the WSGI environment of a request that waits holds when it came, and the document that is fetched for it.
_AT = "flipsnack_mock.at"
_FETCHED = "flipsnack_mock.fetched"


class _Unready(Exception):
    """What an answer needs is being made: the result of `future`."""

    def __init__(self, future: "Future[Any]") -> None:
        super().__init__()
        self.future = future


class VendorSurface:
    """A thread-safe WSGI application for the vendor's surface of all `worlds`.

    `now` gives real time in microseconds, `sleep` waits, and `on_exchange`, if there is one, gets each journal entry.
    Multipart bodies go to `uploads`. A call raises `Refused` when the fake itself refuses the request.
    """

    def __init__(
        self, worlds: Worlds, now: RealTime, sleep: Sleep, on_exchange: OnExchange | None, uploads: Uploads
    ) -> None:
        self._worlds = worlds
        self._now = now
        self._sleep = sleep
        self._on_exchange = on_exchange
        self._uploads = uploads

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # A request that waited for something came when it came: a resource URL may have expired meanwhile.
        namespace, at = namespace_of(environ), environ.pop(_AT, None) or self._now()
        world = self._worlds.world(namespace)
        origin = origin_of(environ, base_url=self._worlds.settings.base_url, namespace=namespace)
        try:
            if environ["REQUEST_METHOD"] == "POST":
                response, entry = self._posted(environ, world, at, origin)
            else:
                response, entry = self._asked(environ, world, at, origin)
        except _Unready as unready:
            environ[_AT] = at
            return later(unready.future, environ, start_response, self)
        if entry.code == 20:
            self._follow(entry, world, environ)
        chunks = self._chunks(response, environ)
        entry.duration = max(0, self._now() - at)
        self._tell(world, entry)
        start_response(_status_line(response.http_status), _headers(response, entry.id))
        return chunks

    def _asked(self, environ: Environ, world: World, at: int, origin: str) -> tuple[Response, Entry]:
        """The answer to a request without a body; raises `_Unready` when it is a package that is yet to be made."""
        if environ["PATH_INFO"].startswith(PACKAGE_PREFIX) and WAITED not in environ:
            collection = api.collection_at(_path(environ), world)
            made = None if collection is None else self._uploads.flipbooks.begin(collection)
            if made is not None and not made.done():
                raise _Unready(made)
        return api.handle(_request(environ, at, origin, _NOTHING), world)

    def _posted(self, environ: Environ, world: World, at: int, origin: str) -> tuple[Response, Entry]:
        """The answer to a POST; raises `_Unready` when it uploads a document that is yet to be fetched."""
        body = read_request(environ, self._uploads.form)
        try:
            if body.refusal is not None:
                return api.refuse(_request(environ, at, origin, _NOTHING), world, body.refusal)
            return self._uploaded(environ, _request(environ, at, origin, body), world)
        finally:
            body.close()
            self._uploads.tidy(environ)

    def _uploaded(self, environ: Environ, request: Request, world: World) -> tuple[Response, Entry]:
        fetched: Future[Fetched] | None = environ.pop(_FETCHED, None)
        if fetched is None:
            if self._worlds.settings.fetch_file_urls and (url := api.url_to_fetch(request, world)):
                environ[_FETCHED] = self._uploads.fetch(url)
                raise _Unready(environ[_FETCHED])
            return api.handle(request, world)
        arrival, file = fetched.result()
        try:
            return api.handle(msgspec.structs.replace(request, files=(*request.files, file)), world)
        finally:
            arrival.close()

    def _follow(self, entry: Entry, world: World, environ: Environ) -> None:
        """Do what a call leads to that was answered: remove documents, or make what the next call will ask for."""
        action = entry.action
        if action == _DELETE:
            self._uploads.spool.changed()
            self._uploads.tidy(environ)
        elif action == PACKAGE_METHOD and (account := world.look_at(entry.key)) is not None:
            collection = account.collections.get(entry.params["collectionHash"])
            if collection is not None and collection.document is not None:
                self._uploads.flipbooks.begin(collection)

    def refused(self, line: bytes, refusal: Refused) -> None:
        """Let log and journal see what the server itself refused; `line` is its request line as far as it is known."""
        method, target = [*line.split(b" ", 2), b""][:2]
        path, _, query = target.split(b"\r\n")[0].partition(b"?")
        namespace, path_inside = split_namespace(path.decode("latin-1"))
        known = namespace in self._worlds.names()
        request = Request(method[:20].decode("latin-1"), path_inside, query, self._now(), "")
        world = self._worlds.world(namespace if known else "")
        _, entry = api.refuse(request, world, refusal)
        self._tell(world, entry)

    def _tell(self, world: World, entry: Entry) -> None:
        if self._on_exchange is not None:
            self._on_exchange(shown_in_log(world, entry))

    def _chunks(self, response: Response, environ: Environ) -> Iterable[bytes]:
        """The body as it is sent: our own engine carries out the effect of a fault, elsewhere the chunks do."""
        if CONNECTION in environ:
            environ[EFFECT] = response.effect
        elif response.effect is not None:
            return slowed(_body(response), response.effect, self._sleep)
        return _body(response)


def _path(environ: Environ) -> str:
    # The journal keeps it: interned, the path of all calls is kept once. So it is with the origin.
    return intern(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"))


def _request(environ: Environ, at: int, origin: str, body: Sink) -> Request:
    return Request(
        method=environ["REQUEST_METHOD"],
        path=_path(environ),
        # As of the body, enough to see that it is too long.
        query=environ.get("QUERY_STRING", "")[: MAX_QUERY_BYTES + 1].encode("latin-1"),
        at=at,
        origin=intern(origin),
        content_type=environ.get("CONTENT_TYPE", ""),
        body=body.content,
        range=environ.get("HTTP_RANGE", ""),
        conditions=_conditions(environ),
        cuttable=CONNECTION in environ,
        host=intern(environ.get("HTTP_HOST", "")),
        files=body.files,
        form=body.form,
    )


def _conditions(environ: Environ) -> dict[str, str]:
    if not environ["PATH_INFO"].startswith(PACKAGE_PREFIX):
        # Only packages have an ETag.
        return _UNCONDITIONAL
    return {name: environ[variable] for name, variable in _CONDITIONS if variable in environ}


def _status_line(status: int) -> str:
    return _STATUS_LINES.get(status) or f"{status} UNKNOWN"


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
        headers = [header for header in headers if header[0].lower() not in _OF_THE_BODY]
    return headers


def _ascii_url(header: tuple[str, str]) -> tuple[str, str]:
    name, value = header
    if name.lower() not in _URL_HEADERS:
        return header
    return name, quote(value, safe=_URL_MARKS)


def _body(response: Response) -> Iterable[bytes]:
    if response.head or response.http_status in BODILESS:
        return ()
    if isinstance(response.body, bytes):
        return (response.body,)
    part = response.sent_range
    return response.body.pieces(part.start, part.stop)
