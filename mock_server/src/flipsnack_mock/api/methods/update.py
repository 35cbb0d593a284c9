"""collection.update: change a collection, or publish an editable one."""

from typing import Any

import msgspec

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.collection_object import collection_object
from flipsnack_mock.api.collections import converted_collection
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.seeds import SeedCollection

_FIELDS = {
    "title": "title",
    "description": "description",
    "collectionWidth": "width",
    "collectionHeight": "height",
    "collectionStatus": "status",
}
"""What each parameter changes."""


def run(call: Call) -> Tree:
    """The collection object after the change, with its new hash when the change publishes it."""
    before = converted_collection(call)
    after = call.account.keep(msgspec.structs.replace(before, **_changes(call, before)))
    if before.status == "editable" and after.status != "editable":
        after = call.account.publish(after)
    return collection_object(call, after)


def _changes(call: Call, collection: Collection) -> dict[str, Any]:
    given = {field: call.arguments[name] for name, field in _FIELDS.items() if name in call.arguments}
    return _defaults(collection) | given if call.behaviour.update_resets else given


def _defaults(collection: Collection) -> dict[str, Any]:
    fresh = SeedCollection(hash=collection.hash, title=collection.document_title)
    return {"title": fresh.title, "description": fresh.description, "width": fresh.width, "height": fresh.height}
