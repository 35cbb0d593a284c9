"""What a server does with uploaded documents, beside its event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from flipsnack_mock.protocol.addresses import url_parts
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.server.connection import CONNECTION
from flipsnack_mock.server.uploads.documents import DocumentProcesses
from flipsnack_mock.server.uploads.flipbooks import Flipbooks
from flipsnack_mock.server.uploads.spool import Arrival, Spool
from flipsnack_mock.state.settings import Settings

if TYPE_CHECKING:
    from flipsnack_mock.server.uploads.form import FormBody

DOCUMENTS = ".documents"
"""What follows the name of the state file in that of the folder with the documents."""

_THREADS = 4


class Fetched(NamedTuple):
    """A document that was fetched, or `file.damage` says why not; the spool holds it until `arrival` is closed."""

    arrival: Arrival
    file: UploadedFile


class Uploads:
    """The spool, the document processes and the flipbooks of one server; `now` gives real time in microseconds.

    Nothing is made before the first upload, so that a server without a writable folder works; but with the setting
    `state`, the folder beside that file is made at once. Raises `OSError` when it cannot be used.
    """

    def __init__(self, settings: Settings, now: RealTime) -> None:
        self._now = now
        self._private = settings.fetch_private_urls
        kept = Path(f"{settings.state}{DOCUMENTS}") if settings.state else None
        self.spool = Spool(settings.spool, max_bytes=settings.spool_bytes, max_files=settings.spool_files, kept=kept)
        self.processes = DocumentProcesses()
        self.flipbooks = Flipbooks(self.spool, self.processes)
        self._threads: ThreadPoolExecutor | None = None

    def form(self, content_type: str) -> "FormBody":
        """A sink for a multipart body."""
        # Its parser takes long to import, and many servers get no upload.
        from flipsnack_mock.server.uploads.form import FormBody

        return FormBody(content_type, self.spool, self.processes)

    async def in_thread(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """`act(*arguments)`, which waits for the disk or for a document process, beside the event loop."""
        return await asyncio.wrap_future(self._pool().submit(act, *arguments))

    def tidy(self, environ: dict[str, Any]) -> None:
        """Remove useless documents; our own engine, which has put `CONNECTION` there, does so beside its event loop."""
        if self.spool.due and CONNECTION not in environ:
            self.spool.sweep()

    def fetch(self, url: str) -> "Future[Fetched]":
        """Begin to fetch the document at `url`; close the result."""
        return self._pool().submit(self._fetch, url)

    def _fetch(self, url: str) -> "Fetched":
        # It takes long to import, and few servers fetch.
        from flipsnack_mock.server.uploads.fetch import Unfetched, fetch
        from flipsnack_mock.server.uploads.form import MAX_FILE_BYTES, uploaded_file

        arrival, why = self.spool.receive(MAX_FILE_BYTES), ""
        try:
            fetch(url, arrival.write, max_bytes=MAX_FILE_BYTES, private=self._private, now=self._now)
        except Unfetched as failure:
            why = str(failure)
        arrival.end()
        name = unquote(url_parts(url).path.rpartition("/")[2])
        return Fetched(arrival, uploaded_file(arrival, self.processes, field="fileUrl", file_name=name, failure=why))

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, "flipsnack-mock uploads")
        return self._threads

    def close(self) -> None:
        """Stop what runs, and remove the spool."""
        self.processes.close()
        self.flipbooks.close()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        self.spool.close()
