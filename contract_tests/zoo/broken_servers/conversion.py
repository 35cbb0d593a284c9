"""Servers that convert documents wrongly, or say so wrongly."""

from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, Account, Collection, Job
from contract_tests.zoo.alt_server.request import Call, Refusal, Upload, require

Object = dict[str, Any]
DAY = 24 * 60 * MINUTE


class UpdatesMeanwhile(AltServer, breaks="code.38"):
    """Changes a collection that is being converted."""

    busy_while_converting = ("download_html",)


class PacksMeanwhile(AltServer, breaks="code.38"):
    """Starts a package while the document is being converted."""

    busy_while_converting = ("update",)


class ConvertsAgain(AltServer, breaks="conversion.states"):
    """Converts a document again whose conversion failed, once it was seen."""

    def get_collection(self, call: Call) -> Object:
        shown = super().get_collection(call)
        if shown["flipbooks"][0]["flipbookStatus"] == "failed":
            call.collection.conversion = Job("immediate", call.account.now)
        return shown


class UpperCaseStates(AltServer, breaks="conversion.states"):
    """Reports the conversion in capitals, as the package."""

    def item(self, collection: Collection, now: int) -> Object:
        item = super().item(collection, now)
        return {**item, "flipbookStatus": item["flipbookStatus"].upper()}


class Pending(AltServer, breaks="conversion.states"):
    """Reports pending until it was asked once."""

    def item(self, collection: Collection, now: int) -> Object:
        item = super().item(collection, now)
        is_new = item["flipbookStatus"] == "processing" and not collection.conversion.polls
        return {**item, "flipbookStatus": "pending"} if is_new else item


class FailedLosesItsWords(AltServer, breaks="conversion.failure-is-reported"):
    """Reports a failed conversion without the description."""

    def described(self, call: Call, collection: Collection) -> Object:
        data = super().described(call, collection)
        failed = self.conversion_state(collection, call.account.now) == "FAILED"
        return {**data, "collectionDescription": ""} if failed else data


class FailedIsForbidden(AltServer, breaks="conversion.failure-is-reported"):
    """Forbids a collection whose conversion failed."""

    def get_collection(self, call: Call) -> Object:
        require(self.conversion_state(call.collection, call.account.now) != "FAILED", 43)
        return super().get_collection(call)


class FailedLooksDone(AltServer, breaks="conversion.failure-is-reported"):
    """Reports a failed conversion as complete."""

    def item(self, collection: Collection, now: int) -> Object:
        item = super().item(collection, now)
        return {**item, "flipbookStatus": item["flipbookStatus"].replace("failed", "complete")}


class NoEmbedMeanwhile(AltServer, breaks="conversion.others-answer"):
    """Answers 38 to getEmbed while it converts."""

    busy_while_converting = (*AltServer.busy_while_converting, "get_embed")


class NoStateMeanwhile(AltServer, breaks="conversion.others-answer"):
    """Answers 38 to getCollection while it converts."""

    busy_while_converting = (*AltServer.busy_while_converting, "get_collection")


class NoDeleteMeanwhile(AltServer, breaks="conversion.others-answer"):
    """Answers 38 to deleteCollection while it converts."""

    busy_while_converting = (*AltServer.busy_while_converting, "delete_collection")


class NoStatisticsMeanwhile(AltServer, breaks="conversion.others-answer"):
    """Answers 38 to getStats while it converts."""

    busy_while_converting = (*AltServer.busy_while_converting, "get_stats")


class PacksWhatFailed(AltServer, breaks="conversion.then-package"):
    """Builds a package of a document that could not be converted."""

    def package_state(self, collection: Collection, now: int) -> str:
        return self.state(collection.package, now)


class FailedStaysBusy(AltServer, breaks="conversion.then-package"):
    """Answers 38 when the conversion has failed."""

    def check_conversion(self, call: Call) -> None:
        if call.method.run in self.busy_while_converting:
            require(self.conversion_state(call.collection, call.account.now) == "COMPLETE", 38)


class DamagedIsComplete(AltServer, breaks="conversion.damaged"):
    """Converts whatever begins as a picture does."""

    def pages_in(self, content: bytes) -> int:
        return super().pages_in(content) if content.startswith(b"%PDF") else 1


class DamagedIs45(AltServer, breaks="conversion.damaged"):
    """Refuses a document that it cannot read."""

    def check_kind(self, call: Call, file: Upload | None) -> None:
        super().check_kind(call, file)
        require(file is None or self.pages_in(file.content) > 0, 45)


class ByTheTimeOfDay(AltServer, breaks="conversion.states"):
    """Subtracts times of the day."""

    def conversion_state(self, collection: Collection, now: int) -> str:
        started = collection.conversion.started_at or 0
        return (
            "PROCESSING"
            if 0 < now - started < DAY and now % DAY < started % DAY
            else super().conversion_state(collection, now)
        )


class PageStatisticsAreBusy(AltServer, breaks="conversion.others-answer"):
    """Answers 38 to the statistics of pages while the document is converted: it has no pages yet."""

    def get_stats(self, call: Call) -> dict[str, Any]:
        if self.wants_pages(call) and self.conversion_state(call.collection, call.account.now) == "PROCESSING":
            raise Refusal(38)
        return super().get_stats(call)


class NothingToChange(AltServer, breaks="code.38"):
    """Returns early from an update that changes nothing, also while the document is converted."""

    def check_conversion(self, call: Call) -> None:
        if call.method.run != "update" or call.method.types.keys() & call.params.keys():
            super().check_conversion(call)


class NoCoverYet(AltServer, breaks="collection.thumbnail"):
    """Names a picture that is not there yet while the document is converted."""

    def described(self, call: Call, collection: Collection) -> dict[str, Any]:
        data = super().described(call, collection)
        is_busy = self.conversion_state(collection, call.account.now) == "PROCESSING"
        return {**data, "collectionThumbnail": f"{call.origin}/none.png"} if is_busy else data


class ConvertsWhenPublished(AltServer, breaks="conversion.states"):
    """Converts the document again when its collection is published, so that a complete one is processing again."""

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        collection.conversion = Job(collection.conversion.schedule, started_at=account.now)


class AnswersTheOldItem(AltServer, breaks="collection.object"):
    """Answers an update with the items that it read before."""

    def update(self, call: Call) -> Object:
        items = [self.item(call.collection, call.account.now)]
        return {**super().update(call), "flipbooks": items}
