"""The body of a request: read in pieces, within bounds of size and time, the same way under every server.

A `BodyReader` hands the pieces to a sink as they come, so a long body is never held whole; `KeptBody` is the sink that
keeps a short one in memory, and uploads have one that keeps files elsewhere. Our own engine reads the body before it
calls the application (`receive_body`), and leaves the sink in the WSGI environment; under another server the
application reads it from `wsgi.input` (`read_request`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, NamedTuple, Protocol

from flipsnack_mock.admin.guard import MAX_BODY_BYTES as MAX_CONTROL_BYTES
from flipsnack_mock.protocol.addresses import is_vendor_path, split_namespace
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import SECOND, RealTime
from flipsnack_mock.protocol.messages import Form, UploadedFile
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES
from flipsnack_mock.server.clock import elapsed_time
from flipsnack_mock.server.connection import Receive

BODY = "flipsnack_mock.body"
"""Where the WSGI environment holds the `Sink` of a request whose body was read."""

MAX_DRAINED_BYTES = 256 * 1024 * 1024
"""Our engine reads so much of a body that is too long, to answer its sender; a longer one ends the connection."""

FORM_TYPE = "multipart/form-data"

_PIECE_BYTES = 64 * 1024

Environ = dict[str, Any]
InThread = Callable[..., Awaitable[Any]]
"""`in_thread(act, *arguments)` acts beside the event loop."""


class Sink(Protocol):
    """Takes the pieces of a body.

    `room` is how many bytes a server that is not ours reads, `most` how many ours reads to answer the sender; with
    `takes_long`, ours calls it beside its event loop. `end` comes behind the last piece, and then `content`, `form` and
    `files` have what was read. `close` is called when the request was answered. `refusal` is why it could not be read.
    """

    room: int
    most: int
    takes_long: bool
    refusal: Refused | None

    @property
    def content(self) -> bytes:
        """The body of a request that is no form; raises `refusal` if there is one."""

    @property
    def form(self) -> Form | None:
        """What a multipart body holds beside files."""

    @property
    def files(self) -> tuple[UploadedFile, ...]:
        """The files of a multipart body."""

    def __call__(self, piece: bytes) -> None:
        """Take the next piece."""

    def end(self) -> None:
        """The body was read."""

    def close(self) -> None:
        """The request was answered."""


FormSink = Callable[[str], Sink]
"""Makes the sink for a multipart body of a content type."""


class Pace(NamedTuple):
    """How slowly a body may come.

    No pause lasts longer than `idle` seconds, the whole body comes within `total` seconds, and once `idle` seconds went
    by, at least `rate` bytes have come for each second. All of it is real time.
    """

    idle: float = 60
    total: float = 3_600
    rate: float = 1_000


DEFAULT_PACE = Pace()
_NOW = elapsed_time()


class BodyReader:
    """A body that is being read: its pieces go to `sink`, and `length` counts their bytes.

    `ended` says whether the whole body was read, of which `most` bytes are. `now` gives real time in microseconds since
    any instant.
    """

    def __init__(
        self,
        sink: Callable[[bytes], None],
        *,
        pace: Pace = DEFAULT_PACE,
        now: RealTime = _NOW,
        most: int = MAX_DRAINED_BYTES,
    ) -> None:
        self.pace = pace
        self.most = most
        self.length = 0
        self.ended = False
        self._sink = sink
        self._now = now
        self._begun = now()

    def take(self, piece: bytes) -> None:
        """Hand `piece` on; raises `Refused` (408) when the body comes too slowly."""
        self.length += len(piece)
        self._sink(piece)
        seconds = (self._now() - self._begun) / SECOND
        below_rate = seconds > self.pace.idle and self.length < seconds * self.pace.rate
        if below_rate or seconds > self.pace.total:
            raise _too_slow(f"{self.length:,} bytes came in {seconds:.0f} s")


def _too_slow(how: str) -> Refused:
    return Refused(408, "too_slow", f"the body comes too slowly: {how}; send it at once, or send less")


class KeptBody:
    """A sink that keeps a body of at most `limit` bytes, and one byte more of a longer one, which shows that it is.

    `refusal` is why the body could not be read, and `room` is how many bytes still fit.
    """

    most = MAX_DRAINED_BYTES
    takes_long = False
    form: Form | None = None
    files: tuple[UploadedFile, ...] = ()

    def __init__(self, limit: int) -> None:
        self.refusal: Refused | None = None
        self.room = limit + 1
        self._kept = bytearray()

    def __call__(self, piece: bytes) -> None:
        self._kept += piece[: self.room]
        self.room -= min(self.room, len(piece))

    @property
    def content(self) -> bytes:
        """What was kept; raises `refusal` if there is one."""
        if self.refusal is not None:
            raise self.refusal
        return bytes(self._kept)

    def end(self) -> None:
        """Nothing is left to do."""

    def close(self) -> None:
        """Nothing is left to do."""


def sink_of(environ: Environ, form_sink: FormSink | None) -> Sink:
    """An empty sink for the body of a request, as long as what is served at its path allows."""
    if not is_vendor_path(split_namespace(environ["PATH_INFO"])[1]):
        return KeptBody(MAX_CONTROL_BYTES)
    content_type = environ.get("CONTENT_TYPE", "")
    is_form = content_type.partition(";")[0].strip().lower() == FORM_TYPE
    if form_sink is not None and is_form and environ["REQUEST_METHOD"] == "POST":
        return form_sink(content_type)
    return KeptBody(MAX_BODY_BYTES)


async def receive_body(receive: Receive, reader: BodyReader, in_thread: InThread | None = None) -> None:
    """Read a body from ASGI's `receive`, up to `reader.most`; with `in_thread` its pieces are taken there.

    Raises `Refused` (408) when it comes too slowly, and `ConnectionAbortedError` when the client went away.
    """
    while reader.length < reader.most:
        try:
            async with asyncio.timeout(reader.pace.idle):
                message = await receive()
        except TimeoutError:
            raise _too_slow(f"nothing came for {reader.pace.idle:g} s") from None
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError("the client went away while it sent a body")
        piece = message.get("body", b"")
        if in_thread is None:
            reader.take(piece)
        else:
            await in_thread(reader.take, piece)
        if not message.get("more_body"):
            reader.ended = True
            return


def read_request(environ: Environ, form_sink: FormSink | None = None) -> Sink:
    """The sink with the body of a WSGI request: all of it, or one byte more than is allowed there.

    It can be asked for again. Raises `Refused` (408) when the body comes too slowly.
    """
    sink: Sink | None = environ.get(BODY)
    if sink is None:
        sink = environ[BODY] = sink_of(environ, form_sink)
        try:
            _read(environ, sink)
        except Refused as refusal:
            sink.refusal = refusal
        sink.end()
    return sink


def read_body(environ: Environ) -> bytes:
    """The body of a WSGI request that is no form, as `read_request` reads it."""
    return read_request(environ).content


def _read(environ: Environ, sink: Sink) -> None:
    # A server that blocks has a timeout of its own for a client that sends nothing.
    reader, stream, announced = BodyReader(sink), environ["wsgi.input"], _announced(environ)
    # Without a length only a server that says so ends the input by itself; another would wait for ever.
    most = announced if announced is not None else sink.room if environ.get("wsgi.input_terminated") else 0
    while (wanted := min(sink.room, most - reader.length, _PIECE_BYTES)) > 0 and (piece := _piece(stream, wanted)):
        reader.take(piece)
    if announced is not None and reader.length < announced and sink.room:
        raise Refused(400, "bad_request", f"the body ended after {reader.length} of {announced} bytes")


def _piece(stream: BinaryIO, length: int) -> bytes:
    try:
        return stream.read(length)
    except Exception as damage:
        # What a server raises here is its own, and says that the client sent no body that it can read (PEP 3333 has no
        # exception for it), or went away.
        why = str(damage)[:200] or type(damage).__name__
        raise Refused(400, "bad_request", f"the body cannot be read: {why}") from None


def _announced(environ: Environ) -> int | None:
    length = environ.get("CONTENT_LENGTH", "").strip()
    return int(length) if length.isascii() and length.isdecimal() else None
