"""What a client leaves in folders: beside its file, in its temporary folder, and in the present one."""

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

MOST_LEFT = 64 * 1024
"""Bytes that are looked at of a file beside the one that was to be made."""
MOST_FILES = 1_000
"""Files and folders that are looked at there."""


def beginning(path: Path, most: int = MOST_LEFT) -> bytes:
    """The first `most` bytes of a file; none of what is no regular file, or cannot be read."""
    if not os.path.isfile(path):
        return b""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""


def files_in(folder: Path) -> dict[str, bytes]:
    """What is in `folder` by its name, with its first 64 KiB: the first `MOST_FILES` of it."""
    found = sorted(islice(_inside(folder), MOST_FILES))
    return {str(one.relative_to(folder)): beginning(one) for one in found}


def _inside(folder: Path) -> Iterator[Path]:
    """What is in `folder` and the folders there, as far as it can be read; links are not followed."""
    waiting = [] if folder.is_symlink() else [folder]
    while waiting:
        try:
            found = sorted(waiting.pop(0).iterdir())
        except OSError:
            continue
        waiting += [one for one in found if os.path.isdir(one) and not os.path.islink(one)]
        yield from found


class Workplace:
    """The temporary folder of an adapter, which `close` deletes, and the present folder that it was started in."""

    def __init__(self) -> None:
        self._temporary = TemporaryDirectory(prefix="flipsnack-client-", ignore_cleanup_errors=True)
        self._present = Path.cwd()
        self._known = self._changes()
        self.environment: Mapping[str, str] = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), self._temporary.name)

    def left(self) -> dict[str, bytes]:
        """What is in the temporary folder, and what is new or changed in the present one."""
        now = self._changes()
        new = [self._present / name for name, changed in now.items() if self._known.get(name) != changed]
        return files_in(Path(self._temporary.name)) | {one.name: beginning(one) for one in new}

    def _changes(self) -> dict[str, int]:
        """When each file in the present folder was changed last; of a folder with very many, none."""
        try:
            with os.scandir(self._present) as found:
                entries = list(islice(found, MOST_FILES))
            return {one.name: one.stat().st_mtime_ns for one in entries if one.is_file(follow_symlinks=False)}
        except OSError:
            return {}

    def close(self) -> None:
        """Delete the temporary folder."""
        self._temporary.cleanup()
