"""Looks into documents: their kind by their first bytes, all else in a process that can be stopped."""

from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from flipsnack_mock.server.uploads.document_process import DocumentProcess, Stopped, let_wait, waiting_process

Kind = Literal["pdf", "jpg", "png"]

INSPECT_SECONDS = 10.0
DRAW_SECONDS = 60.0

_MARKS: dict[Kind, bytes] = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_MAX_REMEMBERED = 1_000


class Inspection(msgspec.Struct, frozen=True):
    """How many pages a document has, and why it cannot be converted; `damage` is empty when it can."""

    pages: int = 1
    damage: str = ""


def kind_of(head: bytes) -> Kind | None:
    """The kind of a document by its first 1,024 bytes; None when it is none of the three.

    A PDF may begin with other bytes, as the readers of PDF allow.
    """
    for kind, mark in _MARKS.items():
        if head.startswith(mark):
            return kind
    return "pdf" if b"%PDF-" in head else None


class DocumentProcesses:
    """Runs document processes, for which the caller's thread waits. Any thread may call."""

    def __init__(self, *, seconds: float = INSPECT_SECONDS) -> None:
        """Stop the inspection of a document that takes more than so many `seconds`."""
        self._seconds = seconds
        self._running: set[DocumentProcess] = set()
        self._known: dict[str, Inspection] = {}
        self._closed = False

    def inspect(self, kind: Kind, path: Path, digest: str) -> Inspection:
        """What is found in the document at `path`; remembered for its `digest`, unless the process was stopped."""
        found = self._known.get(digest)
        if found is None:
            try:
                found = self._run("inspect", kind, str(path), seconds=self._seconds)
            except Stopped as failure:
                # The machine may only have been busy: the next upload of the document is looked into again.
                return Inspection(damage=f"the document could not be looked into: {failure}")
            if len(self._known) >= _MAX_REMEMBERED:
                self._known.clear()
            self._known[digest] = found
        return found

    def draw(self, kind: Kind, path: Path, folder: Path, *, side: int, count: int) -> None:
        """Draw the first `count` pages, or as many as can be drawn in a minute, with at most `side` pixels a side.

        `folder` has them then, as `pdfium.py` says.
        """
        with suppress(Stopped):
            self._run("draw", kind, str(path), str(folder), str(side), str(count), seconds=DRAW_SECONDS)

    def close(self) -> None:
        """Stop what runs, and start nothing more."""
        self._closed = True
        for process in tuple(self._running):
            process.kill()

    def _run(self, *arguments: str, seconds: float) -> Inspection:
        if self._closed:
            raise Stopped("the server stops")
        process, found = waiting_process(), None
        self._running.add(process)
        try:
            found = msgspec.json.decode(process.ask(arguments, seconds), type=Inspection)
        except msgspec.MsgspecError as damage:
            raise Stopped(f"its answer cannot be read: {damage}") from None
        finally:
            self._running.remove(process)
            # What a damaged document leaves in its memory is for no other one.
            if found is None or found.damage:
                process.end()
            else:
                let_wait(process)
        return found
