"""The half-received package beside its target, with what is needed to go on with it later."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flipsnack_client.exceptions import CannotWrite

_ELSEWHERE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""Flags that only some systems have: POSIX does not follow a link, Windows does not translate line ends."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Which bytes the server is sending: a strong ETag or a date for If-Range, and the whole length."""

    validator: str | None
    total: int | None


class Part:
    """`TARGET.part`, and in `TARGET.part.json` the entity its bytes are of. Neither holds a link."""

    def __init__(self, target: Path, collection_hash: str) -> None:
        self.target = target
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._collection_hash = collection_hash

    @classmethod
    def claim(cls, target: Path, collection_hash: str, *, resume: bool) -> "Part":
        """Return the part of `target`; CannotWrite now rather than after minutes of waiting."""
        with _blaming(target):
            if not target.name or (target.exists() and not target.is_file()):
                raise OSError(0, "it is not a regular file; name one, or a new one")
        part = cls(target, collection_hash)
        with part.appending():
            pass
        if not resume or part.entity().validator is None:
            part.begin(Entity(None, None))
        return part

    @property
    def size(self) -> int:
        """Return the bytes received so far; none where the part was dropped."""
        with _blaming(self.path):
            return self.path.stat().st_size if self.path.exists() else 0

    def entity(self) -> Entity:
        """Return what the bytes are of; an empty entity when nobody knows."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            known = note["version"] == 1 and note["collectionHash"] == self._collection_hash
            validator, total = note["validator"], note["total"]
        except (OSError, ValueError, LookupError, TypeError):
            return Entity(None, None)
        if not known or not isinstance(validator, str) or not isinstance(total, int | None):
            return Entity(None, None)
        return Entity(validator, total)

    def begin(self, entity: Entity) -> None:
        """Forget the bytes received and remember what the next ones are of."""
        with _blaming(self.path):
            os.truncate(self.path, 0)
        self.remember(entity)

    def remember(self, entity: Entity) -> None:
        """Keep what the bytes are of for another process."""
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
        """Open the part for more bytes. A symbolic link in its place is not followed."""
        with _blaming(self.path):
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _ELSEWHERE
            file = os.fdopen(os.open(self.path, flags, 0o666), "ab", buffering=0)
        with file:
            yield file

    def write(self, file: BinaryIO, block: bytes) -> None:
        """Append all of `block`. CannotWrite when the disk is full."""
        with _blaming(self.path):
            view = memoryview(block)
            while view:
                view = view[file.write(view) :]

    def publish(self) -> Path:
        """Put the part under its final name in one step, once it is on the disk; return that name."""
        with self.appending() as file, _blaming(self.path):
            os.fsync(file.fileno())
        with _blaming(self.target):
            os.replace(self.path, self.target)
        self._note.unlink(missing_ok=True)
        return self.target

    def drop(self) -> None:
        """Remove part and note."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def drop_if_empty(self) -> None:
        """Leave nothing behind where nothing was received."""
        if not self.size:
            self.drop()


@contextmanager
def _blaming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(path, error) from error
