"""The reference client on the stage of the zoo: a copy of it, changed or not, plays in a thread of this process.

Whatever it logs is said aside, at the most talkative: what a client may not show must not stand there either.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from contract_tests.zoo.client import KINDS, Client
from contract_tests.zoo.errand import Made, Trouble, World

__all__ = ["Understudy", "understudy_of"]

LOGGERS = ("urllib3", "flipsnack_client")
# By name: each copy of the client has classes of its own. Subclasses stand before their bases.
ERRORS: Mapping[str, str] = {
    "JobFailed": "job_failed",
    "DeadlineExceeded": "deadline",
    "Cancelled": "cancelled",
    "TransportError": "transport",
    "LinkRefused": "transport",
    "DamagedPackage": "damaged",
    "FlipsnackError": "protocol",
}


class Understudy(Client):
    """A zoo's client that leaves everything to `library`, a copy of `flipsnack_client`."""

    library: ModuleType

    def poll(self) -> str:
        """The state of the job; raises `Trouble`."""
        with self._cast() as (poller, how):
            return str(poller.poll_once(**how).status)

    def download(self) -> Made:
        """The file, when the package is there; raises `Trouble`."""
        with self._cast() as (poller, how):
            poller.save(self.errand.dest, on_poll=lambda seen: self.world.note(seen.status), **how)
        content = self.errand.dest.read_bytes()
        return Made(len(content), hashlib.sha256(content).hexdigest())

    @contextmanager
    def _cast(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """The poller of the errand, and what each of its methods is told; an error becomes `Trouble`."""
        errand, fc = self.errand, self.library
        place = {"base_url": errand.base_url, "format": errand.form, "clock": _Clock(self.world)}
        deadline = None if errand.deadline_ms is None else errand.deadline_ms / 1000
        with _overheard(self.world):
            try:
                with fc.Flipsnack(errand.key, errand.secret, **place) as client:
                    how = {"deadline": deadline, "cancel": threading.Event()}
                    yield client.download_html(errand.collection), how
            except fc.FlipsnackError as error:
                raise self._trouble(error) from None

    def _trouble(self, error: Any) -> Trouble:
        fc = self.library
        if isinstance(error, fc.ApiError):
            return Trouble(KINDS.get(error.code, "protocol"), str(error), code=error.code)
        kind = next(kind for name, kind in ERRORS.items() if isinstance(error, getattr(fc, name)))
        return Trouble(kind, str(error))


def understudy_of(library: ModuleType) -> type[Understudy]:
    """The class of the zoo's client around a copy of the reference client."""
    return type("Understudy", (Understudy,), {"library": library})


class _Clock:
    """The kit's time: sleeping is asking for it. Chance is always in the middle."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> float:
        return self._world.now_ms / 1000

    def sleep(self, seconds: float, *, cancel: threading.Event | None = None) -> None:
        try:
            self._world.sleep(math.ceil(seconds * 1000))
        except Trouble:
            # What ends a sleep of the world early is that the client is cancelled.
            if cancel is not None:
                cancel.set()

    def random(self) -> float:
        return 0.5


@contextmanager
def _overheard(world: World) -> Iterator[None]:
    """Say aside, until the block ends, what this thread logs about HTTP."""
    handler = _Aside(world)
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).setLevel(level)


class _Aside(logging.Handler):
    def __init__(self, world: World) -> None:
        super().__init__(logging.DEBUG)
        self._world, self._thread = world, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._world.log(self.format(record))
