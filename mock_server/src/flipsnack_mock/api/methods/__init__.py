"""What each method of the method table does: `run(call)` changes the account and returns the answer's data or None."""

from collections.abc import Callable

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.methods import download_html, get_list, get_stats
from flipsnack_mock.protocol.envelope import Tree

RUN: dict[str, Callable[[Call], Tree | None]] = {
    "collection.downloadHTML": download_html.run,
    "collection.getList": get_list.run,
    "collection.getStats": get_stats.run,
}
"""By the name in the table. A method checks everything before it changes anything."""
