"""The collection object: what create, getCollection and update answer with."""

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.addresses import THUMBNAIL_PREFIX
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.state.account import Collection, account_id


def collection_object(call: Call, collection: Collection) -> Tree:
    """The object `collection` of the method table; the journal notes how far its conversion is."""
    # In lower case as the vendor's pages write it; the states of a package are in upper case.
    call.entry.conversion = collection.conversion_state(call.now).lower()
    flipbook = {
        "flipbookHash": collection.item_hash,
        "flipbookTitle": collection.document_title,
        "flipbookStatus": call.entry.conversion,
    }
    return {
        "collectionHash": collection.hash,
        "collectionTitle": collection.title,
        "collectionDescription": collection.description,
        "collectionStatus": collection.status,
        "collectionWidth": collection.width,
        "collectionHeight": collection.height,
        "collectionThumbnail": _thumbnail(call, collection),
        "flipbooks": [flipbook],
    }


def _thumbnail(call: Call, collection: Collection) -> str:
    """The URL of a picture of the first page; its path is like those of the vendor's CDN."""
    folder = f"{account_id(call.account.key)}/collections/{collection.hash}/items/{collection.item_hash}"
    return f"{call.request.origin}{THUMBNAIL_PREFIX}{folder}/covers/page_1/medium"
