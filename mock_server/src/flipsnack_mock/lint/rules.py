"""The vendor's rules for clients: how to detect in the records of one key that a rule was broken.

Pauses are measured on the account's clock and on the wall clock, and the longer one counts, so that neither a real
sleep under a frozen clock nor a sleep by moving the clock causes a finding. After an answer that a fault changed, no
behaviour of the client counts as a violation.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flipsnack_mock.inspect.records import API, PACKAGE, Record
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.protocol.methods import PACKAGE_METHOD, UPLOADS
from flipsnack_mock.state.jobs import State

MIN_POLL_SECONDS = 1.5
"""The vendor asks for "a few seconds": at least two, less some tolerance for the network."""

BACK_OFF_SECONDS = {31: 0.5, 32: 2.0}
"""Shortest pause after codes 31 and 32: well below what helps, so that only clients without a pause are reported."""

AT_ONCE_SECONDS = 60
"""A call that is repeated later than this counts as a new attempt."""

_FINAL_ERRORS = frozenset({30, 40, 41, 42, 43, 44})
_CREDENTIALS = frozenset({"apiKey", "signature", "action"})


class Violation(NamedTuple):
    """One violation of a rule: a description, and the requests that show it."""

    text: str
    records: Sequence[Record]


class ClientRule(NamedTuple):
    """A function that finds violations in the records of one key, oldest first, and what a client should do instead."""

    find: Callable[[Sequence[Record]], Iterator[Violation]]
    advice: str


# --- groups of records and pauses between them -----------------------------------------------------------------------


def grouped(records: Iterable[Record], what: Callable[[Record], Hashable]) -> dict[str, list[Record]]:
    """`records` grouped by the value of `what`, in their order."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[str(what(record))].append(record)
    return groups


def _polls(records: Sequence[Record]) -> dict[str, list[Record]]:
    return grouped(
        (one for one in records if one.kind == API and one.action == PACKAGE_METHOD and one.hash), lambda one: one.hash
    )


def _calls(records: Sequence[Record]) -> dict[str, list[Record]]:
    return grouped((one for one in records if one.kind == API), _sameness)


def _sameness(record: Record) -> Hashable:
    params = sorted((name, value) for name, value in record.params.items() if name != "signature")
    return (record.method, record.path, params, "" if params else record.query + record.body)


def _downloads(records: Sequence[Record]) -> dict[str, list[Record]]:
    packages = (one for one in records if one.kind == PACKAGE)
    return grouped(packages, lambda one: (one.path, one.params.get("Signature")))


def _answer_arrived(record: Record) -> bool:
    # A fault that replaces the answer is a readable answer; any other fault may have damaged it.
    return not record.fault or record.failed == "fault"


def _gap(before: Record, after: Record) -> float:
    return max(after.now_us - before.now_us, after.at_us - before.at_us) / SECOND


def _too_soon(pairs: Iterable[tuple[Record, Record]], text: str) -> Iterator[Violation]:
    found = list(pairs)
    if found:
        shortest = min(_gap(before, after) for before, after in found)
        times = "once" if len(found) == 1 else f"{len(found)} times"
        yield Violation(f"{text}, {times}; the shortest pause was {shortest:.3f} s", _involved(found))


def _involved(pairs: Iterable[tuple[Record, Record]]) -> list[Record]:
    by_number = {record.number: record for pair in pairs for record in pair}
    return [by_number[number] for number in sorted(by_number)]


# --- the rules -------------------------------------------------------------------------------------------------------


def _poll_interval(records: Sequence[Record]) -> Iterator[Violation]:
    for collection, polls in _polls(records).items():
        soon = [
            (before, after)
            for before, after in pairwise(polls)
            if before.status == State.PROCESSING and _answer_arrived(before) and _gap(before, after) < MIN_POLL_SECONDS
        ]
        yield from _too_soon(soon, f"{collection} was polled again within {MIN_POLL_SECONDS} s")


def _final_state(records: Sequence[Record]) -> Iterator[Violation]:
    for collection, polls in _polls(records).items():
        late = [(before, after) for before, after in pairwise(polls) if _is_needless(before, after, records)]
        if late:
            state = late[0][0].status
            yield Violation(f"{collection} was {state} and was polled again ({len(late)} times)", _involved(late))


def _is_needless(before: Record, after: Record, records: Sequence[Record]) -> bool:
    if not _answer_arrived(before) or _gap(before, after) >= AT_ONCE_SECONDS:
        return False
    if before.status == State.FAILED:
        return after.status == State.FAILED
    answer = before.answer
    if before.status != State.COMPLETE or answer is None or answer.url_expires is None:
        return False
    is_alive = after.now_us < answer.url_expires * SECOND
    return is_alive and not any(
        one.kind == PACKAGE and one.hash == before.hash and before.number < one.number < after.number for one in records
    )


def _expired_url(records: Sequence[Record]) -> Iterator[Violation]:
    for tries in _downloads(records).values():
        dead = [one for one in tries if one.rule == "url.expired-is-403" and _answer_arrived(one)]
        if len(dead) > 1:
            yield Violation(
                f"a resource URL of {dead[0].hash} was requested {len(dead)} times after it had expired", dead
            )
        elif dead and not _asked_again(dead[0], records):
            yield Violation(
                f"a resource URL of {dead[0].hash} was requested after it had expired, and no new one was requested",
                dead,
            )


def _asked_again(dead: Record, records: Sequence[Record]) -> bool:
    return any(one.action == PACKAGE_METHOD and one.hash == dead.hash and one.number > dead.number for one in records)


def _back_off(records: Sequence[Record]) -> Iterator[Violation]:
    for code, least in BACK_OFF_SECONDS.items():
        soon = [
            (before, after)
            for calls in _calls(records).values()
            for before, after in pairwise(calls)
            if before.code == code and _answer_arrived(before) and _gap(before, after) < least
        ]
        yield from _too_soon(soon, f"a call refused with code {code} was repeated within {least} s")


def _final_error(records: Sequence[Record]) -> Iterator[Violation]:
    for calls in _calls(records).values():
        again = [
            (before, after)
            for before, after in pairwise(calls)
            if before.code in _FINAL_ERRORS
            and after.code == before.code
            and _answer_arrived(before)
            and _gap(before, after) < AT_ONCE_SECONDS
        ]
        if again:
            first = again[0][0]
            what = f"{first.action or 'a call'} was refused with code {first.code} ({first.detail})"
            yield Violation(f"{what} and was repeated unchanged", _involved(again))


def _repeated_call(records: Sequence[Record]) -> Iterator[Violation]:
    for tries in _downloads(records).values():
        whole = [one for one in tries if _is_whole(one)]
        if len(whole) > 1:
            yield Violation(f"the package of {whole[0].hash} was fetched {len(whole)} times from one URL", whole)
    for calls in _calls(records).values():
        pairs = [pair for pair in pairwise(calls) if _is_repetition(*pair)]
        if pairs:
            yield Violation(f"{pairs[0][0].action} was called again with the same parameters", _involved(pairs))


def _is_whole(record: Record) -> bool:
    served = record.answer is not None and record.answer.http_status == 200
    return served and record.method == "GET" and not record.range and not record.fault


def _is_repetition(before: Record, after: Record) -> bool:
    # Polling has its own rules.
    return (
        before.code == 20
        and before.action != PACKAGE_METHOD
        and _answer_arrived(before)
        and _gap(before, after) < AT_ONCE_SECONDS
    )


def _secret_not_sent(records: Sequence[Record]) -> Iterator[Violation]:
    leaks = [record for record in records if record.leaks]
    if leaks:
        places = ", ".join(sorted({place for record in leaks for place in record.leaks}))
        yield Violation(f"the secret was sent in {places}", leaks)


def _credentials_not_in_download(records: Sequence[Record]) -> Iterator[Violation]:
    found = [record for record in records if record.kind == PACKAGE and _CREDENTIALS & record.params.keys()]
    if found:
        names = ", ".join(sorted({name for record in found for name in _CREDENTIALS & record.params.keys()}))
        yield Violation(f"{names} was sent with the download of a package", found)


def _get_for_reads(records: Sequence[Record]) -> Iterator[Violation]:
    posts = [one for one in records if one.kind == API and one.method == "POST" and one.action not in UPLOADS]
    if posts:
        yield Violation(f"{posts[0].action or 'a method'} was called by POST", posts)


def _no_xml(records: Sequence[Record]) -> Iterator[Violation]:
    found = [one for one in records if one.kind == API and one.params.get("format") == "xml"]
    if found:
        yield Violation("answers were requested as XML", found)


RULES: dict[str, ClientRule] = {
    "client.poll-interval": ClientRule(
        _poll_interval, "wait at least two seconds between polls, and longer as time goes on"
    ),
    "client.final-state": ClientRule(
        _final_state, "stop at COMPLETE and at FAILED; poll again only for a new resource URL"
    ),
    "client.expired-url": ClientRule(_expired_url, "on HTTP 403 call collection.downloadHTML and use the new URL"),
    "client.back-off": ClientRule(
        _back_off, "pause after 31 and 32, longer each time, before the next request of this key"
    ),
    "client.final-error": ClientRule(_final_error, "do not retry after this code: the same call gets the same answer"),
    "client.repeated-call": ClientRule(_repeated_call, "keep the package; resume a broken download with Range"),
    "client.secret-not-sent": ClientRule(
        _secret_not_sent, "send only the signature; treat the secret as leaked and replace it"
    ),
    "client.credentials-not-in-download": ClientRule(
        _credentials_not_in_download, "request the resource URL exactly as given"
    ),
    "client.get-for-reads": ClientRule(
        _get_for_reads, "send the parameters in the query of a GET (curl: -G -d, not -F)"
    ),
    "client.no-xml": ClientRule(_no_xml, "leave out format: JSON is the default, and the vendor deprecates XML"),
}
"""Each rule by its id in the ledger."""
