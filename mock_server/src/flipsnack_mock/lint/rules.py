"""What the vendor asks of a client, rule by rule: how to see in the records of one key that it was not kept.

A pause counts by the account's clock or by the wall's, whichever says that it was longer: so neither a client that
really sleeps under a frozen clock is blamed, nor one that sleeps by moving the clock. An answer that a fault disturbed
tells a client nothing, so what it does next is its right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flipsnack_mock.inspect.records import API, PACKAGE, Record
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.protocol.methods import PACKAGE_METHOD
from flipsnack_mock.state.jobs import State

__all__ = ["BACK_OFF_SECONDS", "ClientRule", "MIN_POLL_SECONDS", "RULES", "Seen", "grouped"]

MIN_POLL_SECONDS = 1.5
"""The vendor says "a few seconds"; two are the least that can mean, and the network may shorten them a little."""

BACK_OFF_SECONDS = {31: 0.5, 32: 2.0}
"""The shortest pause after a limit's refusal: well below what helps, so that it meets only those who do not pause."""

AT_ONCE_SECONDS = 60
"""How long an answer is fresh: what is repeated later is another attempt, not the same one."""

_FINAL_ERRORS = frozenset({30, 40, 41, 42, 43, 44})
_UPLOADS = frozenset({"collection.create", "collection.setBackgroundImage", "collection.setLogo", "flipbook.add"})
_CREDENTIALS = frozenset({"apiKey", "signature", "action"})


class Seen(NamedTuple):
    """Where a rule was broken: in words, and the requests that show it."""

    text: str
    records: Sequence[Record]


class ClientRule(NamedTuple):
    """How a rule is looked for in the records of one key, oldest first, and what a client should do instead."""

    find: Callable[[Sequence[Record]], Iterator[Seen]]
    advice: str


# --- what records have in common -------------------------------------------------------------------------------------


def grouped(records: Iterable[Record], what: Callable[[Record], Hashable]) -> dict[str, list[Record]]:
    """`records` by what they have in common, in their order."""
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


def _told(record: Record) -> bool:
    # A fault that answers instead is an answer; any other may have spoilt it.
    return not record.fault or record.failed == "fault"


def _gap(before: Record, after: Record) -> float:
    return max(after.now_us - before.now_us, after.at_us - before.at_us) / SECOND


def _hurried(pairs: Iterable[tuple[Record, Record]], text: str) -> Iterator[Seen]:
    found = list(pairs)
    if found:
        shortest = min(_gap(before, after) for before, after in found)
        times = "once" if len(found) == 1 else f"{len(found)} times"
        yield Seen(f"{text} {times}, the shortest pause was {shortest:.3f} s", _involved(found))


def _involved(pairs: Iterable[tuple[Record, Record]]) -> list[Record]:
    by_number = {record.number: record for pair in pairs for record in pair}
    return [by_number[number] for number in sorted(by_number)]


# --- the rules -------------------------------------------------------------------------------------------------------


def _poll_interval(records: Sequence[Record]) -> Iterator[Seen]:
    for collection, polls in _polls(records).items():
        soon = [
            (before, after)
            for before, after in pairwise(polls)
            if before.status == State.PROCESSING and _told(before) and _gap(before, after) < MIN_POLL_SECONDS
        ]
        yield from _hurried(soon, f"{collection} was asked for again before {MIN_POLL_SECONDS} s were over,")


def _final_state(records: Sequence[Record]) -> Iterator[Seen]:
    for collection, polls in _polls(records).items():
        late = [(before, after) for before, after in pairwise(polls) if _is_needless(before, after, records)]
        if late:
            state = late[0][0].status
            yield Seen(f"{collection} was {state} and was asked for again ({len(late)} more)", _involved(late))


def _is_needless(before: Record, after: Record, records: Sequence[Record]) -> bool:
    if not _told(before) or _gap(before, after) >= AT_ONCE_SECONDS:
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


def _expired_url(records: Sequence[Record]) -> Iterator[Seen]:
    for tries in _downloads(records).values():
        dead = [one for one in tries if one.rule == "url.expired-is-403" and _told(one)]
        if len(dead) > 1:
            yield Seen(f"a resource URL of {dead[0].hash} was tried {len(dead)} times after it had expired", dead)
        elif dead and not _asked_anew(dead[0], records):
            yield Seen(
                f"a resource URL of {dead[0].hash} was used after it had expired, and no new one asked for", dead
            )


def _asked_anew(dead: Record, records: Sequence[Record]) -> bool:
    return any(one.action == PACKAGE_METHOD and one.hash == dead.hash and one.number > dead.number for one in records)


def _back_off(records: Sequence[Record]) -> Iterator[Seen]:
    for code, least in BACK_OFF_SECONDS.items():
        soon = [
            (before, after)
            for calls in _calls(records).values()
            for before, after in pairwise(calls)
            if before.code == code and _told(before) and _gap(before, after) < least
        ]
        yield from _hurried(soon, f"a call that code {code} had refused was repeated before {least} s were over,")


def _final_error(records: Sequence[Record]) -> Iterator[Seen]:
    for calls in _calls(records).values():
        again = [
            (before, after)
            for before, after in pairwise(calls)
            if before.code in _FINAL_ERRORS
            and after.code == before.code
            and _told(before)
            and _gap(before, after) < AT_ONCE_SECONDS
        ]
        if again:
            first = again[0][0]
            what = f"{first.action or 'a call'} was refused with code {first.code} ({first.detail})"
            yield Seen(f"{what} and was repeated unchanged", _involved(again))


def _repeated_call(records: Sequence[Record]) -> Iterator[Seen]:
    for tries in _downloads(records).values():
        whole = [one for one in tries if _is_whole(one)]
        if len(whole) > 1:
            yield Seen(f"the package of {whole[0].hash} was fetched {len(whole)} times from one URL", whole)
    for calls in _calls(records).values():
        pairs = [pair for pair in pairwise(calls) if _is_repetition(*pair)]
        if pairs:
            yield Seen(f"{pairs[0][0].action} was called again with the same parameters", _involved(pairs))


def _is_whole(record: Record) -> bool:
    served = record.answer is not None and record.answer.http_status == 200
    return served and record.method == "GET" and not record.range and not record.fault


def _is_repetition(before: Record, after: Record) -> bool:
    # Polling has rules of its own.
    return (
        before.code == 20
        and before.action != PACKAGE_METHOD
        and _told(before)
        and _gap(before, after) < AT_ONCE_SECONDS
    )


def _secret_not_sent(records: Sequence[Record]) -> Iterator[Seen]:
    leaks = [record for record in records if record.leaks]
    if leaks:
        places = ", ".join(sorted({place for record in leaks for place in record.leaks}))
        yield Seen(f"the secret was sent in {places}", leaks)


def _credentials_not_in_download(records: Sequence[Record]) -> Iterator[Seen]:
    found = [record for record in records if record.kind == PACKAGE and _CREDENTIALS & record.params.keys()]
    if found:
        names = ", ".join(sorted({name for record in found for name in _CREDENTIALS & record.params.keys()}))
        yield Seen(f"{names} went along with the download of a package", found)


def _get_for_reads(records: Sequence[Record]) -> Iterator[Seen]:
    posts = [one for one in records if one.kind == API and one.method == "POST" and one.action not in _UPLOADS]
    if posts:
        yield Seen(f"{posts[0].action or 'a method'} was called by POST", posts)


def _no_xml(records: Sequence[Record]) -> Iterator[Seen]:
    found = [one for one in records if one.kind == API and one.params.get("format") == "xml"]
    if found:
        yield Seen("answers were asked for as XML", found)


RULES: dict[str, ClientRule] = {
    "client.poll-interval": ClientRule(
        _poll_interval, "wait two seconds or more between polls, and longer as time goes by"
    ),
    "client.final-state": ClientRule(
        _final_state, "stop at COMPLETE and at FAILED; poll again only for a new resource URL"
    ),
    "client.expired-url": ClientRule(_expired_url, "on HTTP 403 call collection.downloadHTML and use the URL it gives"),
    "client.back-off": ClientRule(
        _back_off, "pause after 31 and 32, longer each time, before the next request of this key"
    ),
    "client.final-error": ClientRule(_final_error, "give up on this code: the same call gets the same answer"),
    "client.repeated-call": ClientRule(_repeated_call, "keep what was fetched; resume a broken download with Range"),
    "client.secret-not-sent": ClientRule(
        _secret_not_sent, "send only the signature; take the secret for leaked and renew it"
    ),
    "client.credentials-not-in-download": ClientRule(
        _credentials_not_in_download, "fetch the resource URL exactly as given"
    ),
    "client.get-for-reads": ClientRule(
        _get_for_reads, "send the parameters in the query of a GET (curl: -G -d, not -F)"
    ),
    "client.no-xml": ClientRule(_no_xml, "leave out format: JSON is the default and what the vendor keeps"),
}
"""How each rule is looked for, and what to do about it."""
