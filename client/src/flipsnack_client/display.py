"""What a person sees on stderr while a download runs: a live bar, or plain lines where no terminal is."""

import logging
from typing import Protocol

import click
from rich.filesize import decimal

from flipsnack_client.clock import Clock
from flipsnack_client.download import Progress
from flipsnack_client.poller import Update

STEP = 10
"""Plain lines tell the progress every so many per cent."""

MEGABYTE = 1_000_000
UNTOLD_STEP = 10 * MEGABYTE
"""Plain lines tell the progress every so many bytes when the server did not say how many there are."""

SILENCE = 30.0
"""Plain lines are at most so many seconds apart while bytes arrive: some build servers end what is silent."""


class Display(Protocol):
    """Shows the states of one download."""

    def poll(self, update: Update) -> None:
        """Show what a poll said."""

    def progress(self, progress: Progress) -> None:
        """Show how much has arrived."""

    def note(self, text: str) -> None:
        """Show one line that stays."""

    def done(self, text: str) -> None:
        """Show the last line, below everything."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class QuietDisplay:
    """Shows nothing."""

    def poll(self, update: Update) -> None:
        """Show nothing."""

    def progress(self, progress: Progress) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""

    def done(self, text: str) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing was opened."""


class PlainDisplay:
    """Lines that read well in a build log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: float | None = None
        self._told = -1
        self._told_at = 0.0

    def poll(self, update: Update) -> None:
        """Write the job's status."""
        self.note(state(update))

    def progress(self, progress: Progress) -> None:
        """Write a line for each further step."""
        now = self._clock.now()
        if self._began is None:
            self._began = now
        step = _step(progress)
        if step > self._told or now - self._told_at >= SILENCE:
            self._told, self._told_at = step, now
            self.note(_line(progress, now - self._began))

    def note(self, text: str) -> None:
        """Write the line to stderr."""
        click.echo(printable(text), err=True)

    def done(self, text: str) -> None:
        """Write the line."""
        self.note(text)

    def close(self) -> None:
        """Nothing was opened."""


class LiveDisplay:
    """A spinner while the job runs, which goes without a trace, then a bar with rate and time left, which stays."""

    def __init__(self) -> None:
        # Imported here: only a terminal needs it.
        from rich import progress as bars
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        words = bars.TextColumn("{task.description}", markup=False)
        waiting = (bars.SpinnerColumn(), words, bars.TimeElapsedColumn())
        self._bars = bars.Progress(*waiting, console=self._console, transient=True)
        self._measured = (
            words,
            bars.BarColumn(),
            bars.DownloadColumn(),
            bars.TransferSpeedColumn(),
            bars.TimeRemainingColumn(),
        )
        self._task = self._bars.add_task("asking", total=None)
        self._bars.start()

    def poll(self, update: Update) -> None:
        """Write the job's status beside the spinner."""
        self._bars.update(self._task, description=f"{update.status} ({_polls(update)})")

    def progress(self, progress: Progress) -> None:
        """Move the bar; until the first byte there is none."""
        self._bars.columns, self._bars.live.transient = self._measured, False
        self._bars.update(self._task, description="downloading", completed=progress.received, total=progress.total)

    def note(self, text: str) -> None:
        """Write a line above the bar."""
        self._console.print(printable(text), markup=False, soft_wrap=True)

    def done(self, text: str) -> None:
        """Stop the bar and write a line below it."""
        self.close()
        self.note(text)

    def close(self) -> None:
        """Stop the bar and give the cursor back."""
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
    """Return the job's status with the count of polls and the seconds that went by."""
    return f"{update.status} ({_polls(update)}, {update.elapsed:.1f} s)"


def printable(text: str) -> str:
    """Return `text` without characters that could steer a terminal: parts of it come from a server."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _polls(update: Update) -> str:
    return "1 poll" if update.attempt == 1 else f"{update.attempt} polls"


def _step(progress: Progress) -> int:
    if progress.total:
        return progress.received * 100 // progress.total // STEP
    return progress.received // UNTOLD_STEP


def _line(progress: Progress, seconds: float) -> str:
    rate = (progress.received - progress.resumed) / seconds if seconds > 0 else 0.0
    speed = f", {decimal(round(rate))}/s" if rate else ""
    if not progress.total:
        return f"received {decimal(progress.received)}{speed}"
    share = f"{progress.received * 100 // progress.total} %"
    left = f", {(progress.total - progress.received) / rate:.0f} s left" if rate else ""
    return f"received {decimal(progress.received)} of {decimal(progress.total)} ({share}){speed}{left}"
