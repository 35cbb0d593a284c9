"""Servers that count the uploads of a month wrongly."""

from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Collection
from contract_tests.zoo.alt_server.request import Call, Refusal, Upload

DAY = 24 * 3600 * SECOND


class YearsOf365Days(AltServer, breaks="upload.quota"):
    """Has no leap days."""

    def month_of(self, instant: int) -> tuple[int, int]:
        year, month = super().month_of(instant)
        is_leap = year % 4 == 0 and super().month_of(instant - DAY)[1] == 2 == month and month == 2
        return (year, 3) if is_leap and super().month_of(instant + DAY)[1] == 3 else (year, month)


class QuotaForEver(AltServer, breaks="upload.quota"):
    """Never frees the uploads of a month."""

    def month_of(self, instant: int) -> tuple[int, int]:
        return 0, 0


class RollingMonth(AltServer, breaks="upload.quota"):
    """Counts the uploads of thirty days."""

    def uploads_left(self, account: Account) -> int:
        used = sum(account.now - instant < 30 * DAY for instant in account.uploads)
        return max(0, int(account.settings["uploads_per_month"]) - used)


class FourWeeks(AltServer, breaks="upload.quota"):
    """Counts the uploads of four weeks."""

    def month_of(self, instant: int) -> tuple[int, int]:
        return 0, instant // (28 * DAY)


class WeeklyQuota(AltServer, breaks="upload.quota"):
    """Frees the uploads each Monday."""

    def month_of(self, instant: int) -> tuple[int, int]:
        return super().month_of(instant)[0], (instant // DAY + 3) // 7


class MonthInAnotherZone(AltServer, breaks="upload.quota"):
    """Begins the month two hours early, in its own time zone."""

    def month_of(self, instant: int) -> tuple[int, int]:
        return super().month_of(instant + DAY // 12)


class MonthOfAnyYear(AltServer, breaks="upload.quota"):
    """Counts the same month of last year too."""

    def month_of(self, instant: int) -> tuple[int, int]:
        return 0, super().month_of(instant)[1]


class DeletedIsFreeAgain(AltServer, breaks="upload.quota"):
    """Counts only the uploads that are still there."""

    def __init__(self) -> None:
        super().__init__()
        self.uploaded_at: dict[int, int] = {}

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        self.uploaded_at[made.serial] = call.account.now
        return made

    def uploads_left(self, account: Account) -> int:
        kept = [one.serial for one in account.collections.values() if not one.is_deleted]
        instants = [self.uploaded_at[serial] for serial in kept if serial in self.uploaded_at]
        used = sum(self.month_of(instant) == self.month_of(account.now) for instant in instants)
        return max(0, int(account.settings["uploads_per_month"]) - used)


class RefusedCounts(AltServer, breaks="upload.refused-not-counted"):
    """Counts an upload before it looks at the document."""

    def make_collection(self, call: Call) -> Collection:
        try:
            return super().make_collection(call)
        except Refusal as refusal:
            if refusal.code != 33:
                self.count_upload(call.account)
            raise


class UnsignedCounts(AltServer, breaks="upload.refused-not-counted"):
    """Counts an upload before it checks the signature."""

    def check_signature(self, call: Call) -> None:
        if call.method.host == "upload" and not self.is_signed(call):
            self.count_upload(call.account)
        super().check_signature(call)


class FailingIsFree(AltServer, breaks="upload.failed-counts"):
    """Counts no upload whose conversion fails at once."""

    def count_upload(self, account: Account) -> None:
        if account.settings["conversion_schedule"] != "failed":
            super().count_upload(account)


class FailedIsFree(AltServer, breaks="upload.failed-counts"):
    """Gives back an upload whose conversion failed."""

    def uploads_left(self, account: Account) -> int:
        failed = [one for one in account.collections.values() if self.conversion_state(one, account.now) == "FAILED"]
        return min(super().uploads_left(account) + len(failed), int(account.settings["uploads_per_month"]))


class NegativeLeft(AltServer, breaks="user.uploads-left"):
    """Goes below zero when the month's uploads are lowered."""

    def user_stats(self, call: Call) -> dict[str, Any]:
        account, data = call.account, super().user_stats(call)
        used = sum(self.month_of(instant) == self.month_of(account.now) for instant in account.uploads)
        return {**data, "api_uploads_left": int(account.settings["uploads_per_month"]) - used}


class TellsTheUsed(AltServer, breaks="user.uploads-left"):
    """Reports the uploads that were made instead of those that are left."""

    def user_stats(self, call: Call) -> dict[str, Any]:
        return {**super().user_stats(call), "api_uploads_left": len(call.account.uploads)}


class AlwaysAThousandLeft(AltServer, breaks="user.uploads-left"):
    """Takes the vendor's thousand for the month, whatever the account has."""

    def user_stats(self, call: Call) -> dict[str, Any]:
        return {**super().user_stats(call), "api_uploads_left": max(0, 1000 - len(call.account.uploads))}


class UploadsByUrlAreFree(AltServer, breaks="upload.quota"):
    """Counts toward the month only what was uploaded as a file."""

    def make_collection(self, call: Call) -> Collection:
        made = super().make_collection(call)
        if self.document(call) is None:
            call.account.uploads.pop()
        return made


class MonthOfTheLastUpload(AltServer, breaks="user.uploads-left"):
    """Resets the month's counter with the first upload of a month, so that until then the old one is told."""

    def user_stats(self, call: Call) -> dict[str, Any]:
        account, data = call.account, super().user_stats(call)
        last = self.month_of(account.uploads[-1]) if account.uploads else (0, 0)
        used = sum(self.month_of(instant) == last for instant in account.uploads)
        return {**data, "api_uploads_left": max(0, int(account.settings["uploads_per_month"]) - used)}


class RollsOver(AltServer, breaks="upload.quota"):
    """Adds what was left of the month before, if that had any upload."""

    def uploads_left(self, account: Account) -> int:
        year, month = self.month_of(account.now)
        before = (year, month - 1) if month > 1 else (year - 1, 12)
        used = sum(self.month_of(instant) == before for instant in account.uploads)
        saved = max(0, int(account.settings["uploads_per_month"]) - used) if used else 0
        return super().uploads_left(account) + saved


class ReusesDeletedHashes(AltServer, breaks="upload.new-hash"):
    """Gives an upload the hash of a deleted collection, which is free again."""

    def make_collection(self, call: Call) -> Collection:
        made, known = super().make_collection(call), call.account.collections
        gone = next((one for one in known.values() if one.is_deleted and known.get(one.hash) is one), None)
        if gone is not None:
            del known[made.hash]
            known[f"gone-{gone.serial}"], known[gone.hash] = gone, made
            made.hash = gone.hash
        return made


class CountsBeyondTheMonth(AltServer, breaks="upload.refused-not-counted"):
    """Adds one to the month's counter before it compares, so that uploads refused with 33 are still used up later."""

    def check_month(self, call: Call, file: Upload | None) -> None:
        try:
            super().check_month(call, file)
        except Refusal:
            self.count_upload(call.account)
            raise


class RepeatsTheSameUpload(AltServer, breaks="upload.new-hash"):
    """Answers an upload by fileUrl that was sent with the same parameters within a day with the collection of then."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[Account, frozenset[tuple[str, str]]], tuple[int, Collection]] = {}

    def make_collection(self, call: Call) -> Collection:
        if call.files:
            return super().make_collection(call)
        sent = call.account, frozenset(call.params.items())
        at, known = self.known.get(sent, (-DAY, None))
        if known is not None and call.account.now - at < DAY and not known.is_deleted:
            self.check_upload(call)
            self.count_upload(call.account)
            return known
        made = super().make_collection(call)
        self.known[sent] = call.account.now, made
        return made


class MinutesOfWholeSeconds(AltServer, breaks="limit.sliding-window"):
    """Keeps the calls of the minute's window by whole seconds, so that one counts up to a second less than a minute."""

    def calls_within(self, window: int, account: Account) -> int:
        if window != MINUTE:
            return super().calls_within(window, account)
        return sum(account.now // SECOND - at // SECOND < MINUTE // SECOND for at in account.counted)
