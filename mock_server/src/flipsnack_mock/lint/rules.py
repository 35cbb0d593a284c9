"""The vendor's rules for clients: how to detect in the records of one key that a rule was broken.

After an answer that a fault changed, no
behaviour of the client counts as a violation, but for an upload that is repeated without knowing what came of it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flipsnack_mock.inspect.records import API, PACKAGE, Record
from flipsnack_mock.lint import collections
from flipsnack_mock.lint.collections import CREATE, STATISTICS
from flipsnack_mock.lint.traffic import (
    AT_ONCE_SECONDS,
    MIN_POLL_SECONDS,
    Violation,
    answer_arrived,
    downloads,
    gap,
    has_succeeded,
    involved,
    polls_of,
    repeated,
    same_calls,
    too_soon,
)
from flipsnack_mock.protocol.instants import SECOND
from flipsnack_mock.protocol.methods import METHODS, PACKAGE_METHOD, UPLOADS
from flipsnack_mock.state.jobs import State

BACK_OFF_SECONDS = {31: 0.5, 32: 2.0}
"""Shortest pause after codes 31 and 32: well below what helps, so that only clients without a pause are reported."""

_WRITES = frozenset(name for name, method in METHODS.items() if not method.read_only)
_FINAL_ERRORS = frozenset({30, 40, 41, 42, 43, 44})
_CREDENTIALS = frozenset({"apiKey", "signature", "action"})


class ClientRule(NamedTuple):
    """A function that finds violations in the records of one key, oldest first.

    `finds` says what it looks for, and `advice` what a client should do instead.
    """

    find: Callable[[Sequence[Record]], Iterator[Violation]]
    finds: str
    advice: str


def _poll_interval(records: Sequence[Record]) -> Iterator[Violation]:
    for collection, polls in polls_of(records).items():
        soon = [pair for pair in repeated(polls, MIN_POLL_SECONDS) if pair[0].status == State.PROCESSING]
        yield from too_soon(soon, f"{collection} was polled again within {MIN_POLL_SECONDS} s")


def _times(found: Sequence[object]) -> str:
    return f" ({len(found)} times)" if len(found) > 1 else ""


def _final_state(records: Sequence[Record]) -> Iterator[Violation]:
    for collection, polls in polls_of(records).items():
        late = [(before, after) for before, after in pairwise(polls) if _is_needless(before, after, records)]
        if late:
            state = late[0][0].status
            yield Violation(f"{collection} was {state} and was polled again{_times(late)}", involved(late))


def _is_needless(before: Record, after: Record, records: Sequence[Record]) -> bool:
    if not answer_arrived(before) or gap(before, after) >= AT_ONCE_SECONDS:
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
    for tries in downloads(records).values():
        dead = [one for one in tries if one.rule == "url.expired-is-403" and answer_arrived(one)]
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
        pairs = (pair for calls in same_calls(records).values() for pair in repeated(calls, least))
        soon = [pair for pair in pairs if pair[0].code == code]
        yield from too_soon(soon, f"a call refused with code {code} was repeated within {least} s")


def _final_error(records: Sequence[Record]) -> Iterator[Violation]:
    for calls in same_calls(records).values():
        pairs = repeated(calls, AT_ONCE_SECONDS)
        again = [
            (before, after) for before, after in pairs if before.code in _FINAL_ERRORS and after.code == before.code
        ]
        if again:
            first = again[0][0]
            what = f"{first.action or 'a call'} was refused with code {first.code} ({first.detail})"
            yield Violation(f"{what} and was repeated unchanged", involved(again))


def _repeated_call(records: Sequence[Record]) -> Iterator[Violation]:
    for tries in downloads(records).values():
        whole = [one for one in tries if _is_whole(one)]
        if len(whole) > 1:
            yield Violation(f"the package of {whole[0].hash} was fetched {len(whole)} times from one URL", whole)
    for calls in same_calls(records).values():
        pairs = [pair for pair in pairwise(calls) if _is_repetition(*pair, records)]
        if pairs:
            yield Violation(f"{pairs[0][0].action} was called again with the same parameters", involved(pairs))


def _is_whole(record: Record) -> bool:
    served = record.answer is not None and record.answer.http_status == 200
    return served and record.method == "GET" and not record.range and not record.fault


def _is_repetition(before: Record, after: Record, records: Sequence[Record]) -> bool:
    # Polling, uploads and statistics have their own rules.
    if before.action in (PACKAGE_METHOD, CREATE, STATISTICS) or before.status == "processing":
        return False
    changed = any(one.action in _WRITES and before.number < one.number < after.number for one in records)
    return has_succeeded(before) and not changed and gap(before, after) < AT_ONCE_SECONDS


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
        _poll_interval,
        f"a poll less than {MIN_POLL_SECONDS} s after an answer PROCESSING",
        "wait at least two seconds between polls, and longer as time goes on",
    ),
    "client.conversion-interval": ClientRule(
        collections.conversion_interval,
        f"`collection.getCollection` less than {MIN_POLL_SECONDS} s after an answer processing, or the same call that "
        "soon after code 38",
        "wait at least two seconds before the next collection.getCollection, and longer as time goes on",
    ),
    "client.upload-once": ClientRule(
        collections.upload_once,
        "the same document uploaded again within a minute, although the first upload succeeded or its answer was lost, "
        "damaged or no answer of the API",
        "repeat collection.create only after 22, 31 or 32; otherwise look with collection.getList what came of it",
    ),
    "client.upload-refused": ClientRule(
        collections.upload_refused,
        "the same document uploaded again within a minute after 33, 34, 35, 36 or 45, with the same code",
        "report the code: the same document is refused again until the month or the limits change",
    ),
    "client.follows-new-hash": ClientRule(
        collections.follows_new_hash,
        "the temporary hash of a collection that was published",
        "use the collectionHash in the answer of the collection.update that published it",
    ),
    "client.statistics-cached": ClientRule(
        collections.statistics_cached,
        "the same `collection.getStats` again within a minute",
        "keep statistics for at least a minute: the vendor asks callers to cache them",
    ),
    "client.final-state": ClientRule(
        _final_state,
        "a poll within a minute after FAILED, or after COMPLETE while its URL is valid and the package was not fetched",
        "stop at COMPLETE and at FAILED; poll again only for a new resource URL",
    ),
    "client.expired-url": ClientRule(
        _expired_url,
        "an expired resource URL used twice, or once without asking for a new one",
        "on HTTP 403 call collection.downloadHTML and use the new URL",
    ),
    "client.back-off": ClientRule(
        _back_off,
        f"the same call less than {BACK_OFF_SECONDS[31]:g} s after 31, or {BACK_OFF_SECONDS[32]:g} s after 32",
        "pause after 31 and 32, longer each time, before the next request of this key",
    ),
    "client.final-error": ClientRule(
        _final_error,
        "the same call again within a minute after 30, 40, 41, 42, 43 or 44, with the same code",
        "do not retry after this code: the same call gets the same answer",
    ),
    "client.repeated-call": ClientRule(
        _repeated_call,
        "a whole package fetched twice from one URL, or the same read within a minute while nothing is changed",
        "keep the answer and the package; resume a broken download with Range",
    ),
    "client.secret-not-sent": ClientRule(
        _secret_not_sent,
        "the secret in a parameter, a body or the path",
        "send only the signature; treat the secret as leaked and replace it",
    ),
    "client.credentials-not-in-download": ClientRule(
        _credentials_not_in_download,
        "`apiKey`, `signature` or `action` sent along with a download",
        "request the resource URL exactly as given",
    ),
    "client.get-for-reads": ClientRule(
        _get_for_reads,
        "POST for a method that uploads nothing",
        "send the parameters in the query of a GET (curl: -G -d, not -F)",
    ),
    "client.no-xml": ClientRule(
        _no_xml, "the deprecated `format=xml`", "leave out format: JSON is the default, and the vendor deprecates XML"
    ),
}
"""Each rule by its id in the ledger."""
