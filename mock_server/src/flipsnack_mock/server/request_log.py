"""One line for each request: what was asked, what was answered, how long it took. Never a secret or a signature."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

import msgspec

from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.journal import Entry

__all__ = ["exchange_log", "shortened"]


def exchange_log(style: str, stream: TextIO | None = None) -> Callable[[Entry], None] | None:
    """A function that writes an entry's line in `style` (pretty or json) to `stream`; None when `style` is off."""
    if style == "off":
        return None
    render = _json if style == "json" else _pretty
    out = stream or sys.stdout

    def write(entry: Entry) -> None:
        # Who reads the log may go away (`serve | head`); the answers go on.
        with suppress(BrokenPipeError):
            out.write(render(entry) + "\n")
            out.flush()

    return write


def shortened(key: str) -> str:
    """A key as it may be seen in a log: its beginning."""
    return key if len(key) <= 8 else key[:6] + "…"


def _facts(entry: Entry) -> dict[str, str | int | None]:
    assert entry.response is not None  # an entry is logged when it was answered
    return {
        "id": entry.id,
        "at": to_text(entry.request.at),
        "method": entry.request.method,
        "action": entry.action[:60] or ("package" if entry.fmt == "zip" else ""),
        "code": entry.code,
        "http": entry.response.http_status,
        "bytes": entry.response.sent_bytes,
        "key": shortened(entry.key),
        "format": entry.fmt,
        "us": entry.duration,
        "fault": entry.fault,
        "why": entry.detail,
    }


def _json(entry: Entry) -> str:
    return msgspec.json.encode(_facts(entry)).decode()


def _pretty(entry: Entry) -> str:
    facts = _facts(entry)
    code = "" if facts["code"] is None else f"code {facts['code']}"
    line = (
        f"{str(facts['at'])[11:23]} {facts['method']} {facts['action'] or '-'} {code or '-'} HTTP {facts['http']} "
        f"{facts['bytes']} B {facts['key'] or '-'} {facts['format']} {entry.duration / 1000:.1f} ms"
    )
    fault = f"fault {entry.fault}" if entry.fault and entry.fault not in entry.detail else ""
    text = "  ".join(filter(None, (line, fault, entry.detail)))
    # A client chooses some of these words: no line breaks or terminal codes of its own.
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)
