"""Why the system does not start a command, in words that say how to mend it."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

__all__ = ["refused", "why_not"]

INTERPRETER = "its first line names no interpreter that is there, as in: #!/usr/bin/env node"


def why_not(program: str, *, path: str | None = None) -> str:
    """What speaks against starting `program`, looked for on `path` (the PATH of this process); empty for nothing."""
    if shutil.which(program, path=path):
        return ""
    file = Path(program)
    if not file.exists():
        return "there is no such file" if "/" in program else "there is no such command on the PATH"
    if file.is_dir():
        return "it is a folder"
    if "/" not in program:
        return f"it is not on the PATH; for the file in this folder say ./{program}"
    return f"it may not be executed; `chmod +x {program}`, or name its interpreter before it, as in: node {program}"


def refused(program: str, refusal: Exception, *, path: str | None = None) -> str:
    """What the system said when `program` was to be started, in our words where we have better ones."""
    if found := why_not(program, path=path):
        return found
    number = refusal.errno if isinstance(refusal, OSError) else None
    return INTERPRETER if number in (errno.ENOEXEC, errno.ENOENT) else str(refusal)
