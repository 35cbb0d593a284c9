"""How long the event loop is held: `serve` with a beat in its loop that notes the processor time between two turns.

Wall time says little on a machine with other work, so a turn is measured in processor time: of the loop's thread, and
of the whole process, which counts work of another thread that keeps the interpreter, or a lock that the loop waits for.
"""

from __future__ import annotations

import asyncio
import mmap
import struct
import sys
import time
from pathlib import Path

from flipsnack_mock.server import engine

BEAT_SECONDS = 0.001
NOTE = struct.Struct("=ddd")
"""Seconds since the note was cleared: the longest turn of the loop's thread, of the process, and in wall time."""


class Beat:
    """Notes the longest turns of the running event loop in the file of `note`."""

    def __init__(self, note: mmap.mmap) -> None:
        self._note = note
        self._loop = asyncio.get_running_loop()
        self._last = self._clocks()

    def __call__(self) -> None:
        """Note this turn, and look again."""
        now = self._clocks()
        worst = NOTE.unpack(self._note[: NOTE.size])
        turn = [max(most, end - begin) for most, end, begin in zip(worst, now, self._last, strict=True)]
        self._note[: NOTE.size] = NOTE.pack(*turn)
        self._last = now
        self._loop.call_later(BEAT_SECONDS, self)

    @staticmethod
    def _clocks() -> tuple[float, float, float]:
        return time.thread_time(), time.process_time(), time.monotonic()


def main() -> None:
    """`flipsnack-mock` with the arguments behind the first, which names the file of the note."""
    path = Path(sys.argv.pop(1))
    with path.open("r+b") as file:
        note = mmap.mmap(file.fileno(), NOTE.size)
    start_worker = engine.start_worker

    def start() -> None:
        start_worker()
        Beat(note)()

    engine.start_worker = start
    from flipsnack_mock.__main__ import main as serve

    serve()


if __name__ == "__main__":
    main()
