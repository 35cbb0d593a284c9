"""Clients that follow conversions wrongly, lose hashes, list with gaps, or ask too often."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.envelope import Envelope, from_xml
from contract_tests.zoo.exchange import HttpResponse, exchange
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


# --- the conversion


class AsksEverySecond(Client, breaks="client.conversion-interval"):
    """Asks for the conversion every 1.2 seconds."""

    conversion_first_ms = conversion_longest_ms = 1_200


class AsksAtOnceAgain(Client, breaks="client.conversion-interval"):
    """Asks twice in a row when it begins."""

    begun = False

    def collection(self, collection_hash: str) -> Object:
        found = super().collection(collection_hash)
        if self.begun or self.conversion_in(found) != "processing":
            return found
        self.begun = True
        return super().collection(collection_hash)


class ConversionCatchesUp(Client, breaks="client.conversion-interval"):
    """Asks several times in a row for the conversion after it overslept."""

    missed = 0

    def wait(self, ms: int) -> None:
        if self.missed:
            self.missed -= 1
            return
        before = self.runtime.now_ms
        super().wait(ms)
        if ms < self.conversion_first_ms:
            return
        self.missed = min(3, (self.runtime.now_ms - before) // ms - 1)


class WaitsForTheFailed(Client, breaks="client.conversion-end"):
    """Waits for a failed conversion as if it went on."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        return super().conversion_in(collection).replace("failed", "processing")


class FailedIsDone(Client, breaks="client.conversion-end"):
    """Takes every end of a conversion for complete."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        return super().conversion_in(collection).replace("failed", "complete")


class NeverWaits(Client, breaks="client.conversion-end"):
    """Takes a collection that exists for a converted one."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        return super().conversion_in(collection).replace("processing", "complete")


class CallsItTransport(Client, breaks="client.conversion-end"):
    """Reports a failed conversion as a broken connection."""

    def wait_converted(self, collection_hash: str) -> Object:
        try:
            return super().wait_converted(collection_hash)
        except ClientError as error:
            raise (ClientError("transport", "no document") if error.kind == "conversion_failed" else error) from None


class AsksFiveTimes(Client, breaks="client.conversion-end"):
    """Gives up after five questions for the conversion."""

    asked = 0

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        self.asked += 1
        state = super().conversion_in(collection)
        if state == "processing" and self.asked == 5:
            raise ClientError("transport", "it takes too long")
        return state


class UnknownIsProcessing(Client, breaks="client.malformed-answer"):
    """Waits while it does not know the state of the conversion."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        try:
            return super().conversion_in(collection)
        except ClientError:
            return "processing"


class NoDeadlineForConversions(Client, breaks="client.deadline"):
    """Ignores the deadline while a document is converted."""

    def wait_converted(self, collection_hash: str) -> Object:
        self.end_ms = None
        return super().wait_converted(collection_hash)


class ConvertsThroughCancel(Client, breaks="client.cancel"):
    """Continues to ask for the conversion when it is cancelled."""

    def wait_converted(self, collection_hash: str) -> Object:
        try:
            return super().wait_converted(collection_hash)
        except ClientError as error:
            if error.kind != "cancelled":
                raise
            return super().wait_converted(collection_hash)


# --- publishing


class KeepsTheOldHash(Client, breaks="client.follows-new-hash"):
    """Uses the hash that it knew before publishing."""

    def hash_after(self, old: str, _changed: Mapping[str, Any]) -> str:
        return old


class TriesTheOldHashFirst(Client, breaks="client.follows-new-hash"):
    """Asks for the old hash once more before it uses the new one."""

    def hash_after(self, old: str, changed: Mapping[str, Any]) -> str:
        try:
            self.collection(old)
        except ClientError:
            return super().hash_after(old, changed)
        return old


class PublishesTwice(Client, breaks="client.follows-new-hash"):
    """Publishes the old hash again, to see whether it worked."""

    def publish(self, collection_hash: str) -> Object:
        found = super().publish(collection_hash)
        self.call_method("collection.update", {"collectionHash": collection_hash, **self.published()})
        return found


# --- lists


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


class UpdatesByPost(Client, breaks="client.get-for-reads"):
    """Changes a collection by POST, because it writes."""

    def call(self, params: Params) -> HttpResponse:
        if params["action"] != "collection.update":
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


# --- statistics, and old rules for these methods


class AsksForStatisticsEachTime(Client, breaks="client.statistics-cached"):
    """Keeps no statistics."""

    keep_ms = 0


class KeepsStatisticsASecond(Client, breaks="client.statistics-cached"):
    """Keeps statistics for two seconds."""

    keep_ms = 2_000


class DropsEmptyTexts(Client, breaks="client.parameters"):
    """Leaves out parameters that are empty, so that no title can be cleared."""

    def call_method(self, action: str, params: Params) -> Object:
        return super().call_method(action, {name: value for name, value in params.items() if value})


class RetriesForbiddenUpdates(Client, breaks="client.final-error"):
    """Tries an update of a forbidden collection again."""

    def call_method(self, action: str, params: Params) -> Object:
        try:
            return super().call_method(action, params)
        except ClientError as error:
            if action != "collection.update" or error.code != 43:
                raise
            self.wait(2_000)
            return super().call_method(action, params)


class CallsProcessingForbidden(Client, breaks="client.refusal"):
    """Reports a collection that is being converted as forbidden."""

    def refusal(self, answer: Envelope) -> ClientError:
        return super().refusal(Envelope(43, "Forbidden") if answer.code == 38 else answer)
