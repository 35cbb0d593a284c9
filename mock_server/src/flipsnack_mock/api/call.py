"""One request to the vendor's surface, with what is known of it so far."""

from __future__ import annotations

from flipsnack_mock.api.fault_injection import Disturbance
from flipsnack_mock.faults import Seen
from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import magic_fault
from flipsnack_mock.state.world import World

__all__ = ["Call"]


class Call:
    """A request on its way through the checks; `entry` is what the journal will keep of it."""

    __slots__ = ("behaviour", "disturbance", "entry", "now", "owner", "params", "request", "world")

    def __init__(self, request: Request, world: World) -> None:
        """Begin with a request of which nothing is known."""
        self.request = request
        self.world = world
        self.params: dict[str, str] = {}
        self.owner: Account | None = None
        self.disturbance: Disturbance | None = None
        self.behaviour = world.behaviour
        self.now = request.at
        self.entry = Entry(world.journal.next_number(), request, request.at, NOBODY, self.params)

    @property
    def account(self) -> Account:
        """The account that the call belongs to: known once the check `key` was passed."""
        assert self.owner is not None
        return self.owner

    def belongs_to(self, account: Account, action: str, collection_hash: str) -> None:
        """From here on the request is one of `account`, on its clock, with its settings and faults."""
        self.owner, self.behaviour = account, account.behaviour
        self.now = account.now(self.request.at)
        self.entry.key, self.entry.now = account.key, self.now
        if account.faults or magic_fault(collection_hash) is not None:
            seen = Seen(action, collection_hash, self.params, has_body=self.request.method != "HEAD")
            self.disturbance = Disturbance(account, seen, self.entry)
            self.disturbance.meet("request")
