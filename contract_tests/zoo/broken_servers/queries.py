"""Servers that choose wrongly what a list has, and how many it says that there are."""

import re
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Account, Collection
from contract_tests.zoo.alt_server.request import Call


class CountOverNoRows(AltServer, breaks="list.count"):
    """Takes the count from the first row of the range, so a range behind the end has none."""

    def count(self, found: list[Collection], part: list[Collection]) -> int:
        return super().count(found, part) if part else 0


class ZeroIsNoEnd(AltServer, breaks="list.range"):
    """Takes an end of 0 for none, as a language does in which "0" is empty."""

    def in_range(self, call: Call, found: list[Collection]) -> list[Collection]:
        if call.get("to") and not int(call.get("to")):
            return found[int(call.get("from") or 0) :]
        return super().in_range(call, found)


class SqlWildcards(AltServer, breaks="list.query"):
    """Pastes a query into LIKE, where % and _ stand for other letters."""

    def matches(self, query: str, collection: Collection) -> bool:
        letters = ({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in query.casefold())
        pattern = re.compile("".join(letters), re.DOTALL)
        return any(pattern.search(text.casefold()) for text in (collection.title, collection.description))


class OrdersThePart(AltServer, breaks="list.order"):
    """Cuts the range out of the newest first, and orders only what it has cut."""

    def in_range(self, call: Call, found: list[Collection]) -> list[Collection]:
        newest = sorted(found, key=lambda one: one.serial, reverse=True)
        return self.ordered(call, super().in_range(call, newest))


class PublishedIsNewest(AltServer, breaks="list.order"):
    """Makes a new row of a collection that is published, which counts as created then."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Collection, int] = {}

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        self.rows[collection] = next(self.serial)

    def own(self, account: Account) -> list[Collection]:
        return sorted(super().own(account), key=lambda one: self.rows.get(one, one.serial), reverse=True)


class IndexedWhenMade(AltServer, breaks="list.query"):
    """Searches an index that is written when a collection is made, and not when it is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.index: dict[Collection, tuple[str, str]] = {}

    def add_collection(self, account: Account, fields: dict[str, Any], conversion_schedule: str) -> Collection:
        made = super().add_collection(account, fields, conversion_schedule)
        self.index[made] = made.title, made.description
        return made

    def matches(self, query: str, collection: Collection) -> bool:
        return any(query.casefold() in text.casefold() for text in self.index[collection])
