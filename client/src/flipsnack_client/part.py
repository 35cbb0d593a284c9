"""The partly received package beside its target, with what is needed to resume it later."""

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeGuard, cast

from flipsnack_client.exceptions import CannotWrite

_PLATFORM_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""Flags that only some systems have: follow no link, wait for no other end of a pipe; translate no line ends."""

NAME_BYTES = 255
"""The length of a file name that file systems allow, where they do not say it themselves."""

NOT_OURS = "it is not a regular file of this user; remove it, or give another path"

ARCHIVE = b"PK\3\4"
"""How a zip archive with a member begins."""

NOTE_LIMIT = 64 * 1024
"""Bytes of a note that are read."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What identifies the server's file: a strong ETag or a date for If-Range, and the whole length."""

    validator: str | None
    total: int | None


class Part:
    """`TARGET.part`, and `TARGET.part.json` with the entity of its bytes. Neither contains a URL.

    A target that is a symbolic link stays one: the file it points to is replaced, and the part is beside that file.
    A name that would become too long is shortened. What lies at the names of part and note is used only if it is a
    regular file of this user.
    """

    def __init__(self, target: Path, collection_hash: str) -> None:
        self.target = target
        self._final = Path(os.path.realpath(target)) if target.is_symlink() else target
        self.path = _beside(self._final, ".part")
        self._note = _beside(self._final, ".part.json")
        self._collection_hash = collection_hash

    @classmethod
    def claim(cls, target: Path, collection_hash: str, *, resume: bool) -> "Part":
        """Return the part of `target`. Raises CannotWrite now rather than after minutes of polling."""
        with _blaming(target):
            if not target.name or not _free_or_regular(target):
                raise OSError(0, "it is not a regular file; give the path of a regular or a new file")
            part = cls(target, collection_hash)
            if not part.path.parent.is_dir():
                raise OSError(errno.ENOENT, f"there is no folder {part.path.parent}; make it, or give another path")
        with part.appending():
            pass
        try:
            if not resume or part.entity().validator is None:
                part.begin(Entity(None, None))
        except CannotWrite:
            if not part.size:
                part.path.unlink(missing_ok=True)
            raise
        return part

    @property
    def size(self) -> int:
        """Return the number of bytes received so far."""
        with _blaming(self.target, self.path), suppress(FileNotFoundError):
            return self.path.lstat().st_size
        return 0

    def begins_archive(self) -> bool:
        """Return whether what was received, if only a few bytes, may be the beginning of a zip archive."""
        with self.reading() as file:
            return ARCHIVE.startswith(file.read(len(ARCHIVE)))

    def entity(self) -> Entity:
        """Return the entity of the received bytes; an empty one if it is not known."""
        try:
            with _opened(self._note, os.O_RDONLY, "rb") as file:
                note = json.loads(file.read(NOTE_LIMIT))
            matches = note["version"] == 1 and note["collectionHash"] == self._collection_hash
            validator, total = note["validator"], note["total"]
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return Entity(None, None)
        if not matches or not is_validator(validator) or not isinstance(total, int | None):
            return Entity(None, None)
        return Entity(validator, total)

    def begin(self, entity: Entity) -> None:
        """Drop the received bytes and save the entity of the next ones."""
        with self.appending() as file, _blaming(self.target, self.path):
            file.truncate(0)
        self.remember(entity)

    def remember(self, entity: Entity) -> None:
        """Save the entity of the received bytes, for another process."""
        note = {
            "version": 1,
            "collectionHash": self._collection_hash,
            "validator": entity.validator,
            "total": entity.total,
        }
        with _blaming(self.target, self._note), _opened(self._note, os.O_WRONLY | os.O_CREAT, "wb") as file:
            file.truncate(0)
            try:
                file.write(json.dumps(note).encode())
            except OSError:
                self._note.unlink(missing_ok=True)  # half of it says nothing
                raise

    @contextmanager
    def appending(self) -> Iterator[BinaryIO]:
        """Open the part for appending. A symbolic link or a stranger's file in its place is refused."""
        with _blaming(self.target, self.path):
            file = _opened(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, "ab")
        with file:
            yield file

    @contextmanager
    def reading(self) -> Iterator[BinaryIO]:
        """Open the part for reading; refused as `appending` refuses."""
        with _blaming(self.target, self.path):
            file = _opened(self.path, os.O_RDONLY, "rb")
        with file:
            yield file

    def write(self, file: BinaryIO, block: bytes) -> None:
        """Append all of `block`. Raises CannotWrite if the disk is full."""
        with _blaming(self.target, self.path):
            view = memoryview(block)
            while view:
                view = view[file.write(view) :]

    def publish(self) -> Path:
        """Flush the part to the disk, rename it to the target and return the target."""
        # Not created here: a part that somebody has removed is not published as an empty file.
        with _blaming(self.target, self.path), _opened(self.path, os.O_WRONLY, "r+b") as file:
            os.fsync(file.fileno())
        with _blaming(self.target):
            os.replace(self.path, self._final)
        self._note.unlink(missing_ok=True)
        return self.target

    def drop(self) -> None:
        """Remove the part and its note."""
        with _blaming(self.target, self.path):
            self.path.unlink(missing_ok=True)
            self._note.unlink(missing_ok=True)

    def drop_if_empty(self) -> None:
        """Remove the part and its note if nothing was received."""
        if not self.size:
            self.drop()


def is_validator(value: object) -> TypeGuard[str]:
    """Return whether `value` is text that a header can hold: it came from a server, or from a file on the disk."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _free_or_regular(target: Path) -> bool:
    # `Path.exists` says False for a name that is too long from Python 3.12 on.
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except FileNotFoundError:
        return True


def _beside(target: Path, suffix: str) -> Path:
    """Return the path of `target` with `suffix`, shortened where a file system could not hold it."""
    try:
        room = os.pathconf(target.parent, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        room = NAME_BYTES
    name = target.name
    if len(os.fsencode(name + suffix)) <= room:
        return target.with_name(name + suffix)
    suffix = f"-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}{suffix}"
    while len(os.fsencode(name + suffix)) > room:
        name = name[:-1]
    return target.with_name(name + suffix)


def _opened(path: Path, flags: int, mode: str) -> BinaryIO:
    """Open a working file. Raises OSError for what is not a regular file of this user."""
    try:
        descriptor = os.open(path, flags | _PLATFORM_FLAGS, 0o666)
    except OSError as error:
        # A link is not followed, and a pipe without a reader is not waited for.
        raise OSError(error.errno, NOT_OURS if error.errno in (errno.ELOOP, errno.ENXIO) else error.strerror) from None
    try:
        if not _is_ours(os.fstat(descriptor), path):
            raise OSError(errno.EEXIST, NOT_OURS)
    except BaseException:
        os.close(descriptor)
        raise
    return cast(BinaryIO, os.fdopen(descriptor, mode, buffering=0))


def _is_ours(found: os.stat_result, path: Path) -> bool:
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        return False
    # Some network disks show another owner than the process; who owns the folder can do there what he likes anyway.
    return not hasattr(os, "geteuid") or found.st_uid in (os.geteuid(), path.parent.stat().st_uid)


@contextmanager
def _blaming(target: Path, working: Path | None = None) -> Iterator[None]:
    # The user gave the target; a working file is named only where something else lies in its place.
    try:
        yield
    except OSError as error:
        raise CannotWrite(working if working and error.strerror == NOT_OURS else target, error) from error
