"""Explains why the system does not start a command, and how to mend it."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

__all__ = ["start_error", "why_not_startable"]

INTERPRETER = "the interpreter that its first line names does not exist; expected something like #!/usr/bin/env node"


def why_not_startable(program: str, *, path: str | None = None) -> str:
    """Why `program` cannot be started, searched on `path` (default: this process's PATH); "" when it can be."""
    if shutil.which(program, path=path):
        return ""
    file = Path(program)
    if not file.exists():
        return "no such file" if "/" in program else "no such command on the PATH"
    if file.is_dir():
        return "it is a folder"
    if "/" not in program:
        return f"it is not on the PATH; to run the file in this folder, write ./{program}"
    return f"it is not executable; run `chmod +x {program}`, or put its interpreter first: node {program}"


def start_error(program: str, error: Exception, *, path: str | None = None) -> str:
    """The text for an `error` that starting `program` raised."""
    if found := why_not_startable(program, path=path):
        return found
    number = error.errno if isinstance(error, OSError) else None
    return INTERPRETER if number in (errno.ENOEXEC, errno.ENOENT) else str(error)
