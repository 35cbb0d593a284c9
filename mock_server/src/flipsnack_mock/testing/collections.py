"""A client for the collections of one account: their jobs, conversions and statistics."""

from collections.abc import Callable, Iterable
from typing import Any, Unpack, cast
from urllib.parse import quote

from flipsnack_mock.testing.answers import CollectionAnswer, ConversionAnswer, DayAnswer, JobAnswer
from flipsnack_mock.testing.fields import CollectionFields, ConversionState, DayFields, JobState

__tracebackhide__ = True  # pytest shows the line of the test instead

# In the class below, `list` is a method.
Days = list[DayAnswer]


class Collections:
    """The collections of one account. Every method raises `AdminError` if the control plane refuses."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """Send requests with `call(method, path, body)`, relative to the account."""
        self._call = call

    def create(self, **fields: Unpack[CollectionFields]) -> CollectionAnswer:
        """Create a collection; each field is optional, and without `hash` it gets the next free one."""
        return cast(CollectionAnswer, self._call("POST", "/collections", fields))

    def list(self) -> list[CollectionAnswer]:
        """List all collections of the account."""
        return cast(list[CollectionAnswer], self._call("GET", "/collections")["collections"])

    def show(self, collection_hash: str) -> CollectionAnswer:
        """One collection, with `status`, size, `document`, `conversion` and `job`; also by its temporary hash."""
        return cast(CollectionAnswer, self._call("GET", _path(collection_hash)))

    def delete(self, collection_hash: str) -> None:
        """Mark a collection as deleted, so that calls get code 43."""
        self._call("DELETE", _path(collection_hash))

    def convert(self, collection_hash: str, state: ConversionState) -> ConversionAnswer:
        """Force the conversion into a state; refused with the legal states if that is not possible."""
        return cast(ConversionAnswer, self._call("PUT", f"{_path(collection_hash)}/conversion", {"state": state}))

    def conversion(self, collection_hash: str) -> ConversionAnswer:
        """The conversion of a collection: `state`, `polls`, `started_at`, `schedule`, `legal`."""
        return cast(ConversionAnswer, self._call("GET", f"{_path(collection_hash)}/conversion"))

    def set_statistics(self, collection_hash: str, days: Iterable[DayFields]) -> None:
        """Replace the statistics by `days`.

        Each has its `date` (YYYY-MM-DD) and may have `impressions`, `views`, `time_spent`, `downloads` and `pages`, a
        list of `page`, `time_spent`, `clicks` and `views`.
        """
        self._call("PUT", f"{_path(collection_hash)}/statistics", [dict(day) for day in days])

    def statistics(self, collection_hash: str) -> Days:
        """The statistics of a collection by day."""
        return cast(Days, self._call("GET", f"{_path(collection_hash)}/statistics"))


class Jobs:
    """The jobs that build the packages of one account."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """Send requests with `call(method, path, body)`, relative to the account."""
        self._call = call

    def show(self, collection_hash: str) -> JobAnswer:
        """The job of a collection: `state`, `polls`, `started_at`, `schedule`, `legal`."""
        return cast(JobAnswer, self._call("GET", f"/jobs/{quote(collection_hash, safe='')}"))

    def force(self, collection_hash: str, state: JobState) -> JobAnswer:
        """Force a job into a state; refused with the legal states if that is not possible."""
        return cast(JobAnswer, self._call("PUT", f"/jobs/{quote(collection_hash, safe='')}", {"state": state}))


def _path(collection_hash: str) -> str:
    return f"/collections/{quote(collection_hash, safe='')}"
