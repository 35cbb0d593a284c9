"""Servers that choose wrongly what a list has, and how many it says that there are."""

import re

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import Collection
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
