"""No text about an error, in no log and no traceback, contains what signs a request or fetches the package."""

import io
import logging
import re
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from client.tests.conftest import (
    Action,
    ScriptedServer,
    VirtualClock,
    answer,
    complete,
    http,
    package,
    raw,
    reset,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_client import Flipsnack, FlipsnackError, RetryPolicy

# The prefix is in no text of this client: Hypothesis also draws words that it finds in the source.
SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=30).map("Zq7~".__add__)
LINK_SECRET = "S1gnedL1nk"
DOCUMENT = b"S3creT d0cument " * 20_000

# For the API and for the resource alike; each may happen at either.
FAULTS: dict[str, Action] = {
    "reset": reset,
    "no answer": raw(b""),
    "not http": raw(b"garbage\r\n\r\n"),
    "bad headers": raw(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\nno"),
    "cut": http(b"x" * 20, length=500),
    "cut chunk": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"),
    "not gzip": http(b"not gzip", headers="Content-Encoding: gzip\r\n"),
    "garbage": http(b"<html>sorry</html>"),
    "HTTP 403": http(b"", status=403),
    "HTTP 404": http(b"", status=404),
    "HTTP 503": http(b"", status=503),
    "redirect in circles": http(b"", status=302, headers=f"Location: /p.zip?Signature={LINK_SECRET}\r\n"),
    "redirect to nowhere": http(b"", status=302, headers=f"Location: http://[bad/?Signature={LINK_SECRET}\r\n"),
    "refused": answer(code=44, status="Invalid signature"),
    "failed": answer(code=20, status="OK", data={"status": "FAILED"}),
    "unknown": answer(code=20, status="OK", data={"status": "WAITING"}),
    "no data": answer(code=20, status="OK"),
    "bad link": answer(code=20, status="OK", data={"status": "COMPLETE", "resourceUrl": f"ftp://x/?{LINK_SECRET}"}),
    "fine": http(package(100)),
}


class Recorder(logging.Handler):
    """Keeps every record of every logger."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records += [self.format(record), repr(vars(record))]


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect all that is logged, at every level."""
    recorder, root = Recorder(), logging.getLogger()
    level = root.level
    root.addHandler(recorder)
    root.setLevel(logging.NOTSET)
    try:
        yield recorder.records
    finally:
        root.removeHandler(recorder)
        root.setLevel(level)


def echo(server: ScriptedServer) -> Action:
    """Answer like a server that quotes the request's URL in its error page."""
    return lambda connection: http(b"Cannot " + server.requests[-1].split(b"\r\n")[0] + server.bodies[-1])(connection)


def related(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error with every cause and context of it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def shown(error: BaseException) -> Iterator[str]:
    """Yield all texts of the error, with the locals of our own frames."""
    for one in related(error):
        yield from (str(one), repr(one), repr(one.args), repr({**vars(one), "raw": None}))
        for frame in traceback.TracebackException.from_exception(one, capture_locals=True).stack:
            if "flipsnack_client" in frame.filename or "site-packages" in frame.filename:
                yield repr(frame.locals)
    yield "".join(traceback.format_exception(error))


def attempt(server: ScriptedServer, secret: str) -> list[str]:
    """Try a download and return everything that could be read about it."""
    client = Flipsnack(
        "test-leaks", secret, base_url=f"{server.url}/v1/", clock=VirtualClock(), retry=RetryPolicy(attempts=2)
    )
    poller = client.download_html("h")
    with listening() as heard, tempfile.TemporaryDirectory() as folder:
        try:
            poller.save(Path(folder) / "p.zip")
        except FlipsnackError as error:
            heard += shown(error)
        heard += [path.read_text("latin-1") for path in Path(folder).glob("*.json")]
    return [
        *heard,
        repr(client),
        repr(poller),
        repr(poller.last),
        repr(poller.last and poller.last.answer),
        poller.token,
    ]


def attempt_upload(server: ScriptedServer, secret: str) -> list[str]:
    """Try an upload and return everything that could be read about it."""
    client = Flipsnack(
        "test-leaks", secret, base_url=f"{server.url}/v1/", clock=VirtualClock(), retry=RetryPolicy(attempts=2)
    )
    with listening() as heard:
        for stop in (None, threading.Event()):
            try:
                client.create(io.BytesIO(DOCUMENT), on_progress=lambda _, stop=stop: stop and stop.set(), cancel=stop)  # type: ignore[misc]
            except FlipsnackError as error:
                heard += shown(error)
                heard += shown(getattr(error, "failure", error))
    return heard


def signatures(server: ScriptedServer) -> list[str]:
    """Return the signatures that were sent."""
    said = b"".join(server.requests + server.bodies)
    return [match.decode() for match in re.findall(rb'signature(?:=|"\r\n\r\n)([0-9a-f]{32})', said)]


@settings(deadline=None, max_examples=120)
@given(SECRETS, st.sampled_from(sorted(FAULTS)), st.booleans())
def test_no_fault_shows_a_secret_a_signature_or_a_link(secret: str, name: str, of_the_package: bool) -> None:
    """Neither a fault of the API nor one of the package's server: in no log record, text, repr, traceback or note."""
    with closing(ScriptedServer()) as server:
        link = complete(f"{server.url}/p.zip?Expires=1&Signature={LINK_SECRET}")
        fault = FAULTS[name]
        server.plan = [link, fault, fault, link, fault] if of_the_package else [fault]
        text = "\n".join(attempt(server, secret))
        sent = signatures(server)
    assert sent
    assert [] == [word for word in (secret, LINK_SECRET, *sent) if word in text]


@settings(deadline=None, max_examples=60)
@given(SECRETS, st.sampled_from(sorted(FAULTS)))
def test_no_fault_of_an_upload_shows_a_secret_a_signature_or_the_document(secret: str, name: str) -> None:
    """A fault of the API, and a cancel while a block is sent: not in the locals of a frame of a library either."""
    with closing(ScriptedServer()) as server:
        server.plan = [FAULTS[name]]
        text = "\n".join(attempt_upload(server, secret))
        sent = signatures(server)
    assert sent
    assert [] == [word for word in (secret, "S3creT d0cument", *sent) if word in text]


@pytest.mark.parametrize("files", [{}, {"file": io.BytesIO(b"x")}], ids=["call", "upload"])
def test_a_server_that_quotes_the_request_is_not_repeated(files: dict[str, io.BytesIO]) -> None:
    with closing(ScriptedServer()) as server:
        server.plan = [echo(server)]
        client = Flipsnack("test-leaks", "s3cr3t", base_url=f"{server.url}/v1/", clock=VirtualClock())
        with pytest.raises(FlipsnackError) as caught:
            client.call("a", {}, files)
        (signature,) = signatures(server)
    raw_bytes = getattr(getattr(caught.value, "failure", caught.value), "raw", b"")
    text = "".join(shown(caught.value)) + repr(raw_bytes)
    assert (False, True) == (signature in text, "[signature]" in text)


def test_a_host_that_does_not_exist_shows_no_url() -> None:
    client = Flipsnack("test-leaks", "s3cr3t", base_url="http://nowhere.invalid/v1/", clock=VirtualClock())
    with listening() as heard, pytest.raises(FlipsnackError) as caught:
        client.call("a", {})
    text = "".join([*heard, *shown(caught.value)])
    assert "nowhere.invalid" in text
    assert [] == [word for word in ("signature=", "s3cr3t") if word in text]
