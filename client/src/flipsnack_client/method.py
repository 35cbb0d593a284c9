"""The methods of the API as values: how a call is sent, and whether it may be retried."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API. `name` is what its `action` parameter holds.

    Sending an `idempotent` call twice has the effect of sending it once; only such a call is retried.
    """

    name: str
    verb: Literal["GET", "POST"] = "GET"
    host: Literal["api", "upload"] = "api"
    idempotent: bool = True


DOWNLOAD_HTML = Method("collection.downloadHTML")
"""Starts the job that builds a collection's package, if there is none, and returns its status."""
