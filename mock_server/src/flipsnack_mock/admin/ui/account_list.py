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


def account_list(world: World, query: PageQuery) -> AccountList:
    """The keys that contain the text of the query, in any case."""
    text, keys = query.find.casefold(), _keys(world)
    found = [key for key in keys if text in key.casefold()] if text else keys
    first = first_row(query.accounts, len(found), MOST_ACCOUNTS)
    return AccountList(found[first : first + MOST_ACCOUNTS], first, len(found))


def meant_key(world: World, query: PageQuery) -> str:
    """The key of the query; by default that of the asked request, or the one that was used last; empty if none is."""
    asked = world.journal.find(query.request)
    of_request = asked.key if asked is not None else ""
    return query.account or of_request or _last_used(world) or next(iter(_keys(world)), "")


def _keys(world: World) -> list[str]:
    keys = [account.key for account in world.look()]
    seeded = dict.fromkeys(key for key in keys if world.is_seeded(key))
    return [*seeded, *(key for key in reversed(keys) if key not in seeded)]


def _last_used(world: World) -> str:
    return next((entry.key for entry in world.journal.newest() if entry.key != NOBODY), "")
