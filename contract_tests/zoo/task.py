"""What a client of the zoo is asked to do, what it runs in, and what it returns."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


class ClientError(Exception):
    """Why a client stops: an error class of the adapter protocol, and the vendor's code where there is one.

    `retry_after_ms` is the least pause before another attempt; None means that another attempt is useless.
    `nothing_sent` is whether no byte of a request left.
    """

    nothing_sent = False

    def __init__(self, kind: str, message: str, *, code: int | None = None, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.kind, self.code, self.retry_after_ms = kind, code, retry_after_ms


class UrlRefused(Exception):
    """The server refused a resource URL; another one may work."""


class Runtime(Protocol):
    """What a client runs in: a clock and a log."""

    now_ms: int

    def sleep(self, ms: int) -> None:
        """Let `ms` milliseconds pass; raises `ClientError` when the client is cancelled meanwhile."""

    def report_status(self, status: str) -> None:
        """Report the state of the job."""

    def report_progress(self, sent: int, total: int) -> None:
        """Report how many bytes of a document are sent, and how many there are."""

    def log(self, text: str) -> None:
        """Write a line to the log."""


@dataclass(frozen=True)
class Task:
    """One task. `dest` is the path of the finished file, `page_size` the number of collections in a page of a list."""

    base_url: str
    key: str
    secret: str = field(repr=False)
    collection: str
    dest: Path
    form: str = "json"
    deadline_ms: int | None = None
    page_size: int | None = None


@dataclass(frozen=True)
class SavedFile:
    """The file that was saved: its length, and its SHA-256 in lower-case hexadecimal."""

    bytes: int
    sha256: str
