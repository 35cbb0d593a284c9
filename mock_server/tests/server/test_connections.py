import asyncio
import gc
import weakref
from typing import Any
from unittest.mock import Mock

import pytest

from flipsnack_mock.server.engine import Server
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.server.http_protocol import HttpProtocol
from flipsnack_mock.state.settings import Settings

REQUEST = b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Loop:
    """An event loop without events: `now` is its time, and `timers` is what it would call, by when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Any]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, act: Any) -> Mock:
        self.timers.append((self.now + seconds, act))
        return Mock()

    def until(self, instant: float) -> None:
        while self.timers and self.timers[0][0] <= instant:
            self.now, act = self.timers.pop(0)
            act()
        self.now = instant


def connected(loop: Any, transport: Mock) -> HttpProtocol:
    config = Server(Fake(Settings()), []).config
    transport.get_extra_info.return_value = None
    server = Mock(connections=set(), tasks=set(), total_requests=0, default_headers=[])
    protocol = HttpProtocol(
        config=config, server_state=server, app_state={}, _loop=loop, on_refusal=lambda _line, _refusal: None
    )
    protocol.connection_made(transport)
    return protocol


def test_a_connection_is_closed_75_seconds_after_its_latest_answer() -> None:
    loop, transport = Loop(), Mock(is_closing=Mock(return_value=False))
    protocol = connected(loop, transport)
    for instant in (0, 60, 120):
        loop.until(instant)
        protocol.data_received(REQUEST)
    loop.until(194)
    assert [3, False, 1] == [transport.write.call_count, transport.close.called, len(loop.timers)]
    loop.until(195)
    assert [True, 0] == [transport.close.called, len(loop.timers)]


@pytest.mark.parametrize("begun", [b"", REQUEST[:20]])
def test_a_connection_without_a_whole_head_ends_after_75_seconds(begun: bytes) -> None:
    loop, transport = Loop(), Mock(is_closing=Mock(return_value=False))
    protocol = connected(loop, transport)
    protocol.data_received(begun)
    loop.until(74)
    assert not transport.close.called
    loop.until(75)
    assert [True, [b"HTTP/1.1 408 "] * bool(begun)] == [
        transport.close.called,
        [call.args[0][:13] for call in transport.write.call_args_list],
    ]


def test_a_request_leaves_no_cycle_of_references_behind() -> None:
    transport = Mock(is_closing=lambda: False, write=lambda _data: None)
    protocol = connected(Loop(), transport)
    protocol.data_received(REQUEST)
    gc.collect()
    gc.disable()
    try:
        protocol.data_received(REQUEST * 3)
        assert 0 == gc.collect()
    finally:
        gc.enable()


def test_nothing_is_left_of_a_connection_that_is_lost() -> None:
    loop, transport = Loop(), Mock(is_closing=lambda: False, write=lambda _data: None)
    protocol = connected(loop, transport)
    protocol.data_received(REQUEST)
    protocol.connection_lost(None)
    loop.timers.clear()
    left = weakref.ref(protocol)
    del protocol
    assert left() is None


def test_an_answer_before_others_ends_with_its_connection() -> None:
    """A task that waits on would keep its connection for ever."""
    transport = Mock(is_closing=Mock(return_value=False))
    wait = b"GET /__admin/requests/wait HTTP/1.1\r\nHost: localhost\r\n\r\n"

    async def scene() -> None:
        protocol = connected(asyncio.get_running_loop(), transport)
        protocol.data_received(wait + REQUEST * 2)
        await asyncio.sleep(0)
        protocol.connection_lost(None)
        await asyncio.wait_for(asyncio.gather(*protocol.tasks), 5)

    asyncio.run(scene())


def test_no_answer_is_written_while_the_client_does_not_read() -> None:
    transport = Mock(is_closing=Mock(return_value=False))

    async def scene() -> list[int]:
        protocol = connected(asyncio.get_running_loop(), transport)
        protocol.pause_writing()
        protocol.data_received(REQUEST)
        await asyncio.sleep(0)
        before = transport.write.call_count
        protocol.resume_writing()
        await asyncio.gather(*protocol.tasks)
        return [before, transport.write.call_count]

    assert [0, 1] == asyncio.run(scene())
