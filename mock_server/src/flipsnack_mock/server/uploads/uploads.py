"""What a server does with uploaded documents, beside its event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flipsnack_mock.server.uploads.documents import DocumentProcesses
from flipsnack_mock.server.uploads.form import FormBody
from flipsnack_mock.server.uploads.spool import Spool
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import Worlds

UPLOADS = "flipsnack_mock.uploads"
"""Where the extensions of the Flask application have its `Uploads`."""

_THREADS = 4


class Uploads:
    """The spool and the document processes of the server of `worlds`.

    Nothing is made before the first upload, so that a server without a writable folder works.
    """

    def __init__(self, settings: Settings, worlds: Worlds) -> None:
        self._worlds = worlds
        self.spool = Spool(
            settings.spool, max_bytes=settings.spool_bytes, max_files=settings.spool_files, in_use=self._in_use
        )
        self.processes = DocumentProcesses()
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
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        self.spool.close()

    def _in_use(self) -> set[str]:
        """The digests of the documents that collections have."""
        # Without the lock of a world, whose holder may wait for the spool: a list is copied in one step.
        accounts = [account for world in self._worlds.all() for account in list(world.accounts)]
        kept = [item for account in accounts for item in list(account.collections.values()) if not item.deleted]
        return {item.document.digest for item in kept if item.document is not None}
