"""The list of accounts on the page, and which account the page is about."""

from collections.abc import Sequence

import msgspec

from flipsnack_mock.admin.ui.query import PageQuery, first_row
from flipsnack_mock.state.journal import NOBODY
from flipsnack_mock.state.world import World

MOST_ACCOUNTS = 40


class AccountList(msgspec.Struct, frozen=True):
    """A part of the `found` keys, beginning with number `first`: those of the seed, then the others, newest first."""

    keys: Sequence[str]
    first: int
    found: int


def account_list(keys: Sequence[str], query: PageQuery) -> AccountList:
    """Those of `keys` that contain the text of the query, in any case."""
    text = query.find.casefold()
    found = [key for key in keys if text in key.casefold()] if text else keys
    first = first_row(query.accounts, len(found), MOST_ACCOUNTS)
    return AccountList(found[first : first + MOST_ACCOUNTS], first, len(found))


def meant_key(world: World, query: PageQuery, keys: Sequence[str]) -> str:
    """The key of the query; by default that of the asked request, the one used last, or the first of `keys`."""
    asked = world.journal.find(query.request)
    of_request = asked.key if asked is not None else ""
    return query.account or of_request or _last_used(world) or next(iter(keys), "")


def keys_of(world: World) -> Sequence[str]:
    """All keys: those of the seed, then the others, newest first."""
    keys, seeded = world.keys, world.seeded
    return [*(key for key in seeded if key in keys), *(key for key in reversed([*keys]) if key not in seeded)]


def _last_used(world: World) -> str:
    return next((entry.key for entry in world.journal.newest() if entry.key != NOBODY), "")
