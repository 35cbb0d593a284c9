"""The requests of one key in groups, and the pauses between them.

Pauses are measured on the account's clock and on the wall clock, and the longer one counts, so that neither a real
sleep under a frozen clock nor a sleep by moving the clock causes a finding.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flipsnack_mock.inspect.records import API, PACKAGE, Record
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.protocol.methods import PACKAGE_METHOD

MIN_POLL_SECONDS = 1.5
"""The vendor asks for "a few seconds": at least two, less some tolerance for the network."""

AT_ONCE_SECONDS = 60
"""A call that is repeated later than this counts as a new attempt."""


class Violation(NamedTuple):
    """One violation of a rule: a description, and the requests that show it."""

    text: str
    records: Sequence[Record]


def grouped(records: Iterable[Record], what: Callable[[Record], Hashable]) -> dict[str, list[Record]]:
    """`records` grouped by the value of `what`, in their order."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[str(what(record))].append(record)
    return groups


def polls_of(records: Sequence[Record], action: str = PACKAGE_METHOD) -> dict[str, list[Record]]:
    """The calls of a method, by the hash that they name."""
    return grouped(
        (one for one in records if one.kind == API and one.action == action and one.hash), lambda one: one.hash
    )


def same_calls(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The calls of the API, those that ask for the same together."""
    return grouped((one for one in records if one.kind == API), _sameness)


def _sameness(record: Record) -> Hashable:
    params = sorted((name, value) for name, value in record.params.items() if name != "signature")
    digests = [file.digest for file in record.files]
    return (record.method, record.path, params, digests, "" if params else record.query + record.body)


def repeated(calls: Sequence[Record], within: float) -> list[tuple[Record, Record]]:
    """Each of `calls` with the one before, if the answer to that arrived and both came within so many seconds."""
    return [pair for pair in pairwise(calls) if answer_arrived(pair[0]) and gap(*pair) < within]


def pairs_of(records: Sequence[Record], action: str) -> list[tuple[Record, Record]]:
    """The same calls of a method, each with the one before it, where that came within `AT_ONCE_SECONDS`."""
    calls = same_calls([one for one in records if one.action == action]).values()
    return [pair for same in calls for pair in pairwise(same) if gap(*pair) < AT_ONCE_SECONDS]


def downloads(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The downloads, by their resource URL."""
    packages = (one for one in records if one.kind == PACKAGE)
    return grouped(packages, lambda one: (one.path, one.params.get("Signature")))


def answer_arrived(record: Record) -> bool:
    """Whether the client received the answer as it was meant."""
    # A fault that replaces the answer is a readable answer; any other fault may have damaged it.
    return not record.fault or record.failed == "fault"


def gap(before: Record, after: Record) -> float:
    """The seconds between two requests, on the account's clock or the wall clock, whichever is more."""
    return max(after.now_us - before.now_us, after.at_us - before.at_us) / SECOND


def too_soon(pairs: Iterable[tuple[Record, Record]], text: str) -> Iterator[Violation]:
    """The violation that these pairs of requests are too close together; none without pairs."""
    found = list(pairs)
    if found:
        shortest = min(gap(before, after) for before, after in found)
        times = "once" if len(found) == 1 else f"{len(found)} times"
        yield Violation(f"{text}, {times}; the shortest pause was {shortest:.3f} s", involved(found))


def involved(pairs: Iterable[tuple[Record, Record]]) -> list[Record]:
    """Every request of these pairs once, in order."""
    by_number = {record.number: record for pair in pairs for record in pair}
    return [by_number[number] for number in sorted(by_number)]


def has_succeeded(record: Record) -> bool:
    """Whether the client knows that the call succeeded."""
    return record.code == 20 and answer_arrived(record)
