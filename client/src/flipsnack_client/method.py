"""The methods of the API as values: how a call is sent, and whether it may be retried."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Host = Literal["api", "upload"]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API. `name` is what its `action` parameter holds.

    Sending an `idempotent` call twice has the effect of sending it once. Any other call is retried only if
    the first one did nothing.
    """

    name: str
    verb: Literal["GET", "POST"] = "GET"
    host: Host = "api"
    idempotent: bool = True

    @classmethod
    def named(cls, name: str, *, uploads: bool) -> "Method":
        """Return the method of this name. An unknown one is an upload if `uploads`, else a read."""
        unknown = cls(name, "POST", "upload", idempotent=False) if uploads else cls(name)
        return METHODS.get(name, unknown)


CREATE = Method("collection.create", "POST", "upload", idempotent=False)
"""Uploads a document and makes a collection of it; conversion goes on after the answer."""

GET_COLLECTION = Method("collection.getCollection")
"""Returns a collection, and how far its conversion is."""

UPDATE = Method("collection.update")
"""Changes a collection, or publishes an editable one under a new hash."""

DELETE = Method("collection.deleteCollection")
"""Deletes a collection."""

GET_EMBED = Method("collection.getEmbed")
"""Returns the HTML that embeds a collection's player."""

GET_STATS = Method("collection.getStats")
"""Returns the statistics of a collection."""

GET_LIST = Method("collection.getList")
"""Returns a range of the account's collections."""

USER_GET_STATS = Method("user.getStats")
"""Returns the statistics of all collections, and how many uploads are left."""

DOWNLOAD_HTML = Method("collection.downloadHTML")
"""Starts the job that builds a collection's package, if there is none, and returns its status."""

METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        CREATE, GET_COLLECTION, UPDATE, DELETE, GET_EMBED, GET_STATS, GET_LIST, USER_GET_STATS, DOWNLOAD_HTML
    )
}  # fmt: skip
"""The methods that the vendor documents, by name."""
