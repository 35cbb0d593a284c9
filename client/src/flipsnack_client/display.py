"""What a person sees on stderr while a command runs: a live bar on a terminal, plain lines elsewhere."""

import logging
import sys
from contextlib import suppress

from rich.filesize import decimal

from flipsnack_client.clock import Clock
from flipsnack_client.collection import Collection
from flipsnack_client.download import Progress
from flipsnack_client.multipart import UploadProgress
from flipsnack_client.poller import Update
from flipsnack_client.readable import printable
from flipsnack_client.stderr import say

STEP = 10
"""Per cent of progress between two plain lines."""

UNSIZED_STEP = 10_000_000
"""Bytes between two plain lines when the server did not announce the length."""

SILENCE = 30.0
"""Seconds between two plain lines at most, while bytes arrive: some build servers end a job that prints nothing."""


NARROW = 80
"""Columns of a terminal; one with fewer gets sizes and the time left only, because rich would cut them."""

SHORT = 1.0
"""Seconds that a transfer takes before the first plain line: a shorter one needs none."""


class Display:
    """Shows one upload, wait or download. This one shows nothing; subclasses override what they show."""

    def poll(self, update: Update) -> None:
        """Show the answer to a poll."""

    def progress(self, progress: Progress) -> None:
        """Show how much has arrived."""

    def upload(self, progress: UploadProgress) -> None:
        """Show how much was sent."""

    def conversion(self, collection: Collection) -> None:
        """Show how far the conversion is."""

    def note(self, text: str) -> None:
        """Show one line that stays."""

    def done(self, text: str) -> None:
        """Show the last line, below everything."""
        self.note(text)

    def close(self) -> None:
        """Leave the terminal as it was."""


def new_display(clock: Clock, *, quiet: bool, plain: bool) -> Display:
    """Return the display that fits the options and stderr: nothing, plain lines or a live bar."""
    if quiet:
        return Display()
    return _PlainDisplay(clock) if plain or not sys.stderr.isatty() else _LiveDisplay()


class _PlainDisplay(Display):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: float | None = None
        self._step = -1
        self._shown_at = 0.0

    def poll(self, update: Update) -> None:
        self.note(state(update))

    def progress(self, progress: Progress) -> None:
        self._transfer("received", progress)

    def upload(self, progress: UploadProgress) -> None:
        # The answer may come long after the last byte.
        self._transfer("sent", Progress(progress.sent, progress.total, 0), shows=progress.sent == progress.total)

    def conversion(self, collection: Collection) -> None:
        self.note(f"conversion: {collection.conversion}")

    def _transfer(self, verb: str, progress: Progress, *, shows: bool = False) -> None:
        now = self._clock.now()
        if self._began is None:
            self._began = now
        if now - self._began < SHORT and not shows:
            return
        step = _step(progress)
        if step > self._step or now - self._shown_at >= SILENCE:
            self._step, self._shown_at = step, now
            self.note(_line(verb, progress, now - self._began))

    def note(self, text: str) -> None:
        say(text)


class _LiveDisplay(Display):
    # A spinner while the job runs, which is erased at its end; then a bar with rate and time left, which stays.

    def __init__(self) -> None:
        # Imported here: only a terminal needs it.
        from rich import progress as bars
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        words = bars.TextColumn("{task.description}", markup=False)
        waiting = (bars.SpinnerColumn(), words, bars.TimeElapsedColumn())
        self._bars = bars.Progress(*waiting, console=self._console, transient=True)
        wide = self._console.width >= NARROW
        self._measured = (
            words,
            *([bars.BarColumn()] if wide else []),
            bars.DownloadColumn(),
            *([bars.TransferSpeedColumn()] if wide else []),
            bars.TimeRemainingColumn(),
        )
        self._task = self._bars.add_task("waiting", total=None)
        self._bars.start()

    def poll(self, update: Update) -> None:
        self._bars.update(self._task, description=f"{update.status} ({_polls(update)})")

    def progress(self, progress: Progress) -> None:
        self._transfer("downloading", progress.received, progress.total)

    def upload(self, progress: UploadProgress) -> None:
        self._transfer("uploading", progress.sent, progress.total)

    def conversion(self, collection: Collection) -> None:
        self._bars.update(self._task, description=f"conversion: {collection.conversion}")

    def _transfer(self, words: str, done: int, total: int | None) -> None:
        self._bars.columns, self._bars.live.transient = self._measured, False
        self._bars.update(self._task, description=words, completed=done, total=total)

    def note(self, text: str) -> None:
        with suppress(OSError):
            self._console.print(printable(text), markup=False, soft_wrap=True)

    def done(self, text: str) -> None:
        self.close()
        self.note(text)

    def close(self) -> None:
        self._bars.stop()


class LogToDisplay(logging.Handler):
    """Shows the client's log records as notes."""

    def __init__(self, display: Display) -> None:
        super().__init__()
        self._display = display

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record."""
        self._display.note(record.getMessage())


def state(update: Update) -> str:
    """Return the job's status with the number of polls and the seconds since the first."""
    return f"{update.status} ({_polls(update)}, {update.elapsed:.1f} s)"


def _polls(update: Update) -> str:
    return "1 poll" if update.attempt == 1 else f"{update.attempt} polls"


def _step(progress: Progress) -> int:
    if progress.total:
        return progress.received * 100 // progress.total // STEP
    return progress.received // UNSIZED_STEP


def _line(verb: str, progress: Progress, seconds: float) -> str:
    rate = (progress.received - progress.resumed) / seconds if seconds > 0 else 0.0
    speed = f", {decimal(round(rate))}/s" if rate else ""
    if not progress.total:
        return f"{verb} {decimal(progress.received)}{speed}"
    share = f"{progress.received * 100 // progress.total} %"
    left = f", {(progress.total - progress.received) / rate:.0f} s left" if rate else ""
    return f"{verb} {decimal(progress.received)} of {decimal(progress.total)} ({share}){speed}{left}"
