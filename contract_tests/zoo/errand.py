"""What a client of the zoo is sent for, what it has around it, and what it comes back with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

__all__ = ["DeadLink", "Errand", "Made", "Trouble", "World"]


class Trouble(Exception):
    """Why it does not go on: a class of the adapter protocol, and the vendor's code where there is one.

    `wait_ms` is None for what need not be tried again, else the least pause before that.
    """

    def __init__(self, kind: str, message: str, *, code: int | None = None, wait_ms: int | None = None) -> None:
        super().__init__(message)
        self.kind, self.code, self.wait_ms = kind, code, wait_ms


class DeadLink(Exception):
    """A resource URL was refused; another one may serve."""


class World(Protocol):
    """What a client has around it: time, ears, paper, and a memory that outlives an errand."""

    now_ms: int
    memory: dict[str, bytes]

    def sleep(self, ms: int) -> None:
        """Let that much time pass; raises `Trouble` when the client is cancelled meanwhile."""

    def note(self, status: str) -> None:
        """Tell what state the job is in."""

    def log(self, text: str) -> None:
        """Write a line for whoever reads logs."""


@dataclass(frozen=True)
class Errand:
    """What a client is sent for. `dest` is where the package shall stand in the end."""

    base_url: str
    key: str
    secret: str = field(repr=False)
    collection: str
    dest: Path
    form: str = "json"
    deadline_ms: int | None = None


@dataclass(frozen=True)
class Made:
    """The file that was made: its length, and its SHA-256 in lower-case hexadecimal."""

    bytes: int
    sha256: str
