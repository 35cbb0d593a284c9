"""A relay in front of the fake: it keeps what a client sends, breaks an upload off, and gives answers another form."""

import select
import socket
import struct
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from flipsnack_contract.adapter.answer_forms import AnswerForm, ReshapedAnswers
from flipsnack_contract.adapter.sent import MOST_KEPT, Sent, requests_in

PIECE = 64 * 1024
LINGER_S = 2.0
"""For how many seconds a client may send after the server has ended the connection."""
RESET = struct.pack("ii", 1, 0)
"""The option SO_LINGER by which closing a socket resets its connection."""


class Relay:
    """Passes connections on to the server at `url`; `url` of the relay is the same address with its own port.

    With `cut_after`, the first connection on which a client sends more bytes is reset on both sides; all further ones
    are passed on whole. With `form`, answers are given that form; with `fills`, `QUERY` in their headers is replaced by
    the query of the request. `close` ends it.
    """

    def __init__(
        self, url: str, *, cut_after: int | None = None, form: AnswerForm | None = None, fills: bool = False
    ) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._cut_after = cut_after
        self._form, self._fills = form, fills
        self._kept: list[bytearray] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.netloc = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{parts.scheme}://{self.netloc}{parts.path}"
        self.was_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def sent(self) -> tuple[Sent, ...]:
        """The requests so far, connection by connection; none where they are encrypted."""
        return tuple(sent for kept in list(self._kept) for sent in requests_in(bytes(kept), self.netloc))

    def forget(self) -> None:
        """Forget the requests so far."""
        for kept in list(self._kept):
            kept.clear()

    def is_cut(self, count: int) -> bool:
        """Whether a connection that carried `count` bytes breaks off now."""
        if self._cut_after is None or self.was_cut or count <= self._cut_after:
            return False
        self.was_cut = True
        return True

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._kept.append(kept := bytearray())
                connection = _Connection(self, client, socket.create_connection(self._server), kept)
                connection.answers = ReshapedAnswers(self._form, kept) if self._form or self._fills else None
                threading.Thread(target=connection.run, daemon=True).start()

    def close(self) -> None:
        """Take no further connections."""
        with suppress(OSError):
            # This wakes the thread that accepts.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class _Connection:
    """One connection through the relay. What breaks one side of it breaks the other; each side ends by itself."""

    answers: ReshapedAnswers | None = None

    def __init__(self, relay: Relay, client: socket.socket, server: socket.socket, kept: bytearray) -> None:
        self._relay, self._client, self._server, self._kept = relay, client, server, kept
        self._open = [client, server]
        self._count = 0

    def run(self) -> None:
        with self._client, self._server:
            try:
                while self._open and self._pass_on():
                    pass
            except OSError:
                for end in (self._client, self._server):
                    with suppress(OSError):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def _pass_on(self) -> bool:
        """Pass on what has come; whether more may come."""
        # A client may still send when the server has answered and gone: closing now would take the answer from it.
        patience = None if self._server in self._open else LINGER_S
        ready = select.select(self._open, [], [], patience)[0]
        for source in ready:
            piece = source.recv(PIECE)
            if source is self._client:
                self._ask(piece)
            else:
                self._answer(piece)
            if not piece:
                self._end(source)
        return bool(ready)

    def _end(self, source: socket.socket) -> None:
        """Pass on that one side sends no more."""
        self._open.remove(source)
        other = self._server if source is self._client else self._client
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def _ask(self, piece: bytes) -> None:
        self._count += len(piece)
        self._kept += piece[: MOST_KEPT - len(self._kept)]
        if self._relay.is_cut(self._count):
            raise ConnectionResetError
        with suppress(*() if self._server in self._open else (OSError,)):
            self._server.sendall(piece)

    def _answer(self, piece: bytes) -> None:
        if self.answers is None:
            self._client.sendall(piece)
            return
        for part in self.answers.take(piece) if piece else [self.answers.rest()]:
            self._client.sendall(part)
        if piece and self.answers.is_over:
            self._end(self._server)
