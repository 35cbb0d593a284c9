"""One request to the vendor's surface, with what is known of it so far."""

from typing import Any

from flipsnack_mock.api.fault_injection import FaultInjection
from flipsnack_mock.faults.rules import FaultTarget
from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import magic_fault
from flipsnack_mock.state.world import World


class Call:
    """A request while it is checked and answered; `entry` is what the journal will keep of it.

    `params` are the texts that were sent; `arguments` are the values of the method's own parameters, by their names in
    the method table, with its defaults: known after the check `parameters`.
    `now` is the time of the account's clock and `behaviour` its settings; before the account is known, they are real
    time and the settings of the world.
    """

    __slots__ = ("arguments", "behaviour", "entry", "injection", "named", "now", "owner", "params", "request", "world")

    def __init__(self, request: Request, world: World) -> None:
        self.request = request
        self.world = world
        self.params: dict[str, str] = {}
        self.arguments: dict[str, Any] = {}
        self.owner: Account | None = None
        self.injection: FaultInjection | None = None
        self.named: Collection | None = None
        self.behaviour = world.behaviour
        self.now = request.at
        self.entry = Entry(world.journal.next_number(), request, request.at, NOBODY, self.params)

    @property
    def account(self) -> Account:
        """The account of the API key: known after the check `key`."""
        assert self.owner is not None
        return self.owner

    @property
    def collection(self) -> Collection:
        """The collection that `collectionHash` names: known after the check `collection`, if the method needs one."""
        assert self.named is not None
        return self.named

    def belongs_to(self, account: Account, action: str, collection_hash: str) -> None:
        """Set the account with its clock, settings and faults; a fault may answer: `ApiError`, `FaultResponse`."""
        self.owner, self.behaviour = account, account.behaviour
        self.now = account.now(self.request.at)
        self.entry.key, self.entry.now, self.entry.secret = account.key, self.now, account.secret
        if account.faults or magic_fault(collection_hash) is not None:
            seen = FaultTarget(action, collection_hash, self.params, has_body=self.request.method != "HEAD")
            self.injection = FaultInjection(account, seen, self.entry)
            self.injection.meet("request")
