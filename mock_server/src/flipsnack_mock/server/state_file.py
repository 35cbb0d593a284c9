"""The state of all worlds as a file of SQLite: the setting `state`.

A request that changes something writes the rows of what it changed in one transaction, on the event loop, before it is
answered: some tens of microseconds into the write-ahead log, which the kernel has then, whatever becomes of the
process. Every 16,000 pages (16 MB) SQLite moves the log into the file and waits for the disk: that request takes some
milliseconds more. A loss of power may take the latest changes along (`synchronous=NORMAL`), and leaves a sound file.
"""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flipsnack_mock.state.kept_world import Change, Place

VERSION = 3
"""The version of the rows, with that of the values in them; a file of another version is refused."""

APPLICATION = 0x464C5053
"""What SQLite calls the application id: it tells our file from those of other programs."""

_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE state (
    place INTEGER PRIMARY KEY,
    world TEXT NOT NULL, account TEXT NOT NULL, part TEXT NOT NULL, name TEXT NOT NULL,
    value BLOB NOT NULL,
    UNIQUE (world, account, part, name)
);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
COMMIT;
"""
# A change goes to the log as whole pages: small ones cost less.
_PAGE_BYTES = 1_024
_LOG_PAGES = 16_000
# What is changed in turn stays in memory: some thousand accounts, or collections.
_CACHE_KIBIBYTES = 16_384
_COLUMNS = ("world", "account", "part", "name")
_AT_ONCE = 8
_REMOVE = {
    number: "DELETE FROM state WHERE " + " AND ".join(f"{column} = ?" for column in _COLUMNS[:number])
    for number in range(1, len(_COLUMNS) + 1)
}


@lru_cache(_AT_ONCE)
def _put(rows: int) -> str:
    """The statement that puts so many rows."""
    return (
        f"INSERT INTO state (world, account, part, name, value) VALUES {', '.join(['(?, ?, ?, ?, ?)'] * rows)} "
        "ON CONFLICT (world, account, part, name) DO UPDATE SET value = excluded.value"
    )


_ALL = "SELECT world, account, part, name, value FROM state ORDER BY place"


class StateFile:
    """The file at `path`, made when it is not there, for this process alone until `close` or the end of the process.

    Raises `OSError` when the file cannot be used: the text says what it is, what was expected, and how to mend it.
    """

    def __init__(self, path: Path) -> None:
        self.written = 0
        """How many rows were put or removed."""
        self._path = path
        self._process = os.getpid()
        try:
            # Whole: some names alone mean something else to SQLite, as `:memory:` does.
            self._address = os.path.abspath(path)
            self.connection = sqlite3.connect(self._address, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as trouble:
            raise OSError(
                f"{path} cannot be opened ({trouble}); name a file in a folder that can be written to"
            ) from None
        self.close = weakref.finalize(self, self.connection.close)
        try:
            self._prepare()
        except sqlite3.Error as trouble:
            self.close()
            raise OSError(self._explained(trouble)) from None
        except OSError:
            self.close()
            raise
        self._file = _identity(self._address)

    def rows(self) -> Iterator[tuple[Place, bytes]]:
        """All rows, in the order in which they were first put; raises `OSError`."""
        try:
            for *place, value in self.connection.execute(_ALL):
                yield tuple(place), value
        except sqlite3.Error as trouble:
            raise OSError(self._explained(trouble)) from None

    def write(self, changes: list[Change]) -> None:
        """Make all changes, in their order, or none; raises `OSError` with the reason."""
        if os.getpid() != self._process:
            raise OSError(f"{self._path} belongs to the process that opened it; start each process with its own file")
        if _identity(self._address) != self._file:
            # Whatever goes to the open file is gone when the process ends.
            raise OSError(f"{self._path} was moved, removed or replaced meanwhile; put it back, or start again")
        self.written += len(changes)
        try:
            if len(changes) <= _AT_ONCE and None not in [value for _, value in changes]:
                self._put(changes)
            else:
                self._make(changes)
        except sqlite3.Error as trouble:
            raise OSError(self._explained(trouble)) from None

    def _put(self, changes: list[Change]) -> None:
        # One statement is a transaction of its own, which costs half of one with a beginning and an end.
        self.connection.execute(_put(len(changes)), [one for place, value in changes for one in (*place, value)])

    def _make(self, changes: list[Change]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            for change in changes:
                place, value = change
                if value is None:
                    self.connection.execute(_REMOVE[len(place)], place)
                else:
                    self._put([change])
            self.connection.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself when the disk was full.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def _prepare(self) -> None:
        # One process at a time, told by SQLite's own lock; then the log needs no shared memory either.
        self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        application, version, tables = self._kind()
        if not (application or version or tables):
            self._begin()
            self.connection.executescript(_SCHEMA)
        elif application != APPLICATION:
            raise OSError(f"{self._path} is a database of another program; name a file of its own")
        elif version != VERSION:
            raise OSError(
                f"{self._path} has version {version}, expected {VERSION}; use it with the flipsnack-mock that wrote "
                "it, or move it away to begin again"
            )
        else:
            self._begin()

    def _kind(self) -> tuple[int, int, int]:
        """Application id, version and number of tables; nothing is changed."""
        queries = ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_schema")
        application, version, tables = (self.connection.execute(query).fetchone()[0] for query in queries)
        return application, version, tables

    def _begin(self) -> None:
        self.connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self.connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")

    def _explained(self, trouble: sqlite3.Error) -> str:
        code = getattr(trouble, "sqlite_errorcode", 0) & 0xFF
        return f"{self._path}: {trouble}; {_MENDING.get(code, _ANYTHING_ELSE)}"


def _identity(path: str) -> tuple[int, int] | None:
    """What tells the file at `path` from all others; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


_ANYTHING_ELSE = "see that the file and its folder can be written to"
_MENDING = {
    sqlite3.SQLITE_BUSY: "another process uses it: stop that one, or name another file",
    sqlite3.SQLITE_NOTADB: "expected a file of flipsnack-mock, or none: name another one",
    sqlite3.SQLITE_CORRUPT: "it is damaged: move it away to begin again",
    sqlite3.SQLITE_FULL: "the disk is full: make room",
}
