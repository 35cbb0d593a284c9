"""Clients that list with gaps and doubles, or read lists wrongly."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import Envelope, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


class EndIsNotIn(Client, breaks="client.list-complete"):
    """Takes the end of a range for one that is not in it."""

    def range_from(self, first: int) -> dict[str, str]:
        return {"from": str(first), "to": str(first + self.page_size)}

    def is_last(self, page: list[Object]) -> bool:
        return len(page) <= self.page_size


class SkipsOne(Client, breaks="client.list-complete"):
    """Begins each page one too late."""

    def next_first(self, first: int, page: list[Object]) -> int:
        return super().next_first(first, page) + 1


class CountsFromOne(Client, breaks="client.list-complete"):
    """Counts the list from 1."""

    def range_from(self, first: int) -> dict[str, str]:
        return super().range_from(first + 1)


class FirstPageOnly(Client, breaks="client.list-complete"):
    """Reads the first page only."""

    def is_last(self, page: list[Object]) -> bool:
        return True


class LosesTheLastPage(Client, breaks="client.list-complete"):
    """Drops the page that is not full."""

    def pages(self, params: Params) -> Iterator[list[Object]]:
        return (page for page in super().pages(params) if len(page) == self.page_size)


class GivesDoubles(Client, breaks="client.list-complete"):
    """Gives a collection twice that moved to the next page meanwhile."""

    def collections(self, params: Params) -> list[Object]:
        return [one for page in self.pages(params) for one in page]


class AsksFromTheBeginning(Client, breaks="client.list-complete"):
    """Asks for the whole list again and again, each time with one page more."""

    def range_from(self, first: int) -> dict[str, str]:
        return {**super().range_from(first), "from": "0"}

    def is_last(self, page: list[Object]) -> bool:
        return len(page) % self.page_size > 0 or not page


class ForgetsTheFilter(Client, breaks="client.list-complete"):
    """Forgets a filter after the first page."""

    def listed(self, params: Params) -> list[Object]:
        kept = {name: one for name, one in params.items() if params["from"] == "0" or name in ("from", "to")}
        return super().listed(kept)


class ListsInAHurry(Client, breaks="client.limits"):
    """Asks for one page after the other without a pause."""

    page_size, page_ms = 10, 0


class ListsByPost(Client, breaks="client.get-for-reads"):
    """Sends the parameters of a list as a form."""

    def call(self, params: Params) -> HttpResponse:
        if params["action"] != "collection.getList":
            return super().call(params)
        return exchange("POST", self.task.base_url, FORM, self.query(params))


class OneIsNoList(Client, breaks="client.xml"):
    """Takes a list of one in XML for no list, and loses it."""

    read = {**Client.read, "xml": lambda body: _with_single_items(from_xml(body))}


def _with_single_items(answer: Envelope) -> Envelope:
    data = {name: _single(value) for name, value in (answer.data or {}).items()}
    return Envelope(answer.code, answer.status, None if answer.data is None else data)


def _single(value: Any) -> Any:
    return [] if isinstance(value, list) and len(value) == 1 else value


class FlatXml(Client, breaks="client.xml"):
    """Reads only the texts of XML, and no lists."""

    read = {**Client.read, "xml": lambda body: _flat(from_xml(body))}


def _flat(answer: Envelope) -> Envelope:
    data = {name: one if isinstance(one, str) else "" for name, one in (answer.data or {}).items()}
    return Envelope(answer.code, answer.status, None if answer.data is None else data)


class NoDeadlineForLists(Client, breaks="client.deadline"):
    """Ignores the deadline between the pages of a list."""

    def pages(self, params: Params) -> Iterator[list[Object]]:
        self.end_ms = None
        return super().pages(params)


class PartOfAListWhenCancelled(Client, breaks="client.cancel"):
    """Returns the part of a list that it has as the whole when it is cancelled."""

    def pages(self, params: Params) -> Iterator[list[Object]]:
        try:
            yield from super().pages(params)
        except ClientError as error:
            if error.kind != "cancelled":
                raise


class FourASecond(Client, breaks="client.limits"):
    """Asks for four pages of a list in a second, which is more than sixty in a minute."""

    page_ms = 250


class HurriesLists(Client, breaks="client.back-off"):
    """Asks for a page of a list again at once that a limit refused."""

    def ask_for(self, params: Params) -> dict[str, Any]:
        try:
            return super().ask_for(params)
        except ClientError as error:
            if error.kind != "rate_limited" or params["action"] != "collection.getList":
                raise
            return super().ask_for(params)


class EachTitleOnce(Client, breaks="client.list-complete"):
    """Keeps the collections of a list by title: of two with one title only the last remains."""

    def collections(self, params: Params) -> list[Object]:
        return list({one["collectionTitle"]: one for page in self.pages(params) for one in page}.values())


class NoListIsEmpty(Client, breaks="client.malformed-answer"):
    """Takes an answer without a list of collections for an empty list."""

    def listed(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        return list(self.call_method("collection.getList", params).get("collections") or ())


class CountsBySeconds(Client, breaks="client.limits"):
    """Makes five calls in each second of the clock: ten in one second that begins between two of them."""

    page_ms = 0
    asked: tuple[int, ...] = ()

    def listed(self, params: Params) -> list[Object]:
        while self.asked.count(self.runtime.now_ms // 1000) >= 5:
            self.wait(1000 - self.runtime.now_ms % 1000)
        self.asked = (*self.asked, self.runtime.now_ms // 1000)
        return super().listed(params)

    def wait(self, ms: int) -> None:
        if ms:
            super().wait(ms)
