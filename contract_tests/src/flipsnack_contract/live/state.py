"""What a run has done so far, in a file: calls when they are made, results when they are there. A later run goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipsnack_contract.target.result import Outcome, Result
from flipsnack_contract.target.target_under_test import Credentials

__all__ = ["BadState", "State", "of_whom"]

VERSION = 1
FINISHED = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WARNED})


class BadState(ValueError):
    """A file that is no state of such a run; the text says why."""


def of_whom(base_url: str, credentials: Credentials | None) -> dict[str, Any]:
    """Whose state it is: of which address, key and collection. The key is not written, only its fingerprint."""
    key = credentials.key if credentials else ""
    fingerprint = hashlib.sha256(key.encode()).hexdigest()[:12] if key else ""
    collection = (credentials.collection if credentials else None) or ""
    return {"live": VERSION, "base_url": base_url, "key": fingerprint, "collection": collection}


@dataclass
class State:
    """The calls (instants in microseconds) and finished results of earlier runs; without a file there are none."""

    path: Path | None
    calls: tuple[int, ...] = ()
    results: tuple[Result, ...] = ()

    @classmethod
    def open(cls, path: Path | None, whose: dict[str, Any]) -> State:
        """The state in the file, begun when there is none. Raises `BadState` for another's file, and `OSError`."""
        if path is None:
            return cls(None)
        if not path.exists() or not path.read_text(encoding="utf-8").strip():
            path.write_text(json.dumps(whose) + "\n", encoding="utf-8")
            return cls(path)
        lines = list(_lines(path))
        if lines[0] != whose:
            raise BadState(f"{path} belongs to another run: it has {lines[0]}, expected {whose}; name another file")
        return cls(path, *_remembered(path, lines[1:]))

    @property
    def finished(self) -> dict[str, Result]:
        """The results that need not be had again, by check."""
        return {result.check: result for result in self.results}

    def called(self, at: int) -> None:
        """Remember a call."""
        self._add({"call": at})

    def judged(self, result: Result) -> None:
        """Remember a result; one that says nothing is not kept, so that its check is tried again."""
        if result.outcome in FINISHED:
            self._add({"result": result.as_json()})

    def _add(self, line: dict[str, Any]) -> None:
        if self.path is not None:
            with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                print(json.dumps(line, ensure_ascii=False), file=file)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    # What follows the last line break was cut off when a run was killed.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], 1):
        if line.strip():
            try:
                yield dict(json.loads(line))
            except (ValueError, TypeError):
                raise BadState(f"{path}:{number}: this is no line of a state file: {line[:80]!r}") from None


def _remembered(path: Path, lines: list[dict[str, Any]]) -> tuple[tuple[int, ...], tuple[Result, ...]]:
    try:
        calls = tuple(int(line["call"]) for line in lines if "call" in line)
        return calls, tuple(Result.from_json(line["result"]) for line in lines if "result" in line)
    except (ValueError, TypeError) as wrong:
        raise BadState(f"{path} cannot be read: {wrong}") from None
