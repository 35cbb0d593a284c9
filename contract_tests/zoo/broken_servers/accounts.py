"""Servers with wrong limits, or on which one key affects another."""

from collections.abc import Mapping
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Collection
from contract_tests.zoo.alt_server.answers import HttpAnswer
from contract_tests.zoo.alt_server.request import Call, Refusal, require


def _free(check: str, sentence: str) -> type[AltServer]:
    def forgive(self: AltServer, call: Call) -> None:
        try:
            getattr(AltServer, f"check_{check}")(self, call)
        except Refusal:
            call.account.counted.pop()
            raise

    class Free(AltServer, breaks="limit.what-counts"):
        __doc__ = sentence

    setattr(Free, f"check_{check}", forgive)
    return Free


FREE = (
    _free("action", "Does not count calls of unknown methods."),
    _free("verb", "Does not count calls by the wrong verb."),
    _free("signature", "Does not count unsigned calls."),
    _free("parameters", "Does not count calls without a parameter."),
    _free("values", "Does not count calls with a wrong value."),
    _free("collection", "Does not count calls for collections that are not there."),
)


class RefusedUploadsAreFree(AltServer, breaks="limit.what-counts"):
    """Does not count uploads that are refused for their document."""

    def check_upload(self, call: Call) -> None:
        try:
            super().check_upload(call)
        except Refusal:
            call.account.counted.pop()
            raise


class CountsTheMalformed(AltServer, breaks="limit.what-counts"):
    """Counts calls with a format that it does not know."""

    def check_format(self, call: Call) -> None:
        try:
            super().check_format(call)
        except Refusal:
            if call.found_account:
                call.account.counted.append(call.account.now)
            raise


class CountsInMaintenance(AltServer, breaks="limit.what-counts"):
    """Counts calls during maintenance."""

    def check_maintenance(self, call: Call) -> None:
        try:
            super().check_maintenance(call)
        except Refusal:
            if call.found_account:
                call.account.counted.append(call.account.now)
            raise


class CountsDownloads(AltServer, breaks="limit.what-counts"):
    """Counts downloads."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        if link := self.find(address):
            link.account.counted.append(link.account.now)
        return super().download(address, environ)


class SecondOfEachHost(AltServer, breaks="limit.per-second"):
    """Counts the second of each host apart, and one minute for both."""

    def check_limits(self, call: Call) -> None:
        account, host = call.account, call.method.host
        second = self.seconds.setdefault((account, host), [])
        require(sum(account.now - instant < SECOND for instant in second) < 5, 31)
        super().check_limits(call)
        second.append(account.now)

    limits = ((32, 60, MINUTE),)

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[tuple[Account, str], list[int]] = {}


class UserMethodsApart(AltServer, breaks="limit.per-second"):
    """Counts the calls of user.getStats apart."""

    def __init__(self) -> None:
        super().__init__()
        self.apart: dict[int, list[int]] = {}

    def check_limits(self, call: Call) -> None:
        if call.method.run != "user_stats":
            super().check_limits(call)
            return
        together = call.account.counted
        call.account.counted = self.apart.setdefault(id(call.account), [])
        try:
            super().check_limits(call)
        finally:
            call.account.counted = together


class MinuteFirst(AltServer, breaks="order.checks"):
    """Checks the limit of a minute before that of a second."""

    limits = AltServer.limits[::-1]


class MinuteFromTheFirstCall(AltServer, breaks="limit.sliding-window"):
    """Begins a minute with the first call after the last one."""

    def calls_within(self, window: int, account: Account) -> int:
        if window != MINUTE:
            return super().calls_within(window, account)
        begins: list[int] = []
        for instant in account.counted:
            if not begins or instant - begins[-1] >= MINUTE:
                begins.append(instant)
        if not begins or account.now - begins[-1] >= MINUTE:
            return 0
        return sum(instant >= begins[-1] for instant in account.counted)


class DaysBeginAnew(AltServer, breaks="limit.sliding-window"):
    """Forgets the calls of the day before."""

    def calls_within(self, window: int, account: Account) -> int:
        account.counted = [one for one in account.counted if one // (1440 * MINUTE) == account.now // (1440 * MINUTE)]
        return super().calls_within(window, account)


class CountsRefusedByTheMinute(AltServer, breaks="limit.refused-do-not-count"):
    """Counts what the limit of a minute refuses."""

    def check_limits(self, call: Call) -> None:
        try:
            super().check_limits(call)
        except Refusal as refusal:
            if refusal.code == 32:
                call.account.counted.append(call.account.now)
            raise


class KeysWithoutCase(AltServer, breaks="limit.per-key"):
    """Counts the minute by key without regard to letter case, so that keys that differ in it alone share a limit."""

    def calls_within(self, window: int, account: Account) -> int:
        if window != MINUTE:
            return super().calls_within(window, account)
        keys = {key.lower() for key, one in self.accounts.items() if one is account}
        sharing = [one for key, one in self.accounts.items() if key.lower() in keys]
        return sum(0 <= account.now - instant < window for one in sharing for instant in one.counted)


class OneMinuteForAll(AltServer, breaks="limit.per-key"):
    """Counts a minute for all keys together."""

    def calls_within(self, window: int, account: Account) -> int:
        if window != MINUTE:
            return super().calls_within(window, account)
        return sum(AltServer.calls_within(self, window, one) for one in self.accounts.values())


class SixInASecond(AltServer, breaks="limit.per-second"):
    """Allows six in a second."""

    limits = ((31, 6, SECOND), (32, 60, MINUTE))


class FourInASecond(AltServer, breaks="limit.per-second"):
    """Allows four in a second."""

    limits = ((31, 4, SECOND), (32, 60, MINUTE))


class ShortMinute(AltServer, breaks="limit.per-minute"):
    """Has a minute that is too short."""

    limits = ((31, 5, SECOND), (32, 60, MINUTE - SECOND // 2))


class Allows61InAMinute(AltServer, breaks="limit.per-minute"):
    """Allows 61 in a minute."""

    limits = ((31, 5, SECOND), (32, 61, MINUTE))


class Allows59InAMinute(AltServer, breaks="limit.per-minute"):
    """Allows 59 in a minute."""

    limits = ((31, 5, SECOND), (32, 59, MINUTE))


class CalendarWindows(AltServer, breaks="limit.sliding-window"):
    """Counts calendar windows."""

    def calls_within(self, window: int, account: Account) -> int:
        return sum(instant // window == account.now // window for instant in account.counted)


class ClosedWindow(AltServer, breaks="limit.sliding-window"):
    """Counts a call at the very end of the window."""

    def calls_within(self, window: int, account: Account) -> int:
        return super().calls_within(window + 1, account)


class CountsRefused(AltServer, breaks="limit.refused-do-not-count"):
    """Counts refused calls."""

    def check_limits(self, call: Call) -> None:
        try:
            super().check_limits(call)
        except Refusal:
            call.account.counted.append(call.account.now)
            raise


class BusiestKeyCounts(AltServer, breaks="limit.per-key"):
    """Counts the calls of other keys."""

    def calls_within(self, window: int, account: Account) -> int:
        return max(AltServer.calls_within(self, window, one) for one in self.accounts.values())


class MaintenanceForAll(AltServer, breaks="key.isolation"):
    """Switches maintenance for every key."""

    def set_maintenance(self, account: Account, *, on: bool) -> None:
        self.in_maintenance = on


class LinkForAll(AltServer, breaks="key.isolation"):
    """Issues the same link to every key."""

    def issue(self, account: Account, collection: Collection) -> str:
        others = [one for one in self.accounts.values() if one is not account]
        links = self.links.items()
        alike = (url for url, link in links if link.account in others and link.collection.hash == collection.hash)
        return next(alike, "") or super().issue(account, collection)


class CollectionsForAll(AltServer, breaks="key.isolation"):
    """Shows collections to every key."""

    def check_collection(self, call: Call) -> None:
        known = (one.collections.get(call.get("collectionHash")) for one in self.accounts.values())
        found = next((one for one in known if one is not None and not one.is_deleted), None)
        if found is None or call.get("collectionHash") in call.account.collections:
            super().check_collection(call)
        call.found_collection = call.found_collection or found


class SecretsForAll(AltServer, breaks="key.isolation"):
    """Accepts the secret of any key."""

    def is_signed(self, call: Call) -> bool:
        return any(call.get("signature") == self.signature(call, one.secret) for one in self.accounts.values())


class EachHostCounts(AltServer, breaks="limit.per-minute"):
    """Counts uploads and reads apart, since two hosts serve them: 60 of each in a minute."""

    def __init__(self) -> None:
        super().__init__()
        self.uploaded: dict[Account, list[int]] = {}

    def check_limits(self, call: Call) -> None:
        account = call.account
        if call.method.verb != "POST":
            super().check_limits(call)
            return
        others, account.counted = account.counted, self.uploaded.setdefault(account, [])
        try:
            super().check_limits(call)
        finally:
            account.counted = others


class UploadsCountApart(AltServer, breaks="limit.per-second"):
    """Counts uploads apart from all other calls: another host, another counter."""

    def __init__(self) -> None:
        super().__init__()
        self.counted_uploads: dict[Account, list[int]] = {}

    def check_limits(self, call: Call) -> None:
        account, kept = call.account, call.account.counted
        if call.method.host == "upload":
            account.counted = self.counted_uploads.setdefault(account, [])
        try:
            super().check_limits(call)
        finally:
            account.counted = kept
