"""The methods of the API, as values: how each is sent, and whether a failed call may be sent again."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API. `name` is what its `action` parameter holds.

    `idempotent` says that a second call does no more than one; only such a call is retried.
    """

    name: str
    verb: Literal["GET", "POST"] = "GET"
    host: Literal["api", "upload"] = "api"
    idempotent: bool = True


DOWNLOAD_HTML = Method("collection.downloadHTML")
"""Starts the job that builds a collection's package where there is none, and returns its status."""
