"""One line for each request: what was asked, what was answered, how long it took.

Never a signature, nor a secret that its key does not tell.

A thread makes the lines and writes them, so that nothing about the place where they go can hold up or change an answer.
"""

import io
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TextIO
from urllib.parse import urlencode

import msgspec

from flipsnack_mock.inspect.printable import printable, printable_json
from flipsnack_mock.protocol.addresses import PAGE_PATH
from flipsnack_mock.protocol.errors import Code
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.server.clock import real_sleep
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.settings import Settings

MAX_WAITING_LINES = 10_000
"""The most lines that wait to be written; further ones are lost."""

# Lines of what came within this time are written at once, which costs less than one by one.
_GATHER_SECONDS = 0.01
_CLOSE_SECONDS = 0.5
# To explain an entry takes a tenth of a second, and longer on a busy machine.
_EXPLAIN_SECONDS = 5.0
MOST_EXPLAINED = int(MAX_WAITING_LINES * _GATHER_SECONDS / _EXPLAIN_SECONDS)
"""The most lines of a batch of which one is explained: when more come at a time, lines could be lost meanwhile."""


class RequestLog:
    """Writes the line that `render` makes of each journal entry and its action to `stream`, whatever becomes of that.

    A stream that is absent, closed, full, slow or blocked costs lines, which are counted in `lost`. A line says how
    many, as soon as one can be written. A character that the stream's encoding has not is written as an escape.
    Where `explain` is set, it may add to the entries of a batch of at most `MOST_EXPLAINED`; the log's thread calls it.
    """

    explain: Callable[[Entry], Entry] | None = None

    def __init__(self, render: Callable[[Entry, str], str], stream: TextIO | None) -> None:
        self._render = render
        self._stream = stream
        # One counter for each thread that counts.
        self._dropped = 0
        self._failed = 0
        self._told = 0
        self._waiting: SimpleQueue[tuple[Entry, str] | None] = SimpleQueue()
        # Set but while a batch is made.
        self._made = threading.Event()
        self._made.set()
        # It may be blocked for ever, so the end of the process does not wait for it.
        self._thread = threading.Thread(target=self._run, name="flipsnack-mock log", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """How many lines were not written."""
        return self._dropped + self._failed

    def __call__(self, entry: Entry) -> None:
        """Log `entry`; returns at once."""
        if self._waiting.qsize() < MAX_WAITING_LINES:
            # Later the journal has dropped the parameters, and would have to read them again.
            self._waiting.put((entry, entry.action))
        else:
            self._dropped += 1

    def close(self) -> None:
        """Write what waits, if that can be done soon."""
        self._waiting.put(None)
        self._made.wait(_EXPLAIN_SECONDS)
        self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        going_on = True
        while going_on:
            batch = [self._waiting.get()]
            self._made.clear()
            if batch[0] is not None:
                real_sleep(_GATHER_SECONDS)
            batch += [self._waiting.get() for _ in range(self._waiting.qsize())]
            going_on = None not in batch
            entries = [one for one in batch if one is not None]
            if self.explain and len(entries) <= MOST_EXPLAINED:
                entries = [(self.explain(entry), action) for entry, action in entries]
            lines = [self._render(*one) for one in entries]
            self._made.set()
            self._write_lines(lines)

    def _write_lines(self, lines: list[str]) -> None:
        lost = self.lost
        try:
            write_through(self._stream, "".join(f"{line}\n" for line in [*self._lost_lines(lost - self._told), *lines]))
            self._told = lost
        except (OSError, ValueError):
            # ValueError: the stream is closed.
            self._failed += len(lines)

    def _lost_lines(self, count: int) -> list[str]:
        if not count:
            return []
        if self._render is _json:
            return [f'{{"lost":{count}}}']
        return [f"{count} lines of this log were lost: they could not be written, or not fast enough"]


def write_through(stream: TextIO | None, text: str) -> None:
    """Write `text` to `stream`, with escapes for what its encoding has not.

    Raises `OSError` or `ValueError` when that is not possible.
    """
    if stream is None:
        raise ValueError("there is no such stream")
    data = text.encode(getattr(stream, "encoding", None) or "utf-8", "backslashreplace")
    try:
        file = stream.fileno()
    except io.UnsupportedOperation:
        stream.write(data.decode(stream.encoding or "utf-8"))
        stream.flush()
        return
    # Past the stream's buffer, whose lock the end of the process would wait for while the write blocks.
    while data:
        data = data[os.write(file, data) :]


def request_log(settings: Settings, stream: TextIO | None = None, *, coloured: bool = False) -> RequestLog | None:
    """A log in the style of `settings` on `stream`, or on stdout; None when the style is off.

    `coloured`: the stream is a terminal, whose colours tell the outcomes of pretty lines apart.
    """
    if settings.log == "off":
        return None
    page = PAGE_PATH if settings.admin else ""
    pretty = partial(_pretty, page=page, coloured=coloured)
    return RequestLog(_json if settings.log == "json" else pretty, sys.stdout if stream is None else stream)


def shown_key(key: str) -> str:
    """A key as it may be seen in a log: one that anybody can use as it is, of others the beginning."""
    return key if len(key) <= 8 or key.startswith(AUTOMATIC_PREFIX) else key[:6] + "…"


def _json(entry: Entry, action: str) -> str:
    assert entry.response is not None  # an entry is logged when it was answered
    facts = {
        "id": _id(entry),
        "at": to_text(entry.request.at),
        "method": entry.request.method,
        "action": _asked(entry, action),
        "code": entry.code,
        "http": entry.response.http_status,
        "bytes": entry.response.sent_bytes,
        "key": shown_key(entry.key),
        "format": entry.fmt,
        "us": entry.duration,
        "fault": entry.fault,
        "why": entry.detail,
    }
    return printable_json(msgspec.json.encode(facts).decode())


def _pretty(entry: Entry, action: str, *, page: str, coloured: bool) -> str:
    assert entry.response is not None
    outcome = f"{'-' if entry.code is None else f'code {entry.code}'} HTTP {entry.response.http_status}"
    head = (
        f"{to_text(entry.request.at)[11:23]} {_id(entry) or '-'} {entry.request.method} {_asked(entry, action) or '-'}"
    )
    rest = (
        f"{entry.response.sent_bytes} B {shown_key(entry.key) or '-'} {entry.fmt} {entry.duration / 1000:.1f} ms"
        f"{_explained(entry, page) if entry.detail or entry.fault else ''}"
    )
    shown = f"\x1b[{_colour(entry)}m{outcome}\x1b[0m" if coloured else outcome
    return f"{printable(head)} {shown} {printable(rest)}"


def _id(entry: Entry) -> str:
    return entry.id if entry.number else ""  # what no account was asked has no number


def _asked(entry: Entry, action: str) -> str:
    return action[:60] or ("package" if entry.fmt == "zip" else "")


def _explained(entry: Entry, page: str) -> str:
    """Which fault did it, why the answer is what it is, and where the page has more to say of a signature."""
    fault = f"fault {entry.fault}" if entry.fault and entry.fault not in entry.detail else ""
    more = ""
    if page and entry.code == Code.INVALID_SIGNATURE:
        address = urlencode({"account": entry.key, "request": entry.id})
        more = f"explained at {entry.request.origin}{page}?{address}"
    return "".join(f"  {part}" for part in (fault, entry.detail, more) if part)


def _colour(entry: Entry) -> int:
    """Green: it was answered; yellow: it may be repeated later; red: it was refused; magenta: a fault did this."""
    if entry.fault:
        return 35
    if entry.code in _LATER:
        return 33
    assert entry.response is not None
    return 32 if entry.code == 20 or (entry.code is None and entry.response.http_status < 400) else 31


_LATER = frozenset({Code.MAINTENANCE, Code.PER_SECOND_LIMIT, Code.PER_MINUTE_LIMIT, Code.UPLOADS_PER_MONTH_LIMIT})
