"""Servers whose jobs go wrong."""

from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, Account, Collection, Job
from contract_tests.zoo.alt_server.request import Call, Refusal

DAY = 24 * 60 * MINUTE


class StartsUnsigned(AltServer, breaks="job.started-by-first-call"):
    """Starts a job before it checks the signature."""

    def check_signature(self, call: Call) -> None:
        if (collection := call.account.collections.get(call.get("collectionHash"))) is not None:
            self.start(collection.package, call.account.now)
        super().check_signature(call)


class StartsWhenMade(AltServer, breaks="job.started-by-first-call"):
    """Starts a job when the collection is created."""

    def create_collection(self, account: Account, fields: dict[str, Any]) -> str:
        made = super().create_collection(account, fields)
        self.start(account.collections[made].package, account.now)
        return made


class Finishing(AltServer, breaks="job.states"):
    """Reports FINISHING before COMPLETE."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        package = call.collection.package
        is_nearly_done = package.schedule == "half-way" and package.polls == 3
        return {"status": "FINISHING"} if is_nearly_done else data


class Running(AltServer, breaks="job.states"):
    """Says RUNNING."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {**data, "status": data["status"].replace("PROCESSING", "RUNNING")}


class SlowGoesBack(AltServer, breaks="job.never-goes-back"):
    """Goes back from COMPLETE after a slow job."""

    def package_state(self, collection: Collection, now: int) -> str:
        goes_back = collection.package.schedule == "half-way" and collection.package.polls % 2
        return "PROCESSING" if goes_back else super().package_state(collection, now)


class RestartsFailed(AltServer, breaks="job.never-goes-back"):
    """Starts a failed job again."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        if data["status"] == "FAILED":
            call.collection.package = Job(call.collection.package.schedule)
        return data


class GoesBack(AltServer, breaks="job.never-goes-back"):
    """Goes back from COMPLETE once."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {"status": "PROCESSING"} if "resourceUrl" in data and call.collection.package.polls == 3 else data


class LargeIsNotAtOnce(AltServer, breaks="job.complete-at-once"):
    """Is not complete at once with a hundred pages."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {"status": "PROCESSING"} if call.collection.pages >= 100 and call.collection.package.polls == 1 else data


class ForcedTooEarly(AltServer, breaks="history.agrees"):
    """Reports a forced COMPLETE as PROCESSING."""

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return {"status": "PROCESSING"} if call.collection.package.forced == "COMPLETE" else data


class PollsThroughMaintenance(AltServer, breaks="history.agrees"):
    """Counts polls during maintenance."""

    def check_maintenance(self, call: Call) -> None:
        try:
            super().check_maintenance(call)
        except Refusal:
            self.count_poll(call)
            raise

    def count_poll(self, call: Call) -> None:
        account = call.found_account
        if account and (collection := account.collections.get(call.get("collectionHash"))) is not None:
            self.start(collection.package, account.now)
            collection.package.polls += 1


class ByTheTimeOfDay(AltServer, breaks="job.started-by-first-call"):
    """Subtracts the time of the day of the first call."""

    def state(self, job: Job, now: int) -> str:
        is_conversion = job.polls == 0 or job.started_at is None
        passed = 0 if is_conversion else now % DAY - (job.started_at or 0) % DAY
        return "PROCESSING" if passed < 0 and now - (job.started_at or 0) < DAY else super().state(job, now)


class ForgetsOverWeeks(AltServer, breaks="job.never-goes-back"):
    """Builds a package again that is older than a month."""

    def package_state(self, collection: Collection, now: int) -> str:
        started = collection.package.started_at
        if started is not None and now - started > 30 * DAY and collection.package.schedule.startswith("after-5"):
            return "PROCESSING"
        return super().package_state(collection, now)


class PurgesOldPackages(AltServer, breaks="job.never-goes-back"):
    """Throws a package away a month after it was asked for first, and builds it again."""

    def download_html(self, call: Call) -> dict[str, Any]:
        package, now = call.collection.package, call.account.now
        is_built = self.package_state(call.collection, now) == "COMPLETE"
        if is_built and package.started_at is not None and now - package.started_at >= 30 * DAY:
            call.collection.package = Job("after-5s", now)
        return super().download_html(call)


class PollsAreFree(AltServer, breaks="limit.what-counts"):
    """Counts no call that was answered with processing, as callers are asked to poll."""

    def get_collection(self, call: Call) -> dict[str, Any]:
        data = super().get_collection(call)
        return self.not_counted(call, data, data["flipbooks"][0]["flipbookStatus"])

    def download_html(self, call: Call) -> dict[str, Any]:
        data = super().download_html(call)
        return self.not_counted(call, data, data["status"])

    def not_counted(self, call: Call, data: dict[str, Any], state: str) -> dict[str, Any]:
        """The data of an answer; a call that found a job running is taken off the counters."""
        if state.lower() == "processing":
            call.account.counted.pop()
        return data


class UpdateTriesAgain(AltServer, breaks="job.never-goes-back"):
    """Starts a package that failed again when its collection is changed."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        if self.package_state(collection, call.account.now) == "FAILED":
            collection.package = Job("after-5s", call.account.now)


class BusyIsFree(AltServer, breaks="limit.what-counts"):
    """Gives back the call that met a running conversion, as its caller only asked whether it is over."""

    def check_conversion(self, call: Call) -> None:
        try:
            super().check_conversion(call)
        except Refusal:
            call.account.counted.pop()
            raise
