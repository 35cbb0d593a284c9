"""Servers that count wrongly, and that embed wrongly."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import SECOND, Account, Collection
from contract_tests.zoo.alt_server.request import Call
from contract_tests.zoo.alt_server.statistics import Day

# --- embedding


class OnlyAnAddress(AltServer, breaks="embed.code"):
    """Gives the address of the player instead of HTML."""

    def embed(self, call: Call) -> str:
        return self.player(call)


class EmbedsByScript(AltServer, breaks="embed.code"):
    """Embeds by a script."""

    def embed(self, call: Call) -> str:
        return super().embed(call).replace("iframe", "script")


class NamesNoCollection(AltServer, breaks="embed.code"):
    """Names the collection by a number of its own."""

    def player(self, call: Call) -> str:
        return super().player(call).replace(f"hash={call.collection.hash}", f"id={call.collection.serial}")


class IgnoresTheWidth(AltServer, breaks="embed.size"):
    """Embeds in the collection's width alone."""

    def embed_size(self, call: Call) -> tuple[str, str]:
        width, height = super().embed_size(call)
        return (width if width == "100%" else str(call.collection.width)), height


class SizeWins(AltServer, breaks="embed.size"):
    """Prefers a width to responsive."""

    def embed_size(self, call: Call) -> tuple[str, str]:
        width, height = super().embed_size(call)
        return call.get("width") or width, call.get("height") or height


class SizeOfOldCodes(AltServer, breaks="embed.size"):
    """Embeds in 640 by 385 by default."""

    def embed_size(self, call: Call) -> tuple[str, str]:
        width, height = super().embed_size(call)
        return ("640", "385") if not call.get("width") and width != "100%" else (width, height)


class HalfResponsive(AltServer, breaks="embed.size"):
    """Makes only the width responsive."""

    def embed_size(self, call: Call) -> tuple[str, str]:
        width, height = super().embed_size(call)
        return width, str(call.collection.height) if height == "100%" else height


class AlwaysTheFirstPage(AltServer, breaks="embed.start-page"):
    """Opens at the first page always."""

    def player(self, call: Call) -> str:
        return super().player(call).partition("&")[0]


class CountsPagesFromZero(AltServer, breaks="embed.start-page"):
    """Opens a page too early."""

    def player(self, call: Call) -> str:
        address, mark, page = super().player(call).partition("&p=")
        return f"{address}{mark}{int(page) - 1}" if page else address


class NamesTheFirstPage(AltServer, breaks="embed.start-page"):
    """Names the first page too."""

    def player(self, call: Call) -> str:
        address = super().player(call)
        return address if "&p=" in address else f"{address}&p=1"


class OldScheme(AltServer, breaks="embed.ignored"):
    """Loads the player by http unless https is asked for."""

    def player(self, call: Call) -> str:
        address = super().player(call)
        return address.replace("https:", "http:") if call.get("https").lower() in ("false", "0") else address


class NamesTheBook(AltServer, breaks="embed.ignored"):
    """Names the item that is open at first."""

    def player(self, call: Call) -> str:
        book = call.get("startBook")
        return super().player(call) + (f"&b={book}" if book else "")


# --- statistics


class NothingMeanwhile(AltServer, breaks="stats.fields"):
    """Leaves out downloads while the document is converted."""

    def get_stats(self, call: Call) -> dict[str, Any]:
        data = super().get_stats(call)
        if self.conversion_state(call.collection, call.account.now) == "PROCESSING":
            del data["downloads"]
        return data


class NoZeros(AltServer, breaks="stats.fields"):
    """Leaves out what did not happen."""

    def sums(self, days: Iterable[Day]) -> dict[str, int]:
        return {name: value for name, value in super().sums(days).items() if value}


class NumbersAreTexts(AltServer, breaks="answer.fields"):
    """Gives sums as texts."""

    def get_stats(self, call: Call) -> dict[str, Any]:
        return {name: one if name == "pages" else str(one) for name, one in super().get_stats(call).items()}


class AverageTime(AltServer, breaks="stats.fields"):
    """Gives the average time of a view, as the oldest pages of the vendor say."""

    def get_stats(self, call: Call) -> dict[str, Any]:
        data = super().get_stats(call)
        return {**data, "time_spent": data["time_spent"] // max(1, data["views"])}


class PagesOfTheConverted(AltServer, breaks="stats.pages"):
    """Has no pages before the document is converted."""

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        is_converted = self.conversion_state(call.collection, call.account.now) == "COMPLETE"
        return super().by_page(call, days) if is_converted else []


class AlwaysPages(AltServer, breaks="stats.pages"):
    """Gives the pages always, as the published example."""

    def wants_pages(self, call: Call) -> bool:
        return True


class OnlySeenPages(AltServer, breaks="stats.pages"):
    """Leaves out pages on which nothing happened."""

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        return [page for page in super().by_page(call, days) if any(page[name] for name in page if name != "page")]


class PagesFromZero(AltServer, breaks="stats.pages"):
    """Numbers pages from 0."""

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        return [{**page, "page": page["page"] - 1} for page in super().by_page(call, days)]


class PagesOfTheLastDay(AltServer, breaks="stats.pages"):
    """Gives the pages of the last day instead of their sums."""

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        return super().by_page(call, list(days)[-1:])


class EndIsOut(AltServer, breaks="stats.dates"):
    """Leaves out the last day."""

    def counts(self, call: Call, day: str) -> bool:
        return super().counts(call, day) and day != call.get("endDate")


class BeginningIsOut(AltServer, breaks="stats.dates"):
    """Leaves out the first day."""

    def counts(self, call: Call, day: str) -> bool:
        return super().counts(call, day) and day != call.get("startDate")


class NeedsBothDates(AltServer, breaks="stats.dates"):
    """Ignores one date alone."""

    def counts(self, call: Call, day: str) -> bool:
        return not {"startDate", "endDate"} <= call.params.keys() or super().counts(call, day)


class PagesOfAllDays(AltServer, breaks="stats.dates"):
    """Ignores the dates for pages."""

    def by_page(self, call: Call, days: Iterable[Day]) -> list[dict[str, int]]:
        return super().by_page(call, call.collection.days)


class NothingBetween(AltServer, breaks="stats.date-order"):
    """Answers dates in the wrong order with zeros."""

    ranges = tuple(one for one in AltServer.ranges if one[0] != "startDate")


class SwapsDates(AltServer, breaks="stats.date-order"):
    """Swaps dates that are in the wrong order."""

    ranges = NothingBetween.ranges

    def counts(self, call: Call, day: str) -> bool:
        first, last = call.get("startDate"), call.get("endDate")
        return first >= day >= last if first and last and first > last else super().counts(call, day)


class ForgetsTheDeleted(AltServer, breaks="user.sums"):
    """Sums only what is there."""

    def summed(self, account: Account) -> Iterable[Collection]:
        return [one for one in account.collections.values() if not one.is_deleted]


class NewestCollectionOnly(AltServer, breaks="user.sums"):
    """Gives the statistics of one collection for all."""

    def summed(self, account: Account) -> Iterable[Collection]:
        return list(account.collections.values())[-1:]


class SumsOfEverybody(AltServer, breaks="key.isolation"):
    """Sums the collections of every key."""

    def user_sums(self, account: Account) -> dict[str, int]:
        sums: list[Mapping[str, int]] = [AltServer.user_sums(self, one) for one in self.accounts.values()]
        return {name: sum(one[name] for one in sums) for name in sums[0]}


class QuietPagesAreGone(AltServer, breaks="stats.pages"):
    """Lists only pages on which something happened when days are asked for."""

    def by_page(self, call: Call, days: Iterable[dict[str, Any]]) -> list[dict[str, int]]:
        pages = super().by_page(call, days)
        if not (call.get("startDate") or call.get("endDate")):
            return pages
        return [page for page in pages if any(page[name] for name in page if name != "page")]


class MonthBeforeTheEnd(AltServer, breaks="stats.dates"):
    """Begins thirty days before an endDate that comes without a startDate."""

    def counts(self, call: Call, day: str) -> bool:
        if call.get("startDate") or not call.get("endDate"):
            return super().counts(call, day)
        end = date.fromisoformat(call.get("endDate")).toordinal()
        return super().counts(call, day) and date.fromordinal(max(1, end - 30)).isoformat() <= day


class PagesBeforeAnEnd(AltServer, breaks="stats.dates"):
    """Adds up the pages over all days when an endDate comes without a startDate; the totals are right."""

    def statistics(self, call: Call) -> dict[str, Any]:
        said = super().statistics(call)
        is_open = call.get("endDate") and not call.get("startDate")
        return {**said, "pages": self.by_page(call, call.collection.days)} if "pages" in said and is_open else said


class TodayIsNotOver(AltServer, breaks="stats.dates"):
    """Ends a range of dates with yesterday, as the day of today has no final numbers yet."""

    def statistics(self, call: Call) -> dict[str, Any]:
        self.today = datetime.fromtimestamp(call.account.now // SECOND, UTC).date().isoformat()
        return super().statistics(call)

    def counts(self, call: Call, day: str) -> bool:
        return super().counts(call, day) and not (call.get("endDate") and day == self.today)


class SumsWhatIsConverted(AltServer, breaks="user.sums"):
    """Sums only collections whose document is converted."""

    def summed(self, account: Account) -> Iterable[Collection]:
        return [one for one in super().summed(account) if self.conversion_state(one, account.now) == "COMPLETE"]
