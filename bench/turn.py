"""One request to a server whose event loop has a beat, and the longest turn of the loop while it is answered."""

from __future__ import annotations

import http.client
import json
import mmap
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bench.beat import NOTE
from bench.figure import Figure
from bench.process import Serving, serving

AIM = "< 50"
REST_SECONDS = 0.02
SOCKET_SECONDS = 300.0
TRIES = 2
FORM = "application/x-www-form-urlencoded"


class Asked(NamedTuple):
    """A request to measure: `body` is bytes, JSON, or pieces of `length` bytes together; `label` goes before its name.

    It is sent `tries` times, and the best counts, as a busy machine makes turns longer.
    """

    method: str
    path: str
    body: Any = None
    content_type: str = FORM
    length: int = 0
    label: str = ""
    tries: int = TRIES

    @property
    def name(self) -> str:
        """How the figure is called."""
        return f"{self.label} {self.method} {self.path[:70]}".lstrip()


class Watched(NamedTuple):
    """A server, and the note that the beat of its loop keeps."""

    server: Serving
    note: mmap.mmap


@contextmanager
def watched(env: Mapping[str, str]) -> Iterator[Watched]:
    """`serve` with a beat in its loop and with `env`."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(NOTE.size))
        file.flush()
        with (
            mmap.mmap(file.fileno(), NOTE.size) as note,
            serving([sys.executable, "-m", "bench.beat", file.name, "serve"], env) as server,
        ):
            yield Watched(server, note)


def turns(watched: Watched, requests: Iterable[Asked]) -> Iterator[Figure]:
    """For each request the longest turn, in processor time of the loop's thread and of the process."""
    for asked in requests:
        tries = []
        for _ in range(asked.tries):
            time.sleep(REST_SECONDS)
            watched.note[:] = bytes(NOTE.size)
            ask(watched.server, asked)
            time.sleep(REST_SECONDS)
            tries.append(NOTE.unpack(watched.note[:])[:2])
        for name, of_one in zip(("loop's thread", "process"), zip(*tries, strict=True), strict=True):
            yield Figure(name, 1_000 * min(of_one), "ms", AIM, of=asked.name)


def ask(server: Serving, asked: Asked) -> bytes:
    """The answer to `asked`; raises `RuntimeError` when the server fails."""
    headers = {"Content-Type": asked.content_type}
    if asked.length:
        headers["Content-Length"] = str(asked.length)
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=SOCKET_SECONDS)) as connection:
        connection.request(asked.method, asked.path, _sent(asked), headers)
        answer = connection.getresponse()
        content = answer.read()
    if answer.status >= 500:
        raise RuntimeError(f"{asked.name} was answered with HTTP {answer.status}: {content[:300]!r}")
    return content


def _sent(asked: Asked) -> Any:
    if callable(asked.body):
        return asked.body()
    if asked.body is None or isinstance(asked.body, bytes):
        return asked.body
    return json.dumps(asked.body, separators=(",", ":")).encode()
