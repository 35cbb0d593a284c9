"""The engine: one process, one port, uvicorn with httptools; binding, starting and stopping."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from flipsnack_mock.protocol.addresses import bracketed, reachable
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.server.body import DEFAULT_PACE, Pace
from flipsnack_mock.server.bridge import Bridge
from flipsnack_mock.server.clock import real_time
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.server.http_protocol import HttpProtocol

# In-flight answers have this long to finish after a stop; with uvicorn's own steps a stop takes less than a second.
GRACE_SECONDS = 0.5


def bind(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on all addresses of `host`, on one `port` (0: a free one).

    `localhost` has both loopback addresses, whatever the machine's table of hosts says. An address of a family that the
    machine does not have is left out. Raises `OSError` when there is no other one.
    """
    names = _LOOPBACK if host.lower() == "localhost" else (host.strip("[]"),)
    found = [one for name in names for one in _addresses(name, port)]
    listeners: list[socket.socket] = []
    refusal = OSError(errno.EADDRNOTAVAIL, f"{host} has no address of this machine")
    for family, _, _, _, address in dict.fromkeys(found):
        # The port that the first address got is the port of all.
        same = listeners[0].getsockname()[1] if listeners else port
        try:
            listeners.append(_listener(family, (address[0], same, *address[2:])))
        except OSError as problem:
            if problem.errno not in _NO_SUCH_FAMILY:
                _close(listeners)
                raise
            refusal = problem
    if not listeners:
        raise refusal
    return listeners


def _addresses(name: str, port: int) -> list[tuple[Any, ...]]:
    try:
        return [*socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)]
    except UnicodeError:
        raise OSError(errno.EINVAL, "it is no host name") from None


def _listener(family: int, address: tuple[Any, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def url_of(listeners: list[socket.socket], *, host: str, tls: bool) -> str:
    """Where a client on this machine reaches `listeners`, which `bind` made for `host`."""
    address, port = listeners[0].getsockname()[:2]
    name = host if len(listeners) > 1 else reachable(address)
    return f"{'https' if tls else 'http'}://{bracketed(name)}:{port}"


_LOOPBACK = ("127.0.0.1", "::1")
# What `socket` and `bind` say where IPv6 is switched off.
_NO_SUCH_FAMILY = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT})


def start_worker() -> None:
    """Let `asyncio.to_thread` use one thread of the running event loop, which ends with the loop.

    Each server has its own, because a thread does not survive a fork. There is one, because what it works out shares
    the interpreter with the answers to everybody else: what waits for it is done in turn.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1, "flipsnack-mock work"))


class Server(uvicorn.Server):
    """A running `fake` on `listeners`.

    It serves https if `tls` is given. `run()` serves in this thread until a signal or `stop()`; `started` is
    set, and `on_ready` called, when requests are answered. A body that comes more slowly than `pace` is answered with
    408.
    """

    def __init__(
        self,
        fake: Fake,
        listeners: list[socket.socket],
        *,
        on_ready: Callable[[], None] | None = None,
        tls: ssl.SSLContext | None = None,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        self._fake = fake
        config = uvicorn.Config(
            Bridge(fake, pace=pace),  # type: ignore[arg-type]  # what our protocol calls, no ASGI
            http=partial(HttpProtocol, on_refusal=fake.vendor.refused),  # type: ignore[arg-type]  # uvicorn calls it
            loop="auto",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",  # its other word is that it ends answers at a stop, as is right
            access_log=False,
            server_header=False,
            proxy_headers=False,  # resource URLs begin with the setting base_url, or with Host
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_SECONDS,  # type: ignore[arg-type]  # any number of seconds works
        )
        config.load()
        config.ssl = tls
        super().__init__(config)
        self._listeners = listeners
        self._now = real_time()
        self._on_ready = on_ready

    def serve_forever(self) -> None:
        """Serve until a signal or `stop()`; answers in flight are finished first, then files are closed or removed."""
        try:
            self.run(sockets=self._listeners)
        finally:
            self._fake.close()

    def stop(self) -> None:
        """Ask the server to stop; returns at once."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and call `on_ready`."""
        start_worker()
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to stop; keep the header Date right (RFC 9110, 6.6.1)."""
        # Python's clock, which uvicorn asks, may be a test's: it may stand still, or raise.
        if counter % 10 == 0:
            date = formatdate(self._now() / SECOND, usegmt=True)
            self.server_state.default_headers = [(b"date", date.encode())]
        return self.should_exit

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal. The process ends normally, so the signal is not raised again afterwards."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
