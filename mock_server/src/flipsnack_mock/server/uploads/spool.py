"""The spool: uploaded documents as files, by the SHA-256 of their content, within bounds of number and size."""

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from flipsnack_mock.server.ids import fresh_id
from flipsnack_mock.server.uploads.folder import ARRIVING, KeptFolder, SpoolFolder

InUse = Callable[[], set[str]]
"""Gives the digests of all documents that some collection has."""

_HEAD_BYTES = 1024


class Spool:
    """Documents of at most `max_bytes` together and at most `max_files`, in a folder of its own below `parent`.

    The folder is made for the first document. With the folder `kept`, the documents are there instead, and stay when
    the server ends. A document stays while it is held, and while `in_use` names it. All methods may be called by any
    thread.
    """

    def __init__(self, parent: str, *, max_bytes: int, max_files: int, kept: Path | None = None) -> None:
        """Raises `OSError` when `kept` cannot be used."""
        self._parent = parent
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._lock = threading.Lock()
        self._folder: SpoolFolder | KeptFolder | None = None
        self._closed = False
        self._sizes: dict[str, int] = {}
        if kept is not None:
            self._folder = KeptFolder(kept)
            self._sizes = self._folder.sizes()
        self._reserved = sum(self._sizes.values())
        self._held: Counter[str] = Counter()
        self.in_use: InUse = set
        self.due = bool(self._sizes)
        """Whether a document may have become useless since the last `sweep`."""

    def path(self, digest: str) -> Path | None:
        """Where the document is; None when it is not here."""
        return self._root() / digest if digest in self._sizes else None

    def size(self, digest: str) -> int | None:
        """How many bytes the document has; None when it is not here."""
        return self._sizes.get(digest)

    def read(self, digest: str) -> bytes:
        """The content of a document that is here."""
        return (self._root() / digest).read_bytes()

    @contextmanager
    def keeping(self, contents: Iterable[bytes]) -> Iterator[None]:
        """Hold documents with these `contents` during the context; raises `OSError` when there is no room for them."""
        with ExitStack() as stack:
            for content in contents:
                arrival = self.receive(len(content))
                stack.callback(arrival.close)
                arrival.write(content)
                arrival.end()
                if arrival.not_kept:
                    raise OSError(arrival.not_kept)
            yield

    def receive(self, max_size: int) -> "Arrival":
        """A document that is about to come; one of more than `max_size` bytes is not kept."""
        return Arrival(self, max_size)

    def changed(self) -> None:
        """Say that a collection may have gone: the next `sweep` has something to do."""
        self.due = self.due or bool(self._sizes)

    def sweep(self) -> list[str]:
        """Remove the documents that are neither held nor in use, and return their digests."""
        with self._lock:
            self.due = False
            useless = self._sizes.keys() - self._held.keys()
            useless = useless - self.in_use() if useless else useless
            for digest in useless:
                (self._root() / digest).unlink(missing_ok=True)
                self._reserved -= self._sizes.pop(digest)
        return sorted(useless)

    def close(self) -> None:
        """Remove the folder with all that is in it, unless it is one that is kept."""
        with self._lock:
            self._closed = True
            self._sizes.clear()
            if self._folder is not None:
                self._folder.remove()
                self._folder = None

    def release(self, digest: str) -> None:
        """Hold the document no longer, after `Arrival.end` held it."""
        with self._lock:
            self._held[digest] -= 1
            if not self._held[digest]:
                del self._held[digest]
            self.due = True

    def _root(self) -> Path:
        if self._closed:
            raise OSError("the server stops")
        if self._folder is None:
            self._folder = _new_folder(self._parent)
        return self._folder.path

    def open(self) -> IO[bytes]:
        """A new file for a document that is coming; raises `OSError`."""
        with self._lock:
            return open(self._root() / f"{ARRIVING}{fresh_id()}", "xb", buffering=0)

    def reserve(self, size: int) -> None:
        """Take room for `size` bytes (negative: give it back); raises `OSError` when there is none."""
        with self._lock:
            if size > 0 and self._reserved + size > self._max_bytes:
                raise OSError(f"the spool has {self._reserved:,} bytes of at most {self._max_bytes:,} (spool_bytes)")
            self._reserved += size

    def add(self, name: str, digest: str, size: int) -> None:
        """Hold the file `name`, complete now, as the document `digest`; raises `OSError` when there are too many."""
        with self._lock:
            if digest in self._sizes:
                os.unlink(name)
                self._reserved -= size
            elif len(self._sizes) >= self._max_files:
                raise OSError(f"the spool has {len(self._sizes):,} documents, as many as spool_files allows")
            else:
                os.replace(name, self._root() / digest)
                self._sizes[digest] = size
            self._held[digest] += 1


def _new_folder(parent: str) -> SpoolFolder:
    try:
        return SpoolFolder(parent, fresh_id())
    except OSError as trouble:
        raise OSError(f"{trouble}; name a folder that can be written to with the setting spool") from None


class Arrival:
    """A document that comes in pieces.

    `size` counts all its bytes, `head` has the first ones, `digest` is known after `end`. `not_kept` says why the spool
    does not have it; empty when it does.
    """

    def __init__(self, spool: Spool, max_size: int) -> None:
        self.size = 0
        self.head = b""
        self.digest = ""
        self.not_kept = ""
        self._spool = spool
        self._max_size = max_size
        self._sha = hashlib.sha256()
        self._file: IO[bytes] | None = None
        self._reserved = 0
        self._held = False

    @property
    def path(self) -> Path | None:
        """Where the document is, after `end`; None when the spool does not have it."""
        return self._spool.path(self.digest)

    def write(self, piece: bytes) -> None:
        """Take the next piece."""
        self.size += len(piece)
        self._sha.update(piece)
        if len(self.head) < _HEAD_BYTES:
            self.head += piece[: _HEAD_BYTES - len(self.head)]
        if piece and not self.not_kept:
            self._attempt(lambda: self._store(piece))

    def end(self) -> None:
        """Finish: the spool has the document and holds it until `close`, or `not_kept` says why it has not."""
        if not self.digest:
            self.digest = self._sha.hexdigest()
            if self._file is not None:
                self._attempt(self._add)

    def close(self) -> None:
        """Let the spool remove the document, unless a collection has it."""
        if self._held:
            self._held = False
            self._spool.release(self.digest)
        self._discard()

    def _store(self, piece: bytes) -> None:
        if self.size > self._max_size:
            raise OSError(f"a document of more than {self._max_size:,} bytes is not kept")
        if self._file is None:
            self._file = self._spool.open()
        self._spool.reserve(len(piece))
        self._reserved += len(piece)
        view = memoryview(piece)
        while view:
            view = view[self._file.write(view) :]

    def _add(self) -> None:
        assert self._file is not None
        self._file.close()
        self._spool.add(self._file.name, self.digest, self._reserved)
        self._file, self._held = None, True

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as trouble:
            self._discard()
            self.not_kept = str(trouble)

    def _discard(self) -> None:
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None
            self._spool.reserve(-self._reserved)
