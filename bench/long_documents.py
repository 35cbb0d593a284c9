"""How long the event loop is held by uploads as large, and packages as long, as the vendor allows."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.figure import Figure
from bench.memory import NO_LIMITS
from bench.process import Serving
from bench.size import Size
from bench.throughput import signed
from bench.turn import Asked, ask, turns, watched
from flipsnack_mock.testing.pdf import make_pdf

KEY = "test-documents"
PAGES = 1_000
PIECE_BYTES = 1_000_000
FETCHES = {"FLIPSNACK_MOCK_FETCH_FILE_URLS": "true", "FLIPSNACK_MOCK_FETCH_PRIVATE_URLS": "true"}
BEFORE = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
AFTER = b"\r\n--cut--\r\n"


class Document(NamedTuple):
    """A document of `length` bytes: `begin`, what fills it, and `end`."""

    name: str
    begin: bytes
    end: bytes
    length: int

    def pieces(self, before: bytes = b"", after: bytes = b"") -> Iterator[bytes]:
        """Its content in pieces, and what stands around it."""
        yield before + self.begin
        left = self.length - len(self.begin) - len(self.end)
        while left > 0:
            yield b"x" * min(left, PIECE_BYTES)
            left -= PIECE_BYTES
        yield self.end + after


def _documents(length: int) -> tuple[Document, ...]:
    body, mark, table = make_pdf(PAGES, "A line of text. " * 40).rpartition(b"xref\n0 ")
    table, _, _ = table.rpartition(b"startxref\n")
    # What fills it is a comment between the objects and their table, so that no place of an object changes.
    begin = body + b"%"
    end = b"\n" + mark + table + b"startxref\n%010d\n%%%%EOF\n"
    end %= length - len(end % 0) + 1
    return (
        Document("pdf", begin, end, length),
        Document("jpeg", b"\xff\xd8\xff", b"", length),
        Document("text", b"", b"", length),
    )


def measure(size: Size) -> Iterator[Figure]:
    """For each document its upload as a file and by a URL, and what is made of it; then the server's memory."""
    documents = _documents(size.package_bytes)
    with watched(NO_LIMITS | FETCHES) as loop, _source(documents) as source:
        before = loop.server.megabytes()
        for number, document in enumerate(documents):
            yield from turns(loop, (_upload(document), _fetch(document, f"{source}/{number}")))
        yield from turns(loop, _packages(loop.server))
        megabytes = size.package_bytes / 1_000_000
        yield Figure("memory before uploads", before, "MB")
        yield Figure(f"most memory while {megabytes:.0f} MB came", loop.server.megabytes("VmHWM"), "MB", "< 150")


def _upload(document: Document) -> Asked:
    content_type, length = "multipart/form-data; boundary=cut", len(BEFORE) + document.length + len(AFTER)
    body = partial(document.pieces, BEFORE, AFTER)
    target = signed(KEY, "collection.create", title=document.name)
    return Asked("POST", target, body, content_type, length, f"{document.name}:", tries=1)


def _fetch(document: Document, url: str) -> Asked:
    target = signed(KEY, "collection.create", title=document.name, fileUrl=url)
    return Asked("POST", target, b"", label=f"{document.name}, fileUrl:", tries=1)


def _packages(server: Serving) -> Iterator[Asked]:
    """What shows a collection of the most pages: one of the document that came first, and one that the fake draws."""
    drawn = {"hash": "drawn", "schedule": "immediate", "pages": PAGES}
    ask(server, Asked("POST", f"/__admin/accounts/{KEY}/collections", drawn))
    listed = json.loads(ask(server, Asked("GET", f"/__admin/accounts/{KEY}/collections")))["collections"]
    ask(server, Asked("POST", f"/__admin/accounts/{KEY}/clock/advance", {"seconds": 3_600}))
    first = next(item for item in listed if item["title"] == "pdf")
    if first["pages"] != PAGES:
        raise RuntimeError(f"the document was not read: {first}")
    for name in (first["hash"], "drawn"):
        yield from _shown(server, name, "drawn:" if name == "drawn" else "uploaded:")


def _shown(server: Serving, name: str, label: str) -> Iterator[Asked]:
    call = Asked("GET", signed(KEY, "collection.downloadHTML", collectionHash=name), label=label, tries=1)
    yield call
    ask(server, Asked("POST", f"/__admin/accounts/{KEY}/clock/advance", {"seconds": 60}))
    parts = urlsplit(json.loads(ask(server, call))["data"]["resourceUrl"])
    yield Asked("GET", f"{parts.path}?{parts.query}", label=label, tries=1)
    yield call._replace(label=f"{label} again,")


@contextmanager
def _source(documents: tuple[Document, ...]) -> Iterator[str]:
    """A web server with the documents at their numbers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = documents[int(self.path[1:])]
            self.send_response(200)
            self.send_header("Content-Length", str(document.length))
            self.end_headers()
            for piece in document.pieces():
                self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
