"""What an adapter prints on stderr: a file without a name, so printing never blocks it."""

from __future__ import annotations

import os
import re
import tempfile

__all__ = ["StderrFile"]

KEPT = 64 * 1024
# As Python, Java and JavaScript begin the line that says what went wrong. Node prints its version after all that.
ERROR = re.compile(r"^(Uncaught |Exception in thread \S+ |Caused by: )?[\w.]*(Error|Exception)\b.*:")


class StderrFile:
    """A temporary file for the stderr of one adapter; every writer appends to it."""

    def __init__(self) -> None:
        """Make the file."""
        self.file = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 - `close` closes it

    def drain(self) -> str:
        """What was printed since the last time, at most its last 64 KiB."""
        text = self._tail()
        self.file.truncate(0)
        return text

    @property
    def last_error_line(self) -> str:
        """The last line that names an error, else the last one, cut to 200 characters."""
        lines = [line.strip() for line in self._tail().split("\n")]
        found = [line for line in lines if ERROR.search(line)] or [line for line in lines if line]
        return found[-1][:200] if found else ""

    def close(self) -> None:
        """Drop the file."""
        self.file.close()

    def _tail(self) -> str:
        size = os.fstat(self.file.fileno()).st_size
        self.file.seek(max(0, size - KEPT))
        return self.file.read().decode("utf-8", "replace")
