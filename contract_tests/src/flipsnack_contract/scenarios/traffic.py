"""What one client sent, in the order of time, and how the requests of it belong together."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.event import Event

REPEATED_WITHIN = 60 * SECOND
"""In a recording, a call that comes later than this need not follow from the answer before it."""


@dataclass(frozen=True)
class Traffic:
    """The events of one API key.

    `one_task`: all events belong to one task, as in a scenario, so each call follows from the answer before it. In a
    recording the calls of several tasks may be mixed: there only the same call, soon afterwards, is a repetition.
    `deadline` is when the client was asked to end.
    `reads_xml`: the client was asked to use XML.
    """

    events: tuple[Event, ...]
    one_task: bool = False
    deadline: int | None = None
    reads_xml: bool = False

    @cached_property
    def calls(self) -> tuple[Event, ...]:
        """The calls of the API."""
        return tuple(event for event in self.events if event.kind == "call")

    @cached_property
    def downloads(self) -> tuple[Event, ...]:
        """The requests for resource URLs."""
        return tuple(event for event in self.events if event.kind == "download")

    def successive(self, what: Callable[[Event], Hashable]) -> Iterator[tuple[Event, Event]]:
        """Each call with the next one that has `what` in common with it; within one task, with the next one."""
        for same in [self.calls] if self.one_task else grouped(self.calls, what):
            yield from pairwise(same)

    def is_soon(self, before: Event, after: Event) -> bool:
        """Whether `after` follows from the answer to `before`."""
        return self.one_task or pause(before, after) < REPEATED_WITHIN


def grouped(events: Iterable[Event], what: Callable[[Event], Hashable]) -> list[list[Event]]:
    """The events that have `what` in common, in their order."""
    groups: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        groups[what(event)].append(event)
    return list(groups.values())


def pause(before: Event, after: Event) -> int:
    """The microseconds between an answer and the next request.

    In the server's time or in real time, whichever is longer: a client may sleep while the server's clock stands
    still, and may sleep by moving that clock.
    """
    return max(after.start - before.end, after.wall - before.wall - (before.end - before.start))
