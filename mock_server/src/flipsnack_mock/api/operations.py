"""The methods of the API, by the name a request gives as `action`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from flipsnack_mock.api import resource_urls
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.errors import CATALOGUE, Forbidden
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.magic import PREFIX, magic, magic_collection

__all__ = ["OPERATIONS", "Operation"]


class Operation(NamedTuple):
    """One method: the parameters it requires beside the three of every request, and what it does.

    `run(account, params, now, origin)` checks everything before it changes anything, and returns the answer's data.
    """

    required: tuple[str, ...]
    run: Callable[[Account, dict[str, str], int, str], Tree]


def download_html(account: Account, params: dict[str, str], now: int, origin: str) -> Tree:
    """collection.downloadHTML: start the package with the first call, report it with the later ones."""
    collection = _own_collection(account, params["collectionHash"])
    behaviour = account.behaviour
    timetable, words = collection.timetable(behaviour), collection.words(behaviour)
    job = collection.job.called(timetable, now, words=words, restart_failed=behaviour.restart_failed)
    collection = msgspec.structs.replace(collection, job=job)
    state = collection.state(behaviour, now)
    if state is State.FAILED:
        collection = msgspec.structs.replace(collection, job=job.reported())
    account.collections[collection.hash] = collection
    if state is State.PROCESSING:
        _arranged_error(collection.hash)
    if state is State.COMPLETE:
        return {
            "status": state.value,
            "resourceUrl": resource_urls.make(account, collection, origin=origin, now=now),
        }
    return {"status": state.value}


def _arranged_error(collection_hash: str) -> None:
    # Raised after the call was counted: an error that passes does so after some calls, or some time after the first.
    meant = magic(collection_hash)
    if meant is not None and meant.error is not None:
        # No rule of the vendor stands behind this answer: the caller asked for it.
        raise CATALOGUE[meant.error](f"the hash {collection_hash!r} asks for it", rule="")


def _own_collection(account: Account, collection_hash: str) -> Collection:
    collection = account.collections.get(collection_hash) or magic_collection(collection_hash)
    if collection is None:
        hint = "; /__admin/magic lists the magic ones" if collection_hash.startswith(PREFIX) else ""
        raise Forbidden(f"the account has no collection {collection_hash[:60]!r}{hint}", rule="code.43-unknown")
    if collection.deleted:
        raise Forbidden(f"the collection {collection_hash!r} is deleted")
    return collection


OPERATIONS: dict[str, Operation] = {
    "collection.downloadHTML": Operation(("collectionHash",), download_html),
}
