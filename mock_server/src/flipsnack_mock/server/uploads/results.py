"""What takes long to make is made once, in a thread; the latest results are kept."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, WAITED
from flipsnack_mock.protocol.addresses import WsgiApp

Made = TypeVar("Made")


class Results:
    """At most `most` results by key, made in `threads` threads. Any thread may call."""

    def __init__(self, most: int, *, threads: int) -> None:
        self._most = most
        self._count = threads
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def begin(self, key: Hashable, make: Callable[[], Any]) -> "Future[Any]":
        """The result under `key`; `make` makes it, unless it is there or on its way."""
        with self._lock:
            if key not in self._kept:
                if self._threads is None:
                    self._threads = ThreadPoolExecutor(self._count, "flipsnack-mock documents")
                self._kept[key] = self._threads.submit(make)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]

    def find(self, key: Hashable) -> "Future[Any] | None":
        """The result under `key`, made or on its way; None when it is neither."""
        return self._kept.get(key)

    def close(self) -> None:
        """Make nothing more, and wait for what is being made."""
        with self._lock:
            threads, self._threads = self._threads, None
            self._kept.clear()
        if threads is not None:
            threads.shutdown(cancel_futures=True)


class Awaited(Generic[Made]):
    """What an answer waits for: a result that is being made."""

    def __init__(self, future: "Future[Made]") -> None:
        self._future = future

    @property
    def done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self._future.done()

    @property
    def failed(self) -> bool:
        """Whether it could not be made."""
        return self._future.done() and self._future.exception() is not None

    def result(self) -> Made:
        """What was made; waits for it in this thread, and raises what kept it from being made."""
        return self._future.result()

    def block(self) -> None:
        """Wait in this thread."""
        wait((self._future,))

    async def over(self, _receive: Callable[[], Awaitable[Any]] | None = None) -> bool:
        """Wait on the event loop, also when the client leaves: the result is kept for the next one."""
        result = asyncio.wrap_future(self._future)
        await asyncio.wait((result,))
        if not result.cancelled():
            # Asked for here, as asyncio complains when nobody does: whoever waited asks the other one.
            result.exception()
        return True


def later(
    future: "Future[Any]", environ: dict[str, Any], start_response: Callable[..., Any], app: WsgiApp
) -> Iterable[bytes]:
    """The answer of `app` when `future` is done; a server that can await calls it again itself."""
    awaited = Awaited(future)
    environ[WAITED], environ[WAIT] = True, awaited
    if CAN_AWAIT in environ:
        start_response("204 NO CONTENT", [])
        return ()
    awaited.block()
    return app(environ, start_response)
