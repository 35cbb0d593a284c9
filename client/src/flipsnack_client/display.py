"""What a person sees on stderr while a download runs: a live bar, or plain lines where no terminal is."""

import logging
from typing import Protocol

import click

from flipsnack_client.clock import Clock
from flipsnack_client.download import Progress
from flipsnack_client.poller import Update

STEP = 10
"""Plain lines tell the progress every so many per cent."""

MEGABYTE = 1_000_000
UNTOLD_STEP = 10 * MEGABYTE
"""Plain lines tell the progress every so many bytes when the server did not say how many there are."""


class Display(Protocol):
    """Shows the states of one download."""

    def poll(self, update: Update) -> None:
        """Show what a poll said."""

    def progress(self, progress: Progress) -> None:
        """Show how much has arrived."""

    def note(self, text: str) -> None:
        """Show one line that stays."""

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

    def close(self) -> None:
        """Nothing was opened."""


class PlainDisplay:
    """Lines that read well in a build log."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began: float | None = None
        self._told = -1

    def poll(self, update: Update) -> None:
        """Write the job's status."""
        self.note(state(update))

    def progress(self, progress: Progress) -> None:
        """Write a line for each further step."""
        if self._began is None:
            self._began = self._clock.now()
        step = _step(progress)
        if step > self._told:
            self._told = step
            self.note(_line(progress, self._clock.now() - self._began))

    def note(self, text: str) -> None:
        """Write the line to stderr."""
        click.echo(printable(text), err=True)

    def close(self) -> None:
        """Nothing was opened."""


class LiveDisplay:
    """A spinner while the job runs, then a bar with rate and time left."""

    def __init__(self) -> None:
        # Imported here: only a terminal needs it.
        from rich import progress as bars
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._bars = bars.Progress(
            bars.SpinnerColumn(),
            bars.TextColumn("{task.description}", markup=False),
            bars.BarColumn(),
            bars.DownloadColumn(),
            bars.TransferSpeedColumn(),
            bars.TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._bars.add_task("asking", total=None)
        self._bars.start()

    def poll(self, update: Update) -> None:
        """Write the job's status beside the spinner."""
        self._bars.update(self._task, description=state(update))

    def progress(self, progress: Progress) -> None:
        """Move the bar."""
        self._bars.update(self._task, description="downloading", completed=progress.received, total=progress.total)

    def note(self, text: str) -> None:
        """Write a line above the bar."""
        self._console.print(printable(text), markup=False, soft_wrap=True)

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
    polls = "1 poll" if update.attempt == 1 else f"{update.attempt} polls"
    return f"{update.status} ({polls}, {update.elapsed:.1f} s)"


def printable(text: str) -> str:
    """Return `text` without characters that could steer a terminal: parts of it come from a server."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _step(progress: Progress) -> int:
    if progress.total:
        return progress.received * 100 // progress.total // STEP
    return progress.received // UNTOLD_STEP


def _line(progress: Progress, seconds: float) -> str:
    received = f"{progress.received / MEGABYTE:.1f}"
    rate = (progress.received - progress.resumed) / seconds if seconds > 0 else 0.0
    if not progress.total:
        return f"received {received} MB, {rate / MEGABYTE:.1f} MB/s"
    share = f"{progress.received * 100 // progress.total} %"
    left = f", {(progress.total - progress.received) / rate:.0f} s left" if rate else ""
    return f"received {received} of {progress.total / MEGABYTE:.1f} MB ({share}), {rate / MEGABYTE:.1f} MB/s{left}"
