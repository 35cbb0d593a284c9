"""The partly received package beside its target, with what is needed to resume it later."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flipsnack_client.exceptions import CannotWrite

_PLATFORM_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""Flags that only some systems have: do not follow a link (POSIX), do not translate line ends (Windows)."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What identifies the server's file: a strong ETag or a date for If-Range, and the whole length."""

    validator: str | None
    total: int | None


class Part:
    """`TARGET.part`, and `TARGET.part.json` with the entity of its bytes. Neither contains a URL."""

    def __init__(self, target: Path, collection_hash: str) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._collection_hash = collection_hash

    @classmethod
    def claim(cls, target: Path, collection_hash: str, *, resume: bool) -> "Part":
        """Return the part of `target`. Raises CannotWrite now rather than after minutes of polling."""
        with _blaming(target):
            if not target.name or (target.exists() and not target.is_file()):
                raise OSError(0, "it is not a regular file; give the path of a regular or a new file")
        part = cls(target, collection_hash)
        with part.appending():
            pass
        if not resume or part.entity().validator is None:
            part.begin(Entity(None, None))
        return part

    @property
    def size(self) -> int:
        """Return the number of bytes received so far."""
        with _blaming(self.path):
            return self.path.stat().st_size if self.path.exists() else 0

    def entity(self) -> Entity:
        """Return the entity of the received bytes; an empty one if it is not known."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            matches = note["version"] == 1 and note["collectionHash"] == self._collection_hash
            validator, total = note["validator"], note["total"]
        except (OSError, ValueError, LookupError, TypeError):
            return Entity(None, None)
        if not matches or not isinstance(validator, str) or not isinstance(total, int | None):
            return Entity(None, None)
        return Entity(validator, total)

    def begin(self, entity: Entity) -> None:
        """Drop the received bytes and save the entity of the next ones."""
        with _blaming(self.path):
            os.truncate(self.path, 0)
        self.remember(entity)

    def remember(self, entity: Entity) -> None:
        """Save the entity of the received bytes, for another process."""
        note = {
            "version": 1,
            "collectionHash": self._collection_hash,
            "validator": entity.validator,
            "total": entity.total,
        }
        with _blaming(self._note):
            self._note.write_text(json.dumps(note), encoding="utf-8")

    @contextmanager
    def appending(self) -> Iterator[BinaryIO]:
        """Open the part for appending. A symbolic link in its place is not followed."""
        with _blaming(self.path):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _PLATFORM_FLAGS
            file = os.fdopen(os.open(self.path, flags, 0o666), "ab", buffering=0)
        with file:
            yield file

    def write(self, file: BinaryIO, block: bytes) -> None:
        """Append all of `block`. Raises CannotWrite if the disk is full."""
        with _blaming(self.path):
            view = memoryview(block)
            while view:
                view = view[file.write(view) :]

    def publish(self) -> Path:
        """Flush the part to the disk, rename it to the target and return the target."""
        with self.appending() as file, _blaming(self.path):
            os.fsync(file.fileno())
        with _blaming(self.target):
            os.replace(self.path, self.target)
        self._note.unlink(missing_ok=True)
        return self.target

    def drop(self) -> None:
        """Remove the part and its note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def drop_if_empty(self) -> None:
        """Remove the part and its note if nothing was received."""
        if not self.size:
            self.drop()


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(path, error) from error
