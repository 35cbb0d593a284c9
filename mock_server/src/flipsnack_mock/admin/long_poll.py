"""Answers that take their time: while requests are waited for, or something long is worked out, others are answered.

A handler that cannot answer yet returns a `Wait`, or `Work` that needs no account. Our engine's bridge awaits it and
calls the application again; under another WSGI server the thread that serves the request waits or works.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from flipsnack_mock.inspect.matching import Matcher
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

__all__ = ["CAN_AWAIT", "WAIT", "WAITED", "Wait", "Work"]

CAN_AWAIT = "flipsnack_mock.can_await"
"""Set in the WSGI environment by a server that awaits what it finds under `WAIT`."""

WAIT = "flipsnack_mock.wait"
"""Where the application leaves the `Wait` or the `Work` that its answer depends on."""

WAITED = "flipsnack_mock.waited"
"""Set when the application is asked for the second time: now it must answer."""


class Wait:
    """Ends when `missing` more entries that `matcher` means were answered, or after `seconds` of real time."""

    def __init__(self, world: World, matcher: Matcher, missing: int, seconds: float) -> None:
        """Begin to listen. The lock of `world` is held by who calls this."""
        self._world = world
        self._matcher = matcher
        self._missing = missing
        self._seconds = seconds
        self._done: concurrent.futures.Future[None] = concurrent.futures.Future()
        world.journal.listeners.append(self._hear)

    def block(self) -> None:
        """Wait in this thread."""
        try:
            with contextlib.suppress(TimeoutError):
                self._done.result(self._seconds)
        finally:
            self._end()

    async def over(self, receive: Callable[[], Awaitable[Any]]) -> bool:
        """Wait on the event loop; False when the client went away meanwhile (`receive` is ASGI's)."""
        done = asyncio.wrap_future(self._done)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait({done, gone}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            done.cancel()
            gone.cancel()
            self._end()

    def _hear(self, entry: Entry) -> None:
        if self._matcher.matches(entry):
            self._missing -= 1
            if self._missing == 0:
                # A waiter that has just given up has cancelled it.
                with contextlib.suppress(concurrent.futures.InvalidStateError):
                    self._done.set_result(None)

    def _end(self) -> None:
        with self._world.lock:
            self._world.journal.listeners.remove(self._hear)


class Work:
    """Works out an answer from values alone, so that it needs no lock; `answer` has it when the work is done."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        """Have `compute` for later; an exception of it is raised by `answer`."""
        self._compute = compute
        self._done: concurrent.futures.Future[Any] = concurrent.futures.Future()

    @property
    def answer(self) -> Any:
        """What came of it."""
        return self._done.result(0)

    def block(self) -> None:
        """Do it in this thread."""
        try:
            self._done.set_result(self._compute())
        except Exception as failure:
            self._done.set_exception(failure)


async def _disconnected(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
