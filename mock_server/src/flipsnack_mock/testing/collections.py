"""A client for the collections of one account: their jobs, conversions and statistics."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal
from urllib.parse import quote

__tracebackhide__ = True  # pytest shows the line of the test instead
ConversionState = Literal["processing", "complete", "failed"]


class Collections:
    """The collections of one account. Every method raises `AdminError` if the control plane refuses."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """Send requests with `call(method, path, body)`, relative to the account."""
        self._call = call

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a collection; each field is optional.

        They are `hash`, `title`, `description`, `status`, `width`, `height`, `pages`, `package_bytes`, `schedule` (of
        the package), `conversion_schedule` and `statistics`.
        """
        return dict(self._call("POST", "/collections", fields))

    def list(self) -> list[dict[str, Any]]:
        """List all collections of the account."""
        return [dict(item) for item in self._call("GET", "/collections")["collections"]]

    def show(self, collection_hash: str) -> dict[str, Any]:
        """One collection, with `status`, size, `document`, `conversion` and `job`; also by its temporary hash."""
        return dict(self._call("GET", _path(collection_hash)))

    def delete(self, collection_hash: str) -> None:
        """Mark a collection as deleted, so that calls get code 43."""
        self._call("DELETE", _path(collection_hash))

    def convert(self, collection_hash: str, state: ConversionState) -> dict[str, Any]:
        """Force the conversion into a state; refused with the legal states if that is not possible."""
        return dict(self._call("PUT", f"{_path(collection_hash)}/conversion", {"state": state}))

    def conversion(self, collection_hash: str) -> dict[str, Any]:
        """The conversion of a collection: `state`, `polls`, `started_at`, `schedule`, `legal`."""
        return dict(self._call("GET", f"{_path(collection_hash)}/conversion"))

    def set_statistics(self, collection_hash: str, days: Iterable[Mapping[str, Any]]) -> None:
        """Replace the statistics by `days`.

        Each has its `date` (YYYY-MM-DD) and may have `impressions`, `views`, `time_spent`, `downloads` and `pages`, a
        list of `page`, `time_spent`, `clicks` and `views`.
        """
        self._call("PUT", f"{_path(collection_hash)}/statistics", [dict(day) for day in days])

    def statistics(self, collection_hash: str) -> "Days":
        """The statistics of a collection by day."""
        return [dict(day) for day in self._call("GET", f"{_path(collection_hash)}/statistics")]


Days = list[dict[str, Any]]


class Jobs:
    """The jobs that build the packages of one account."""

    def __init__(self, call: Callable[..., Any]) -> None:
        """Send requests with `call(method, path, body)`, relative to the account."""
        self._call = call

    def show(self, collection_hash: str) -> dict[str, Any]:
        """The job of a collection: `state`, `polls`, `started_at`, `schedule`, `legal`."""
        return dict(self._call("GET", f"/jobs/{quote(collection_hash, safe='')}"))

    def force(self, collection_hash: str, state: str) -> dict[str, Any]:
        """Force a job into a state; refused with the legal states if that is not possible."""
        return dict(self._call("PUT", f"/jobs/{quote(collection_hash, safe='')}", {"state": state}))


def _path(collection_hash: str) -> str:
    return f"/collections/{quote(collection_hash, safe='')}"
