"""Servers whose jobs go wrong."""

from typing import Any

from contract_tests.zoo.alt_accounts import Account, Collection
from contract_tests.zoo.alt_request import Call
from contract_tests.zoo.alt_server import AltServer, Refusal


class StartsWhenMade(AltServer, breaks="job.started-by-first-call"):
    """Starts a job when the collection is created."""

    def create_collection(self, account: Account, fields: dict[str, Any]) -> str:
        made = super().create_collection(account, fields)
        self.start(account.collections[made], account.now)
        return made


class StartsUnsigned(AltServer, breaks="job.started-by-first-call"):
    """Starts a job before it checks the signature."""

    def check_signature(self, call: Call) -> None:
        if (collection := call.account.collections.get(call.get("collectionHash"))) is not None:
            self.start(collection, call.account.now)
        super().check_signature(call)


class Finishing(AltServer, breaks="job.states"):
    """Reports FINISHING before COMPLETE."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        is_nearly_done = call.collection.schedule == "half-way" and call.collection.polls == 3
        return {"status": "FINISHING"} if is_nearly_done else data


class Running(AltServer, breaks="job.states"):
    """Says RUNNING."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        return {**data, "status": data["status"].replace("PROCESSING", "RUNNING")}


class SlowGoesBack(AltServer, breaks="job.never-goes-back"):
    """Goes back from COMPLETE after a slow job."""

    def state(self, collection: Collection, now: int) -> str:
        goes_back = collection.schedule == "half-way" and collection.polls % 2
        return "PROCESSING" if goes_back else super().state(collection, now)


class RestartsFailed(AltServer, breaks="job.never-goes-back"):
    """Starts a failed job again."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        if data["status"] == "FAILED":
            call.collection.started_at, call.collection.polls, call.collection.forced = None, 0, None
        return data


class GoesBack(AltServer, breaks="job.never-goes-back"):
    """Goes back from COMPLETE once."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        return {"status": "PROCESSING"} if "resourceUrl" in data and call.collection.polls == 3 else data


class LargeIsNotAtOnce(AltServer, breaks="job.complete-at-once"):
    """Is not complete at once with a hundred pages."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        return {"status": "PROCESSING"} if call.collection.pages >= 100 and call.collection.polls == 1 else data


class ForcedTooEarly(AltServer, breaks="history.agrees"):
    """Reports a forced COMPLETE as PROCESSING."""

    def run(self, call: Call) -> dict[str, Any]:
        data = super().run(call)
        return {"status": "PROCESSING"} if call.collection.forced == "COMPLETE" else data


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
            self.start(collection, account.now)
            collection.polls += 1
