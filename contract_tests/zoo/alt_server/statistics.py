"""The statistics of the second correct server: of a collection, of its pages, of all collections of an account."""

from collections.abc import Iterable
from typing import Any

from contract_tests.zoo.alt_server.accounts import Account, Accounts, Collection
from contract_tests.zoo.alt_server.request import Call
from contract_tests.zoo.alt_server.table import TRUE

Day = dict[str, Any]
TOTALS = ("impressions", "views", "time_spent", "downloads")
OF_A_PAGE = ("time_spent", "clicks", "views")


class Statistics(Accounts):
    """Adds up what happened."""

    def statistics(self, call: Call) -> dict[str, Any]:
        """The sums of the days that count, and those of each page when they are asked for."""
        days = [day for day in call.collection.days if self.counts(call, day["date"])]
        pages = {"pages": self.by_page(call, days)} if self.wants_pages(call) else {}
        return {**self.sums(days), **pages}

    def wants_pages(self, call: Call) -> bool:
        """Whether the statistics of each page are asked for."""
        return call.get("includePageStats").lower() in TRUE

    def counts(self, call: Call, day: str) -> bool:
        """Whether a day is among those that are asked for."""
        first, last = call.get("startDate"), call.get("endDate")
        return (not first or first <= day) and (not last or day <= last)

    def sums(self, days: Iterable[Day]) -> dict[str, int]:
        """What happened on these days, all together."""
        known = list(days)
        return {name: sum(day.get(name, 0) for day in known) for name in TOTALS}

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        """What happened on each page."""
        entries = [entry for day in days for entry in day.get("pages", ())]
        numbers = {*range(1, call.collection.pages + 1)} | {entry["page"] for entry in entries}
        return [self.of_page(number, entries) for number in sorted(numbers)]

    def of_page(self, number: int, entries: list[dict[str, int]]) -> dict[str, int]:
        """What happened on one page."""
        own = [entry for entry in entries if entry["page"] == number]
        return {"page": number, **{name: sum(entry.get(name, 0) for entry in own) for name in OF_A_PAGE}}

    def user_sums(self, account: Account) -> dict[str, int]:
        """What happened to all collections of an account."""
        return self.sums(day for one in self.summed(account) for day in one.days)

    def summed(self, account: Account) -> Iterable[Collection]:
        """The collections that count, deleted ones included."""
        return account.collections.values()
