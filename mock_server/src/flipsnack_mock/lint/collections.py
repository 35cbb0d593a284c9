"""The vendor's rules for clients about the life of a collection: upload, conversion, publishing, statistics."""

from collections.abc import Iterator, Sequence

from flipsnack_mock.inspect.records import Record
from flipsnack_mock.lint.traffic import (
    MIN_POLL_SECONDS,
    Violation,
    answer_arrived,
    has_succeeded,
    involved,
    pairs_of,
    polls_of,
    repeated,
    same_calls,
    too_soon,
)

CREATE, SHOW, STATISTICS = "collection.create", "collection.getCollection", "collection.getStats"

_REFUSED_UPLOADS = frozenset({33, 34, 35, 36, 45})


def conversion_interval(records: Sequence[Record]) -> Iterator[Violation]:
    """A conversion, or a call that was refused because of one, is asked for again too soon."""
    for collection, polls in polls_of(records, SHOW).items():
        soon = [pair for pair in repeated(polls, MIN_POLL_SECONDS) if pair[0].status == "processing"]
        yield from too_soon(soon, f"the conversion of {collection} was asked for again within {MIN_POLL_SECONDS} s")
    for calls in same_calls(records).values():
        soon = [pair for pair in repeated(calls, MIN_POLL_SECONDS) if pair[0].code == 38]
        yield from too_soon(soon, f"a call refused with code 38 was repeated within {MIN_POLL_SECONDS} s")


def upload_once(records: Sequence[Record]) -> Iterator[Violation]:
    """A document is uploaded again although the first upload may have made a collection."""
    blind = [(before, after) for before, after in pairs_of(records, CREATE) if _may_be_done(before)]
    if blind:
        yield Violation(f"{_document(blind[0][0])} was uploaded again, {_outcome(blind[0][0])}", involved(blind))


def _may_be_done(upload: Record) -> bool:
    """Whether the upload made a collection, or its client cannot know that it did not."""
    return upload.code == 20 or bool(upload.fault and (upload.code is None or not answer_arrived(upload)))


def _outcome(upload: Record) -> str:
    if upload.fault:
        return f"although the answer to the first upload does not say that nothing was done ({upload.fault})"
    return "although the first upload had succeeded"


def upload_refused(records: Sequence[Record]) -> Iterator[Violation]:
    """A document is uploaded again after a refusal that stays."""
    again = [
        (before, after)
        for before, after in pairs_of(records, CREATE)
        if before.code in _REFUSED_UPLOADS and after.code == before.code and answer_arrived(before)
    ]
    if again:
        first = again[0][0]
        yield Violation(
            f"{_document(first)} was refused with code {first.code} and was uploaded again", involved(again)
        )


def _document(upload: Record) -> str:
    return upload.files[0].file_name if upload.files else upload.params.get("fileUrl", "an upload")


def follows_new_hash(records: Sequence[Record]) -> Iterator[Violation]:
    """The temporary hash of a published collection is used."""
    late = [one for one in records if one.rule == "update.temporary-hash-dies"]
    if late:
        yield Violation(f"{late[0].hash} was used after the collection had been published under a new hash", late)


def statistics_cached(records: Sequence[Record]) -> Iterator[Violation]:
    """The same statistics are asked for again at once."""
    again = [(before, after) for before, after in pairs_of(records, STATISTICS) if has_succeeded(before)]
    if again:
        times = f"{len(again) + 1} times"
        yield Violation(f"the same statistics of {again[0][0].hash} were asked for {times}", involved(again))
