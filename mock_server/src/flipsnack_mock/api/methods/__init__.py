"""What each method of the method table does: `run(call)` changes the account and returns the answer's data or None."""

from collections.abc import Callable

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.methods import (
    create,
    delete_collection,
    download_html,
    get_collection,
    get_embed,
    get_list,
    get_stats,
    update,
    user_get_stats,
)
from flipsnack_mock.protocol.envelope import Tree

RUN: dict[str, Callable[[Call], Tree | None]] = {
    "collection.create": create.run,
    "collection.getCollection": get_collection.run,
    "collection.update": update.run,
    "collection.deleteCollection": delete_collection.run,
    "collection.getEmbed": get_embed.run,
    "collection.getStats": get_stats.run,
    "collection.getList": get_list.run,
    "user.getStats": user_get_stats.run,
    "collection.downloadHTML": download_html.run,
}
"""By the name in the table. A method checks everything before it changes anything."""
