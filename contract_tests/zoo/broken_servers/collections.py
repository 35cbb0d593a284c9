"""Servers whose collections go wrong: their conversion, their changes, their end."""

from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Account, Collection, Job
from contract_tests.zoo.alt_server.downloads import Link
from contract_tests.zoo.alt_server.request import Call

Object = dict[str, Any]

# --- the object


class BriefUpload(AltServer, breaks="collection.object"):
    """Answers an upload without its documents, as none is converted."""

    def create(self, call: Call) -> Object:
        return {name: value for name, value in super().create(call).items() if name != "flipbooks"}


class BriefUpdate(AltServer, breaks="collection.object"):
    """Answers an update without size and documents."""

    def update(self, call: Call) -> Object:
        super().update(call)
        return self.listed(call.collection)


class SizesAreTexts(AltServer, breaks="answer.fields"):
    """Gives the size as texts in getCollection alone."""

    def get_collection(self, call: Call) -> Object:
        shown = super().get_collection(call)
        return {**shown, "collectionWidth": str(shown["collectionWidth"])}


class EmptyDescriptionIsMade(AltServer, breaks="collection.empty-texts"):
    """Takes the first words of the document when an empty description is given."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        if call.params.get("description") == "":
            made.description = "page 1"
        return made


class NullDescription(AltServer, breaks="collection.empty-texts"):
    """Has null for a description that was not set."""

    def listed(self, collection: Collection) -> Object:
        return {name: value if value != "" else None for name, value in super().listed(collection).items()}


class NoDescription(AltServer, breaks="collection.empty-texts"):
    """Leaves out a description that was not set."""

    def listed(self, collection: Collection) -> Object:
        return {name: value for name, value in super().listed(collection).items() if value != ""}


# --- changes


class SwapsSizes(AltServer, breaks="update.sets"):
    """Sets width for height."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        collection.width = int(call.get("collectionHeight") or collection.width)
        collection.height = int(call.get("collectionWidth") or collection.height)


class KeepsTheDescription(AltServer, breaks="update.sets"):
    """Never changes a description."""

    def change(self, call: Call, collection: Collection) -> None:
        before = collection.description
        super().change(call, collection)
        collection.description = before


class KeepsTheHeight(AltServer, breaks="update.sets"):
    """Never changes a height."""

    def change(self, call: Call, collection: Collection) -> None:
        before = collection.height
        super().change(call, collection)
        collection.height = before


class NeverUnlisted(AltServer, breaks="update.sets"):
    """Keeps a public collection public, as the application did."""

    def change(self, call: Call, collection: Collection) -> None:
        was_public = collection.status == "public"
        super().change(call, collection)
        collection.status = "public" if was_public and collection.status == "unlisted" else collection.status


class ShowsButForgets(AltServer, breaks="update.sets"):
    """Answers with the new title and keeps the old one."""

    def update(self, call: Call) -> Object:
        before = call.collection.title
        shown = super().update(call)
        call.collection.title = before
        return shown


class ClearsTexts(AltServer, breaks="update.keeps"):
    """Clears the description when only a title is given."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        if "title" in call.params and "description" not in call.params:
            collection.description = ""


class ResetsSizes(AltServer, breaks="update.keeps"):
    """Resets a size that is not given to the printed default."""

    def change(self, call: Call, collection: Collection) -> None:
        collection.width, collection.height = 650, 385
        super().change(call, collection)


class PublishesByDefault(AltServer, breaks="update.keeps"):
    """Makes an unlisted collection public when the status is not given."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        if collection.status == "unlisted" and not call.get("collectionStatus"):
            collection.status = "public"


class EmptyDescriptionIsNone(AltServer, breaks="update.empty-text"):
    """Takes an empty description for none."""

    def change(self, call: Call, collection: Collection) -> None:
        before = collection.description
        super().change(call, collection)
        collection.description = collection.description or before


class EmptyTitleIsNone(AltServer, breaks="update.empty-text"):
    """Takes an empty title for none."""

    def change(self, call: Call, collection: Collection) -> None:
        before = collection.title
        super().change(call, collection)
        collection.title = collection.title or before


class RenamesForThePublic(AltServer, breaks="update.publishing-renames"):
    """Gives a new hash only to what becomes public, and not to what becomes unlisted."""

    def rename(self, account: Account, collection: Collection) -> None:
        if collection.status == "public":
            super().rename(account, collection)


class KeepsTheHash(AltServer, breaks="update.publishing-renames"):
    """Keeps the hash of a collection that is published."""

    def rename(self, account: Account, collection: Collection) -> None:
        """Keep it."""


class TellsTheOldHash(AltServer, breaks="update.publishing-renames"):
    """Answers with the hash before publishing."""

    def update(self, call: Call) -> Object:
        before = call.collection.hash
        return {**super().update(call), "collectionHash": before}


class TemporaryStays(AltServer, breaks="update.temporary-hash-dies"):
    """Lets the temporary hash live on."""

    def __init__(self) -> None:
        super().__init__()
        self.renamed: dict[tuple[int, str], str] = {}

    def rename(self, account: Account, collection: Collection) -> None:
        before = collection.hash
        super().rename(account, collection)
        self.renamed[id(account), before] = collection.hash

    def check_collection(self, call: Call) -> None:
        if wanted := self.renamed.get((id(call.account), call.get("collectionHash"))):
            call.params["collectionHash"] = wanted
        super().check_collection(call)


class TemporaryStaysUntouched(TemporaryStays):
    """Lets the temporary hash live on when publishing changed nothing else."""

    def change(self, call: Call, collection: Collection) -> None:
        before = collection.hash
        super().change(call, collection)
        if "title" in call.params:
            self.renamed.pop((id(call.account), before), None)


# --- the end


class EmptyObject(AltServer, breaks="delete.no-data"):
    """Answers a deletion with empty data."""

    def delete_collection(self, call: Call) -> Object:
        super().delete_collection(call)
        return {}


class ShowsTheDeleted(AltServer, breaks="delete.no-data"):
    """Answers a deletion with what was deleted."""

    def delete_collection(self, call: Call) -> Object:
        super().delete_collection(call)
        return self.described(call, call.collection)


class _FindsTheDeleted(AltServer):
    """Lets one method find a deleted collection."""

    method: str

    def check_collection(self, call: Call) -> None:
        found = call.account.collections.get(call.get("collectionHash"))
        if found is not None and found.is_deleted and call.method.run == self.method:
            call.found_collection = found
        else:
            super().check_collection(call)


class FindsTheDeleted(AltServer, breaks="delete.gone"):
    """Finds deleted collections by their texts."""

    def get_list(self, call: Call) -> Object:
        data = super().get_list(call)
        if not call.get("query"):
            return data
        dead = [self.listed(one) for one in call.account.collections.values() if one.is_deleted]
        return {**data, "collections": [*data["collections"], *dead]}


class DeletesTwice(_FindsTheDeleted, breaks="delete.gone"):
    """Answers a second deletion as the first."""

    method = "delete_collection"


class StatisticsOfTheDead(_FindsTheDeleted, breaks="delete.gone"):
    """Gives the statistics of a deleted collection."""

    method = "get_stats"


class ListsTheDeleted(AltServer, breaks="delete.gone"):
    """Lists deleted collections."""

    def own(self, account: Account) -> list[Collection]:
        return sorted(account.collections.values(), key=lambda one: one.serial, reverse=True)


class LinkDiesToo(AltServer, breaks="delete.url-lives"):
    """Ends the links of a collection with it."""

    def is_alive(self, link: Link) -> bool:
        return super().is_alive(link) and not link.collection.is_deleted


# --- old rules, for these methods alone


class UpdatesForeign(AltServer, breaks="code.43"):
    """Changes collections of any key."""

    def check_collection(self, call: Call) -> None:
        known = (one.collections.get(call.get("collectionHash")) for one in self.accounts.values())
        found = next((one for one in known if one is not None and not one.is_deleted), None)
        if call.method.run == "update" and found is not None:
            call.found_collection = found
        else:
            super().check_collection(call)


class UpdateRestartsThePackage(AltServer, breaks="job.never-goes-back"):
    """Builds the package again after a change."""

    def update(self, call: Call) -> Object:
        if call.collection.package.started_at is not None:
            call.collection.package = Job("after-5s", call.account.now)
        return super().update(call)


class WidthIsText(AltServer, breaks="answer.fields"):
    """Gives the width of a collection as a text."""

    def described(self, call: Call, collection: Collection) -> Object:
        return {**super().described(call, collection), "collectionWidth": str(collection.width)}
