"""Adds to an entry of the log why its signature is wrong, as far as the doctor finds that out in a short time."""

import msgspec

from flipsnack_mock.protocol.addresses import namespace_path
from flipsnack_mock.protocol.errors import Code
from flipsnack_mock.protocol.instants import SECOND, RealTime
from flipsnack_mock.protocol.parameters import parameters_of
from flipsnack_mock.server.clock import elapsed_time
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import Worlds

MOST_CHARACTERS = 50_000_000
"""A search of so many characters takes a quarter of a second; the page looks at four times as many."""

PAUSE = SECOND
"""Real time between two diagnoses: a client with a wrong secret may send nothing but wrong signatures."""


class Causes:
    """Called with an entry as the log gets it, answers that entry, with the cause of a wrong signature in `detail`.

    The entry stays as it is when its signature is not wrong, less than `PAUSE` after the last diagnosis, or when not
    all of the request is kept. One thread calls it.
    """

    def __init__(self, worlds: Worlds, now: RealTime | None = None) -> None:
        """Look for accounts in `worlds`; `now` measures real time in microseconds."""
        self._worlds = worlds
        self._now = now or elapsed_time()
        self._next = self._now()

    def __call__(self, entry: Entry) -> Entry:
        """`entry`, explained."""
        if entry.code != Code.INVALID_SIGNATURE or entry.fault or entry.cut or self._now() < self._next:
            return entry
        cause = self._cause(entry)
        self._next = self._now() + PAUSE
        return msgspec.structs.replace(entry, detail=f"{entry.detail}: {cause}") if cause else entry

    def _cause(self, entry: Entry) -> str:
        # Imported on first use: it is seldom needed, and the fake must start quickly.
        from flipsnack_mock.doctor.cases import case_of_entry
        from flipsnack_mock.doctor.diagnosis import diagnose

        name = namespace_path(entry.request.origin).removeprefix("/t/")
        if name and name not in self._worlds.names():
            return ""
        world = self._worlds.world(name)
        # The log's entry has no parameters but the action: the request has them all.
        asked = msgspec.structs.replace(entry, sent=parameters_of(entry.request))
        with world.lock:
            case = case_of_entry(world, asked)
        return _in_few_words(diagnose(case, most_characters=MOST_CHARACTERS).summary)


def _in_few_words(summary: str) -> str:
    return (summary[:1].lower() + summary[1:]).removesuffix(".")
