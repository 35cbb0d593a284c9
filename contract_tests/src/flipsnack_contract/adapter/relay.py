"""A relay in front of the fake that breaks the connection of an upload in the middle of the document."""

import select
import socket
import struct
import threading
from contextlib import suppress
from urllib.parse import urlsplit

PIECE = 64 * 1024
RESET = struct.pack("ii", 1, 0)
"""The option SO_LINGER by which closing a socket resets its connection."""


class Relay:
    """Passes connections on to the server at `url`; `url` of the relay is the same address with its own port.

    The first connection on which a client sends more than `cut_after` bytes is reset on both sides. All further ones
    are passed on whole. `close` ends it.
    """

    def __init__(self, url: str, cut_after: int) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._cut_after = cut_after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}{parts.path}"
        self.was_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        sent = 0
        with client, server, suppress(OSError):
            while True:
                for source in select.select([client, server], [], [])[0]:
                    piece = source.recv(PIECE)
                    sent += len(piece) if source is client else 0
                    if sent > self._cut_after and not self.was_cut:
                        self.was_cut = True
                        for end in (client, server):
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        return
                    if not piece:
                        return
                    (server if source is client else client).sendall(piece)

    def close(self) -> None:
        """Take no further connections."""
        with suppress(OSError):
            # This wakes the thread that accepts.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
