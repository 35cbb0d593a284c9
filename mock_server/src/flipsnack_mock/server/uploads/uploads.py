"""What a server does with uploaded documents, beside its event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flipsnack_mock.server.uploads.documents import DocumentProcesses
from flipsnack_mock.server.uploads.flipbooks import Flipbooks
from flipsnack_mock.server.uploads.form import FormBody
from flipsnack_mock.server.uploads.spool import Spool
from flipsnack_mock.state.settings import Settings

UPLOADS = "flipsnack_mock.uploads"
"""Where the extensions of the Flask application have its `Uploads`."""

_THREADS = 4


class Uploads:
    """The spool, the document processes and the flipbooks of one server.

    Nothing is made before the first upload, so that a server without a writable folder works.
    """

    def __init__(self, settings: Settings) -> None:
        self.spool = Spool(settings.spool, max_bytes=settings.spool_bytes, max_files=settings.spool_files)
        self.processes = DocumentProcesses()
        self.flipbooks = Flipbooks(self.spool, self.processes)
        self._threads: ThreadPoolExecutor | None = None

    def form(self, content_type: str) -> FormBody:
        """A sink for a multipart body."""
        return FormBody(content_type, self.spool, self.processes)

    async def in_thread(self, act: Callable[..., Any], *arguments: Any) -> Any:
        """`act(*arguments)`, which waits for the disk or for a document process, beside the event loop."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, "flipsnack-mock uploads")
        return await asyncio.get_running_loop().run_in_executor(self._threads, act, *arguments)

    def close(self) -> None:
        """Stop what runs, and remove the spool."""
        self.processes.close()
        self.flipbooks.close()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        self.spool.close()
