"""collection.getEmbed: the HTML that embeds the collection's player."""

import base64
from html import escape

from flipsnack_mock.api.call import Call
from flipsnack_mock.protocol.addresses import PLAYER_PATH
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.state.account import Collection, account_id

_REST = (
    'seamless="seamless" scrolling="no" frameBorder="0" allowFullScreen '
    'allow="autoplay; clipboard-read; clipboard-write"'
)


def run(call: Call) -> Tree:
    """An iframe like those on today's web pages; it loads the fake, never the vendor's player."""
    collection, wanted = call.collection, call.arguments
    width, height = wanted.get("width", collection.width), wanted.get("height", collection.height)
    if wanted["responsive"]:
        width = height = "100%"
    source = escape(_player(call, collection))
    return {"embedCode": f'<iframe src="{source}" width="{width}" height="{height}" {_REST}></iframe>'}


def _player(call: Call, collection: Collection) -> str:
    # `https` and `startBook` change nothing: the fake has one scheme, and a collection has one item.
    page = call.arguments["startPage"]
    return call.request.origin + player_path(call.account.key, collection.hash) + (f"&p={page}" if page != 1 else "")


def player_path(key: str, collection_hash: str) -> str:
    """Path and query of the player of a collection; the token in it names the account by its public id."""
    token = base64.b64encode(f"{account_id(key)}+{collection_hash}".encode()).decode()
    return f"{PLAYER_PATH}?hash={token}"
