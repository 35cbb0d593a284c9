"""Caches diagnoses and lint findings for the page, which is rendered every second."""

from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from flipsnack_mock.doctor.cases import case_of_entry
from flipsnack_mock.doctor.diagnosis import Diagnosis, diagnose
from flipsnack_mock.inspect.records import records_of
from flipsnack_mock.lint.findings import Finding, lint
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

_MOST = 500
# Rendering blocks other requests, so the page tries only what is likely: less than 50 ms of work.
_MOST_CHARACTERS = 5_000_000


class _WorldCache:
    """The cached values of one world."""

    def __init__(self) -> None:
        self.diagnoses: dict[int, Diagnosis] = {}
        self.findings: dict[str, tuple[tuple[int, ...], list[Finding]]] = {}


class PageCache:
    """Diagnoses and findings of all worlds; drops the oldest, and those of deleted worlds."""

    def __init__(self) -> None:
        self._worlds: WeakKeyDictionary[World, _WorldCache] = WeakKeyDictionary()
        self._busy = False

    def begin(self) -> None:
        """Start a new page, which may compute one diagnosis in addition to the requested one."""
        self._busy = False

    def diagnosis(self, world: World, entry: Entry, *, at_once: bool) -> Diagnosis | None:
        """The diagnosis of `entry`, or None if it is left to a later page; with `at_once` it is computed now."""
        known = self._of(world).diagnoses
        if entry.number not in known:
            if self._busy and not at_once:
                return None
            self._busy = True
            known[entry.number] = diagnose(case_of_entry(world, entry), most_characters=_MOST_CHARACTERS)
            _trim(known)
        return known[entry.number]

    def findings(self, world: World, key: str, latest: int) -> list[Finding]:
        """The findings of the lint in the `latest` requests of `key`."""
        known = self._of(world).findings
        entries = list(islice(reversed(list(world.journal.entries(key))), latest))
        state = tuple(entry.number for entry in entries[:1] + entries[-1:])
        if known.get(key, ((),))[0] != state or not entries:
            known.pop(key, None)
            known[key] = state, lint(records_of(world, reversed(entries)))
            _trim(known)
        return known[key][1]

    def _of(self, world: World) -> _WorldCache:
        return self._worlds.setdefault(world, _WorldCache())


def _trim(known: dict[Any, Any]) -> None:
    while len(known) > _MOST:
        del known[next(iter(known))]
