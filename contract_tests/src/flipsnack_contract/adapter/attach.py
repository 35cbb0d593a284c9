"""An adapter that somebody else starts, under a debugger for instance: the kit listens, the adapter comes."""

from __future__ import annotations

import os
import shlex
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from flipsnack_contract.adapter.channel import Channel, Ended, Silent
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import Bye, encode

__all__ = ["Attached", "Listener", "instructions"]

LOOK = 0.5


def instructions(port: int, command: Sequence[str]) -> str:
    """The line for a bash that connects stdin and stdout of `command` to the kit."""
    shown = shlex.join(command) if command else "YOUR-ADAPTER"
    return f"exec 3<>/dev/tcp/127.0.0.1/{port} && {shown} <&3 >&3; exec 3>&-"


class Listener:
    """Where adapters come to: a TCP port of 127.0.0.1. A context manager."""

    def __init__(self, port: int = 0) -> None:
        """Listen on `port`, 0 for a free one. Raises `OSError`."""
        self._socket = socket.create_server(("127.0.0.1", port), backlog=1)
        self.port: int = self._socket.getsockname()[1]

    def accept(self, *, waiting: Callable[[], None] = lambda: None) -> Attached:
        """The next adapter that comes, however long it takes; `waiting` is called first."""
        waiting()
        # Looked at twice a second, so that Ctrl-C is heard on every platform.
        self._socket.settimeout(LOOK)
        while True:
            with suppress(TimeoutError):
                return Attached(self._socket.accept()[0])

    def close(self) -> None:
        """Listen no longer."""
        self._socket.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, _kind: object, _error: object, _trace: object) -> None:
        self.close()


class Attached:
    """A connection that an adapter made. Its stderr stays where it was started."""

    def __init__(self, connection: socket.socket) -> None:
        """Take the connection over."""
        self._socket = connection
        self.channel = Channel(os.dup(connection.fileno()), os.dup(connection.fileno()))

    def how_it_ended(self) -> AdapterFault:
        """The fault of an adapter that hung up."""
        return AdapterFault("crash", "it closed the connection while it was expected to speak")

    def say_goodbye(self) -> int | None:
        """Say bye and hang up."""
        with suppress(Silent, Ended, OSError):
            self.channel.send(encode(Bye()), patience=LOOK)
            self._socket.shutdown(socket.SHUT_WR)
        self.kill()
        return None

    def kill(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        self._socket.close()
