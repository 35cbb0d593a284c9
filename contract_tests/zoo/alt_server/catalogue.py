"""What the second correct server says about collections: one of them, a list, the HTML that embeds one; and changes."""

import hashlib
import html
from typing import Any
from urllib.parse import quote

from contract_tests.zoo.alt_server.accounts import Account, Accounts, Collection
from contract_tests.zoo.alt_server.request import Call
from contract_tests.zoo.alt_server.table import TRUE

PLAYER = "https://player.flipsnack.example/"


class Catalogue(Accounts):
    """Shows and changes collections."""

    def described(self, call: Call, collection: Collection) -> dict[str, Any]:
        """A collection, as three methods answer with it."""
        return {
            **self.listed(collection),
            "collectionWidth": collection.width,
            "collectionHeight": collection.height,
            "collectionThumbnail": f"{call.origin}/covers/{collection.serial}.png",
            "flipbooks": [self.item(collection, call.account.now)],
        }

    def item(self, collection: Collection, now: int) -> dict[str, Any]:
        """The document of a collection."""
        digest = hashlib.md5(str(collection.serial).encode()).hexdigest()
        return {
            "flipbookHash": f"{digest[:22]}i{collection.serial:09}",
            "flipbookTitle": collection.title,
            "flipbookStatus": self.conversion_state(collection, now).lower(),
        }

    def listed(self, collection: Collection) -> dict[str, Any]:
        """A collection as lists have it."""
        return {
            "collectionHash": collection.hash,
            "collectionTitle": collection.title,
            "collectionDescription": collection.description,
            "collectionStatus": collection.status,
        }

    # --- changes

    def change(self, call: Call, collection: Collection) -> None:
        """Set what is given, and keep the rest."""
        collection.title = call.params.get("title", collection.title)
        collection.description = call.params.get("description", collection.description)
        collection.width = int(call.get("collectionWidth") or collection.width)
        collection.height = int(call.get("collectionHeight") or collection.height)
        if wanted := call.get("collectionStatus"):
            is_published = collection.status == "editable" and wanted != "editable"
            collection.status = wanted
            if is_published:
                self.rename(call.account, collection)

    def rename(self, account: Account, collection: Collection) -> None:
        """Give a published collection its final hash; the temporary one is no more."""
        del account.collections[collection.hash]
        collection.hash = self.new_hash()
        account.collections[collection.hash] = collection

    # --- lists

    def own(self, account: Account) -> list[Collection]:
        """The collections of an account that are not deleted, the newest first."""
        kept = [one for one in account.collections.values() if not one.is_deleted]
        return sorted(kept, key=lambda one: one.serial, reverse=True)

    def is_wanted(self, call: Call, collection: Collection) -> bool:
        """Whether a collection has the status and the text that are asked for."""
        return call.get("collectionStatus") in ("", collection.status) and self.matches(call.get("query"), collection)

    def matches(self, query: str, collection: Collection) -> bool:
        """Whether title or description has a text, whatever the letter case."""
        return any(query.casefold() in text.casefold() for text in (collection.title, collection.description))

    def ordered(self, call: Call, found: list[Collection]) -> list[Collection]:
        """The list in the order that is asked for; `found` has the newest first."""
        wanted, mode = call.get("orderBy"), call.get("orderMode")
        if wanted == "name":
            return sorted(found, key=lambda one: (one.title.casefold(), one.serial), reverse=mode == "desc")
        is_newest_first = mode != "asc" and (not wanted or mode == "desc")
        return found if is_newest_first else found[::-1]

    def in_range(self, call: Call, found: list[Collection]) -> list[Collection]:
        """The part of the list that is asked for, from 0, both ends included."""
        return found[int(call.get("from") or 0) : int(call.get("to")) + 1 if call.get("to") else None]

    def count(self, found: list[Collection], _part: list[Collection]) -> int:
        """How many there are before the range is cut."""
        return len(found)

    # --- embedding

    def embed(self, call: Call) -> str:
        """The iframe that shows a collection."""
        width, height = self.embed_size(call)
        source = html.escape(self.player(call))
        return f'<iframe src="{source}" width="{width}" height="{height}" frameborder="0" allowfullscreen></iframe>'

    def embed_size(self, call: Call) -> tuple[str, str]:
        """Width and height of the iframe."""
        if call.get("responsive").lower() in TRUE:
            return "100%", "100%"
        shown = call.collection
        return call.get("width") or str(shown.width), call.get("height") or str(shown.height)

    def player(self, call: Call) -> str:
        """The address of the player: which collection, and at which page it opens."""
        page = int(call.get("startPage") or 1)
        return f"{PLAYER}?hash={quote(call.collection.hash, safe='')}" + (f"&p={page}" if page > 1 else "")
