"""Clients that follow the conversion of a document wrongly."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Object = dict[str, Any]
Params = Mapping[str, str]


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


class AsksAfterTheEnd(Client, breaks="client.repeated-call"):
    """Asks once more after the conversion is complete."""

    def wait_converted(self, collection_hash: str) -> Object:
        super().wait_converted(collection_hash)
        self.wait(self.conversion_first_ms)
        return self.collection(collection_hash)


class HurriesInTheEnd(Client, breaks="client.conversion-interval"):
    """Asks for the conversion every second once it has taken a minute."""

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        begin = self.runtime.now_ms
        while (state := self.conversion_in(found := self.collection(collection_hash))) == "processing":
            self.wait(5_000 if self.runtime.now_ms - begin < 60_000 else 1_000)
        if state == "failed":
            raise ClientError("conversion_failed", "the document could not be converted: failed")
        return found


class LongIsFailed(Client, breaks="client.conversion-end"):
    """Reports a conversion as failed that takes longer than five minutes."""

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        given = self.end_ms
        limit = self.runtime.now_ms + 300_000
        self.end_ms = limit if given is None else min(limit, given)
        try:
            return super().wait_converted(collection_hash)
        except ClientError as error:
            if error.kind == "deadline" and self.end_ms != given:
                raise ClientError("conversion_failed", "it takes too long") from None
            raise
        finally:
            self.end_ms = given


class ShowsAgain(Client, breaks="client.repeated-call"):
    """Asks for the collection once more when it has just seen that it is converted."""

    def wait_converted(self, collection_hash: str) -> dict[str, Any]:
        super().wait_converted(collection_hash)
        return self.collection(collection_hash)


class LooksAtTheFirst(Client, breaks="client.conversion-end"):
    """Looks at the first document of a collection alone."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        return super().conversion_in({"flipbooks": (collection.get("flipbooks") or [])[:1]})


class CleansUpAfterCancel(Client, breaks="client.cancel"):
    """Deletes the new collection when it is cancelled while the document is converted."""

    def wait_converted(self, collection_hash: str) -> Object:
        try:
            return super().wait_converted(collection_hash)
        except ClientError as error:
            if error.kind == "cancelled":
                self.call_method("collection.deleteCollection", {"collectionHash": collection_hash})
            raise


class LooksAtTheLast(Client, breaks="client.conversion-end"):
    """Looks at the last document of a collection alone."""

    def conversion_in(self, collection: Mapping[str, Any]) -> str:
        return super().conversion_in({"flipbooks": (collection.get("flipbooks") or [])[-1:]})
