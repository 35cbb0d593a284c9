"""Clients that lose the hash that publishing gives."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


class TriesTheOldHashFirst(Client, breaks="client.follows-new-hash"):
    """Asks for the old hash once more before it uses the new one."""

    def hash_after(self, old: str, changed: Mapping[str, Any]) -> str:
        try:
            self.collection(old)
        except ClientError as error:
            if error.code != 43:
                raise
        return super().hash_after(old, changed)


class KeepsTheOldHash(Client, breaks="client.follows-new-hash"):
    """Uses the hash that it knew before publishing."""

    def hash_after(self, old: str, _changed: Mapping[str, Any]) -> str:
        return old


class PublishesTwice(Client, breaks="client.follows-new-hash"):
    """Publishes the old hash again, to see whether it worked."""

    def publish(self, collection_hash: str) -> Object:
        found = super().publish(collection_hash)
        self.call_method("collection.update", {"collectionHash": collection_hash, **self.published()})
        return found


class WaitsForTheNewHash(Client, breaks="client.final-error"):
    """Repeats the call by the new hash when it is refused with 43, as if that hash needed time to be known."""

    def publish(self, collection_hash: str) -> Object:
        changed = self.call_method("collection.update", {"collectionHash": collection_hash, **self.published()})
        new = self.hash_after(collection_hash, changed)
        try:
            return self.collection(new)
        except ClientError as error:
            if error.code != 43:
                raise
        self.wait(3_000)
        return self.collection(new)


class NeverPublishes(Client, breaks="client.agreement"):
    """Reports a collection as published that it only gave its new title."""

    def published(self) -> dict[str, str]:
        return dict(self.changes)


class LooksForTheTitle(Client, breaks="client.follows-new-hash"):
    """Looks for what it has published in the list, by a title that several collections may have."""

    def hash_after(self, old: str, changed: Mapping[str, Any]) -> str:
        title = changed.get("collectionTitle")
        found = (one["collectionHash"] for one in self.collections({}) if one.get("collectionTitle") == title)
        return next(found, super().hash_after(old, changed))


class PublishesInTwoSteps(Client, breaks="client.follows-new-hash"):
    """Publishes first, and changes the texts then, by the hash from before."""

    def publish(self, collection_hash: str) -> Object:
        texts, self.changes = self.changes, {}
        shown = super().publish(collection_hash)
        if texts:
            self.call_method("collection.update", {"collectionHash": collection_hash, **texts})
        return shown
