"""Servers that check a call in another order."""

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.request import Call

# Each with the check that follows it. The order of key and limits is left out: what has no key is not counted.
NEIGHBOURS = (
    ("well_formed", "format"),
    ("format", "maintenance"),
    ("maintenance", "required"),
    ("required", "key"),
    ("limits", "action"),
    ("action", "verb"),
    ("verb", "signature"),
    ("signature", "parameters"),
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
        if call.found_account is None:
            self.check_verb(call)
        super().check_key(call)
