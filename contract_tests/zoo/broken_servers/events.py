"""Servers that go wrong after something happened: a change, publishing, a deletion, the end of a conversion."""

from collections.abc import Iterable
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Account, Collection, Job
from contract_tests.zoo.alt_server.downloads import Link
from contract_tests.zoo.alt_server.request import Call, Refusal


class UpdateRebuilds(AltServer, breaks="job.never-goes-back"):
    """Builds the package again after collection.update."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        if self.package_state(collection, call.account.now) == "COMPLETE":
            collection.package = Job("after-5s", call.account.now)


class PublishingKillsLinks(AltServer, breaks="url.lives-60s"):
    """Looks a package up by the hash that its collection had when the link was made: publishing ends the link."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes: dict[Link, str] = {}

    def find(self, address: str) -> Link | None:
        link = super().find(address)
        return link if link and self.hashes[link] == link.collection.hash else None

    def issue(self, account: Account, collection: Collection) -> str:
        address = super().issue(account, collection)
        self.hashes[self.links[address]] = collection.hash
        return address


class ConversionRevives(AltServer, breaks="delete.gone"):
    """Writes a collection back at the end of its conversion, also when it was deleted meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted_early: set[Collection] = set()

    def delete_collection(self, call: Call) -> dict[str, Any] | None:
        if self.conversion_state(call.collection, call.account.now) == "PROCESSING":
            self.deleted_early.add(call.collection)
        return super().delete_collection(call)

    def read(self, call: Call) -> None:
        super().read(call)
        if account := call.found_account:
            for one in self.deleted_early & {*account.collections.values()}:
                one.is_deleted = self.conversion_state(one, account.now) == "PROCESSING"
            self.deleted_early = {one for one in self.deleted_early if one.is_deleted}


class OldHashDownloads(AltServer, breaks="update.temporary-hash-dies"):
    """Still knows the temporary hash in the store of packages, which was filled before the collection was published."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[tuple[Account, str], Collection] = {}

    def check_collection(self, call: Call) -> None:
        place = call.account, call.get("collectionHash")
        try:
            super().check_collection(call)
        except Refusal:
            known = self.asked.get(place)
            if call.method.run != "download_html" or known is None or known.is_deleted:
                raise
            call.found_collection = known
        if call.method.run == "download_html":
            self.asked[place] = call.collection


class OldHashDeletes(AltServer, breaks="update.temporary-hash-dies"):
    """Deletes a published collection by its temporary hash, too."""

    def __init__(self) -> None:
        super().__init__()
        self.published: dict[tuple[Account, str], Collection] = {}

    def rename(self, account: Account, collection: Collection) -> None:
        self.published[account, collection.hash] = collection
        super().rename(account, collection)

    def check_collection(self, call: Call) -> None:
        found = self.published.get((call.account, call.get("collectionHash")))
        if call.method.run == "delete_collection" and found is not None and not found.is_deleted:
            call.found_collection = found
        else:
            super().check_collection(call)


class PublishingResetsSizes(AltServer, breaks="update.keeps"):
    """Gives a published collection the default size, unless the update names one."""

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        collection.width, collection.height = 650, 385

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        collection.width = int(call.get("collectionWidth") or collection.width)
        collection.height = int(call.get("collectionHeight") or collection.height)


class PublishingConverts(AltServer, breaks="conversion.states"):
    """Converts the document again when its collection is published."""

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        collection.conversion = Job("after-2s", account.now)


class EmbedsTheOldHash(AltServer, breaks="embed.code"):
    """Keeps the address in the embed code from the first time, with the temporary hash of then."""

    def __init__(self) -> None:
        super().__init__()
        self.first_hash: dict[int, str] = {}

    def player(self, call: Call) -> str:
        now = call.collection.hash
        first = self.first_hash.setdefault(call.collection.serial, now)
        return super().player(call).replace(now, first)


class EmbedsTheFirstSize(AltServer, breaks="embed.size"):
    """Keeps the size that a collection had at its first collection.getEmbed."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[Collection, tuple[int, int]] = {}

    def embed_size(self, call: Call) -> tuple[str, str]:
        shown, asked = call.collection, super().embed_size(call)
        width, height = self.sizes.setdefault(shown, (shown.width, shown.height))
        if "%" in asked[0]:
            return asked
        return call.get("width") or str(width), call.get("height") or str(height)


class OrdersByChange(AltServer, breaks="list.order"):
    """Orders by the last change: what was updated comes first."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[Collection, int] = {}

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        self.changed[collection] = next(self.serial)

    def own(self, account: Account) -> list[Collection]:
        return sorted(super().own(account), key=lambda one: self.changed.get(one, one.serial), reverse=True)


class PublishedCountsTwice(AltServer, breaks="user.sums"):
    """Adds up a published collection under its old and its new hash."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[Account, Collection]] = []

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        self.published.append((account, collection))

    def summed(self, account: Account) -> Iterable[Collection]:
        return [*super().summed(account), *(one for owner, one in self.published if owner is account)]


class StatisticsByHash(AltServer, breaks="key.isolation"):
    """Keeps statistics by hash alone, whoever has a collection of that hash."""

    def statistics(self, call: Call) -> dict[str, Any]:
        known = [account.collections.get(call.collection.hash) for account in self.accounts.values()]
        days = [day for one in known if one for day in one.days if self.counts(call, day["date"])]
        pages = {"pages": self.by_page(call, days)} if self.wants_pages(call) else {}
        return {**self.sums(days), **pages}


class FreesTemporaryHashes(AltServer, breaks="upload.new-hash"):
    """Gives the temporary hash of a published collection to the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.free: dict[Account, list[str]] = {}

    def rename(self, account: Account, collection: Collection) -> None:
        self.free.setdefault(account, []).append(collection.hash)
        super().rename(account, collection)

    def add_collection(self, account: Account, fields: dict[str, Any], conversion_schedule: str) -> Collection:
        free = self.free.get(account)
        return super().add_collection(
            account, {**({"hash": free.pop()} if free else {}), **fields}, conversion_schedule
        )


class ListsTheFirstTitle(AltServer, breaks="update.empty-text"):
    """Lists a collection whose title was set empty by the title that it began with."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[Collection, str] = {}

    def add_collection(self, account: Account, fields: dict[str, Any], conversion_schedule: str) -> Collection:
        made = super().add_collection(account, fields, conversion_schedule)
        self.first[made] = made.title
        return made

    def get_list(self, call: Call) -> dict[str, Any]:
        data = super().get_list(call)
        first = {one.hash: self.first[one] for one in self.own(call.account)}
        shown = [
            {**one, "collectionTitle": one["collectionTitle"] or first[one["collectionHash"]]}
            for one in data["collections"]
        ]
        return {**data, "collections": shown}


class SetsBeforeItRefuses(AltServer, breaks="update.sets"):
    """Sets the title before it looks at the other values of collection.update."""

    def check_values(self, call: Call) -> None:
        found = call.account.collections.get(call.get("collectionHash"))
        if call.method.run == "update" and found and "title" in call.params:
            found.title = call.get("title")
        super().check_values(call)


class StartsWhenConverted(AltServer, breaks="code.38"):
    """Starts the package for a call that is refused with 38."""

    def check_conversion(self, call: Call) -> None:
        if call.method.run == "download_html":
            self.start(call.collection.package, call.account.now)
        super().check_conversion(call)
