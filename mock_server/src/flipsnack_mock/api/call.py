"""One request to the vendor's surface, with what is known of it so far."""

from __future__ import annotations

from flipsnack_mock.api.fault_injection import Disturbance
from flipsnack_mock.faults import FaultTarget
from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import magic_fault
from flipsnack_mock.state.world import World

__all__ = ["Call"]


class Call:
    """A request on its way through the checks; `entry` is what the journal will keep of it."""

    __slots__ = ("account", "behaviour", "disturbance", "entry", "now", "params", "request", "world")

    def __init__(self, request: Request, world: World) -> None:
        """Begin with a request of which nothing is known."""
        self.request = request
        self.world = world
        self.params: dict[str, str] = {}
        self.account: Account | None = None
        self.disturbance: Disturbance | None = None
        self.behaviour = world.behaviour
        self.now = request.at
        self.entry = Entry(world.journal.next_number(), request, request.at, NOBODY, self.params)

    def belongs_to(self, account: Account, action: str, collection_hash: str) -> None:
        """From here on the request is one of `account`, on its clock, with its settings and faults."""
        self.account, self.behaviour = account, account.behaviour
        self.now = account.now(self.request.at)
        self.entry.key, self.entry.now = account.key, self.now
        if account.faults or magic_fault(collection_hash) is not None:
            seen = FaultTarget(action, collection_hash, self.params, has_body=self.request.method != "HEAD")
            self.disturbance = Disturbance(account, seen, self.entry)
            self.disturbance.meet("request")
