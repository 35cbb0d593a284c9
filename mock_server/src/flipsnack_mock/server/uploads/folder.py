"""The folder that a server keeps documents in: its own, locked while the server lives, gone when it ends, or kept."""

import os
import re
import shutil
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl

_PREFIX = "flipsnack-mock-spool-"
_LOCK = "lock"

ARRIVING, DRAWING = "arriving-", "pages-"
"""The names of what is not a document yet, and of folders for its pictures, begin with these."""

_DIGEST = re.compile("[0-9a-f]{64}")


class SpoolFolder:
    """A new folder below `parent`, for this process only; raises `OSError` when it cannot be made.

    Folders that ended processes left in `parent` are removed: those whose lock file is there, belongs to this user and
    is locked by no process.
    """

    def __init__(self, parent: str, name: str) -> None:
        above = Path(parent or tempfile.gettempdir())
        above.mkdir(parents=True, exist_ok=True)
        for left in _left_behind(above):
            shutil.rmtree(left, ignore_errors=True)
        self.path = above / f"{_PREFIX}{name}"
        self.path.mkdir(mode=0o700)
        lock = _locked(self.path / _LOCK, os.O_CREAT)
        # Also at the end of the process, and when nothing refers to the folder any more.
        self.remove = weakref.finalize(self, _remove, self.path, lock)


class KeptFolder:
    """A folder for documents that outlive the process, which must be the only one to use it.

    Raises `OSError` when it cannot be made. What came half, and pictures that were drawn, are removed.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = path
        for half in path.glob(f"{ARRIVING}*"):
            half.unlink()
        for pictures in path.glob(f"{DRAWING}*"):
            shutil.rmtree(pictures, ignore_errors=True)

    def sizes(self) -> dict[str, int]:
        """The bytes of each document in it, by digest."""
        return {one.name: one.stat().st_size for one in self.path.iterdir() if _DIGEST.fullmatch(one.name)}

    def remove(self) -> None:
        """Leave it as it is."""


def _remove(path: Path, lock: IO[bytes] | None) -> None:
    shutil.rmtree(path, ignore_errors=True)
    if lock is not None:
        lock.close()


def _left_behind(above: Path) -> Iterator[Path]:
    for path in above.glob(f"{_PREFIX}*"):
        lock = None
        with suppress(OSError):
            lock = _locked(path / _LOCK)
        if lock is not None:
            yield path
            lock.close()


def _locked(path: Path, more_flags: int = 0) -> IO[bytes] | None:
    """The file, locked until it is closed; None where no lock can be had. Raises `OSError` when another has it."""
    if sys.platform == "win32":
        return None
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | more_flags, 0o600)
    file = os.fdopen(descriptor, "r+b", buffering=0)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PermissionError(f"{path} belongs to another user")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
