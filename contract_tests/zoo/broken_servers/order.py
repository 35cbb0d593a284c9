"""Servers that check a call in another order."""

from itertools import pairwise
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.request import Call, require
from contract_tests.zoo.alt_server.table import UNKNOWN

# Each with the check that follows it. The order of key and limits is left out: what has no key is not counted.
NEIGHBOURS = (
    ("well_formed", "format"),
    ("format", "maintenance"),
    ("maintenance", "required"),
    ("required", "key"),
    ("limits", "action"),
    ("action", "verb"),
    ("verb", "signature"),
    ("host", "signature"),
    ("signature", "parameters"),
    ("parameters", "values"),
    ("values", "collection"),
)


def _swapped(first: str, second: str) -> type[AltServer]:
    order = list(AltServer.checks)
    order.remove(second)
    order.insert(order.index(first), second)

    class Swapped(AltServer, breaks="order.checks"):
        __doc__ = f"Checks {second} before {first}."
        checks = tuple(order)

    return Swapped


SWAPPED = tuple(_swapped(first, second) for first, second in NEIGHBOURS)


class ActionBeforeKey(AltServer, breaks="order.checks"):
    """Checks the action before the key."""

    def check_key(self, call: Call) -> None:
        self.check_action(call)
        super().check_key(call)


class CollectionBeforeSignature(AltServer, breaks="order.checks"):
    """Checks the collection before the signature."""

    def check_signature(self, call: Call) -> None:
        if call.get("collectionHash"):
            self.check_collection(call)
        super().check_signature(call)


class VerbBeforeKey(AltServer, breaks="order.credentials-before-verb"):
    """Checks the verb before the key."""

    def check_key(self, call: Call) -> None:
        if call.found_account is None and call.method is not UNKNOWN:
            self.check_verb(call)
        super().check_key(call)


def _uploads_swapped(first: str, second: str) -> type[AltServer]:
    order = list(AltServer.upload_checks)
    order.remove(second)
    order.insert(order.index(first), second)

    class Swapped(AltServer, breaks="order.upload"):
        __doc__ = f"Checks {second} before {first} in an upload."
        upload_checks = tuple(order)

    return Swapped


# What has no document is neither too large nor of a kind, and what is of no kind has no pages.
SAME = (("size", "document"), ("document", "kind"), ("kind", "pages"))
UPLOADS_SWAPPED = tuple(_uploads_swapped(*pair) for pair in pairwise(AltServer.upload_checks) if pair not in SAME)


class MonthFirst(AltServer, breaks="order.upload"):
    """Checks the month before anything else of an upload."""

    upload_checks = ("month", *AltServer.upload_checks[:-1])


class DocumentBeforeValues(AltServer, breaks="order.upload"):
    """Checks whether there is a document before the values."""

    def check_values(self, call: Call) -> None:
        if call.method.host == "upload":
            self.check_document(call, None)
        super().check_values(call)


class ConversionBeforeValues(AltServer, breaks="order.checks"):
    """Refuses to update what is being converted before it looks at the values."""

    def check_values(self, call: Call) -> None:
        found = call.account.collections.get(call.get("collectionHash"))
        if call.method.run == "update" and found is not None and not found.is_deleted:
            require(self.conversion_state(found, call.account.now) != "PROCESSING", 38)
        super().check_values(call)


class DatesInTheHandler(AltServer, breaks="order.checks"):
    """Compares both dates in the method itself, after it has looked for the collection."""

    def check_values(self, call: Call) -> None:
        dates = {name: call.params.pop(name) for name in ("endDate",) if self._are_dates(call)}
        super().check_values(call)
        call.params.update(dates)

    def _are_dates(self, call: Call) -> bool:
        return all(self.types["date"](call.get(name)) for name in ("startDate", "endDate"))

    def get_stats(self, call: Call) -> dict[str, Any]:
        require(not self._are_dates(call) or call.get("startDate") <= call.get("endDate"), 40)
        return super().get_stats(call)


class FlagAfterCollection(AltServer, breaks="order.checks"):
    """Looks at includePageStats when it has found the collection."""

    def check_values(self, call: Call) -> None:
        flag = call.params.pop("includePageStats", None)
        super().check_values(call)
        call.params |= {} if flag is None else {"includePageStats": flag}

    def check_conversion(self, call: Call) -> None:
        super().check_values(call)
        super().check_conversion(call)
