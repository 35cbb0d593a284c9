"""Servers with wrong limits, or on which one key affects another."""

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Collection
from contract_tests.zoo.alt_server.request import Call, Refusal


class UnknownActionsAreFree(AltServer, breaks="limit.per-second"):
    """Does not count calls of unknown methods."""

    def check_action(self, call: Call) -> None:
        try:
            super().check_action(call)
        except Refusal:
            call.account.counted.pop()
            raise


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
