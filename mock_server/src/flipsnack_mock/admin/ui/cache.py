"""Keeps diagnoses and lint findings for the page, which is rendered every second."""

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from flipsnack_mock.doctor.cases import case_of_entry
from flipsnack_mock.doctor.diagnosis import Diagnosis, diagnose
from flipsnack_mock.doctor.search import SHORT_SEARCH
from flipsnack_mock.inspect.records import records_of
from flipsnack_mock.lint.findings import Finding, lint
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

_MOST = 500


class _WorldCache:
    """The kept values of one world."""

    def __init__(self) -> None:
        self.diagnoses: dict[int, Diagnosis] = {}
        self.findings: dict[str, tuple[tuple[int, ...], list[Finding]]] = {}


class PageCache:
    """Diagnoses and findings of all worlds; drops the oldest, and those of deleted worlds.

    Several threads may use it: two that compute the same value keep one of the two.
    """

    def __init__(self) -> None:
        self._worlds: WeakKeyDictionary[World, _WorldCache] = WeakKeyDictionary()

    def diagnoses(self, world: World, entries: Iterable[Entry], asked: str) -> dict[int, Diagnosis]:
        """The known diagnoses of `entries` by number; computes that of the request `asked`, and one more."""
        known = self._of(world).diagnoses
        unknown = [entry for entry in entries if entry.number not in known]
        more = next((entry for entry in unknown if entry.id != asked), None)
        for entry in unknown:
            if entry.id == asked or entry is more:
                known[entry.number] = _diagnosed(world, entry)
        found = {entry.number: made for entry in entries if (made := known.get(entry.number))}
        _trim(known)
        return found

    def findings(self, world: World, key: str, entries: Sequence[Entry]) -> list[Finding]:
        """The findings of the lint in `entries`, all of them of `key`, oldest first."""
        known = self._of(world).findings
        state = tuple(entry.number for entry in (*entries[:1], *entries[-1:]))
        kept = known.get(key)
        if kept is not None and kept[0] == state and entries:
            return kept[1]
        found = lint(list(records_of(world, entries)))
        known[key] = state, found
        _trim(known)
        return found

    def _of(self, world: World) -> _WorldCache:
        return self._worlds.setdefault(world, _WorldCache())


def _diagnosed(world: World, entry: Entry) -> Diagnosis:
    with world.lock:
        case = case_of_entry(world, entry)
    return diagnose(case, most_characters=SHORT_SEARCH)


def _trim(known: dict[Any, Any]) -> None:
    for name in list(known)[:-_MOST]:
        known.pop(name, None)
