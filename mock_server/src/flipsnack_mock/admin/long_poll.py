"""Answers that take long: other requests are served while a handler waits for requests or computes.

A handler that cannot answer yet returns a `Wait`, or `Work` that needs no account. The fake's own engine awaits it and
then calls the application again; under another WSGI server the thread of the request waits or computes.
"""

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from flipsnack_mock.protocol.errors import Refused

if TYPE_CHECKING:
    from flipsnack_mock.inspect.matching import Matcher
    from flipsnack_mock.state.journal import Entry
    from flipsnack_mock.state.world import World

Answer = TypeVar("Answer")

CAN_AWAIT = "flipsnack_mock.can_await"
"""Set in the WSGI environment by a server that awaits the value under `WAIT`."""

WAIT = "flipsnack_mock.wait"
"""The key in the WSGI environment for the `Wait` or `Work` that the answer depends on."""

WAITED = "flipsnack_mock.waited"
"""Set when the application is called for the second time and must answer."""


_AT_ONCE = 200
"""So many accounts or collections are looked at, and shown, in a few milliseconds."""
_OF_A_PLACE = 5
"""A place of the journal takes as long as so many of these: a request that fills many is read and masked."""


MAX_WAITS = 1_000
"""So many waits for requests may there be at once: each looks at each request."""


class Wait:
    """Ends when `count` entries match `matcher`, of `entries` and those to come, or after `seconds` of real time."""

    def __init__(
        self, world: "World", matcher: "Matcher", entries: "Sequence[Entry]", *, count: int, seconds: float
    ) -> None:
        """Start listening. The caller must hold the lock of `world`. Raises `Refused` when too many listen."""
        if len(world.journal.listeners) > MAX_WAITS:
            message = f"{MAX_WAITS} waits for requests go on already; wait for fewer at once"
            raise Refused(503, "full", message, max_waits=MAX_WAITS)
        self._world = world
        self._matcher = matcher
        self._entries = entries
        self._missing = count
        self._seconds = seconds
        self._done: concurrent.futures.Future[None] = concurrent.futures.Future()
        world.journal.listeners.append(self._hear)
        if length_of(entries) <= _AT_ONCE:
            self.look()

    def look(self) -> None:
        """Count the entries that there were at the beginning."""
        found, self._entries = sum(map(self._matcher.matches, self._entries)), ()
        with self._world.lock:
            self._count(found)

    def block(self) -> None:
        """Wait in this thread."""
        try:
            self.look()
            with contextlib.suppress(TimeoutError):
                self._done.result(self._seconds)
        finally:
            self._end()

    async def over(self, receive: Callable[[], Awaitable[Any]]) -> bool:
        """Wait on the event loop; false if the client disconnects first (`receive` is ASGI's)."""
        done = asyncio.wrap_future(self._done)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            if self._entries:
                await asyncio.to_thread(self.look)
            await asyncio.wait({done, gone}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            done.cancel()
            gone.cancel()
            self._end()

    def _hear(self, entry: "Entry") -> None:
        if self._matcher.matches(entry):
            self._count(1)

    def _count(self, found: int) -> None:
        self._missing -= found
        if self._missing <= 0 and not self._done.done():
            # The waiter has just timed out and cancelled it.
            with contextlib.suppress(concurrent.futures.InvalidStateError):
                self._done.set_result(None)

    def _end(self) -> None:
        with self._world.lock:
            self._world.journal.listeners.remove(self._hear)


class Work:
    """Computes an answer without the world's lock; `answer` holds the result."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        """Prepare to call `compute`; `answer` raises its exception, if any."""
        self._compute = compute
        self._done: concurrent.futures.Future[Any] = concurrent.futures.Future()

    def then(self, use: Callable[[Any], Any]) -> "Work":
        """What computes this, and then `use` of it."""
        return Work(lambda: use(self._compute()))

    @property
    def answer(self) -> Any:
        """The result of `compute`."""
        return self._done.result(0)

    def block(self) -> None:
        """Compute in this thread."""
        try:
            self._done.set_result(self._compute())
        except Exception as failure:
            self._done.set_exception(failure)


class Reading(Work):
    """Reads a long body: `answer` is its value."""


def work(compute: Callable[[], Answer], *, size: int) -> Answer | Work:
    """What `compute` gives: at once when there is little to do, as the `size` says, otherwise `Work`."""
    return compute() if size <= _AT_ONCE else Work(compute)


def length_of(entries: "Sequence[Entry]") -> int:
    """The size, for `work`, of what reads or shows entries of the journal."""
    return _OF_A_PLACE * sum([entry.places for entry in entries])


def let_go(removed: Iterable[dict[Any, Any]]) -> None:
    """Empty what was removed, one after the other: all at once, it keeps everybody waiting."""
    for one in removed:
        while one:
            one.popitem()


async def _disconnected(receive: Callable[[], Awaitable[Any]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
