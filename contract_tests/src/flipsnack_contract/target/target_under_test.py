"""The target with what is known of it and what may be done to it; it opens sessions."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

from flipsnack_contract.contract.clock import PER_MINUTE, REAL_MARGIN, Clock, RatePacer, RealClock, next_second
from flipsnack_contract.contract.methods import Method, methods, package_method_among
from flipsnack_contract.target.control import AccountControl, Control, Refused, find_control
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target import Target, Trace

MOST_TAKEN = 50
"""Keys in a row that other runs may have left."""
CAPABILITIES = {
    "control": "a control plane at /__admin beside the base URL: keys, collections, jobs, clock, maintenance, settings",
    "credentials": "an API key and its secret (or a control plane, to make one)",
    "collection": "the hash of a collection of that key (or a control plane, to make one)",
    "socket": "a target that is reached over TCP",
    "slow": "checks may wait for a minute of real time (--slow)",
    "alone": "nothing else uses target and key (--alone): maintenance can be on for all keys, limits can be judged",
}


@dataclass(frozen=True)
class Credentials:
    """A key with its secret and, if known, the hash of one of its collections. The secret is never shown."""

    key: str
    secret: str = field(repr=False)
    collection: str | None = None


@dataclass
class TargetUnderTest:
    """A target that is judged.

    `per_minute` paces targets without a control plane; 0 switches that off. `alone`: nothing else uses it. `slow`: a
    check may wait for a minute of real time. `clock` is the time where there is no control plane to steer it. `methods`
    are those of the API that checks call. `name` begins the keys that are made, so that two runs at one target use
    different ones.
    """

    target: Target
    control: Control | None = None
    credentials: Credentials | None = None
    per_minute: int = PER_MINUTE
    alone: bool = False
    slow: bool = False
    clock: Clock = field(default_factory=RealClock)
    methods: tuple[Method, ...] = methods()
    name: str = "kit"

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._pacer = RatePacer(self.clock, margin=REAL_MARGIN, per_minute=self.per_minute)

    @property
    def capabilities(self) -> frozenset[str]:
        """What checks may rely on here: names from `CAPABILITIES`."""
        steered, who = self.control is not None, self.credentials
        have = {
            "control": steered,
            "credentials": steered or who,
            "collection": steered or (who and who.collection),
            "socket": self.target.over_socket,
            "slow": self.slow,
            "alone": self.alone or not self.target.over_socket,
        }
        return frozenset(name for name, is_so in have.items() if is_so)

    @contextmanager
    def session(self, method: Method | None = None) -> Iterator[Session]:
        """A key for one example: a fresh one where there is a control plane, else always the same.

        Without `method` its calls are of the method that answers with a resource URL.
        """
        with ExitStack() as stack:
            yield self._open(stack, method or package_method_among(self.methods))

    def _open(self, stack: ExitStack, method: Method, *, secret: str = "a secret of the kit", key: str = "") -> Session:
        who = self.credentials or Credentials("not-a-key", "not-a-secret")
        account: AccountControl | None = None
        clock: Clock = self.clock
        pacer = self._pacer
        if self.control is not None:
            who, account = self._fresh_account(self.control, secret, key)
            stack.callback(account.delete)
            clock, pacer = account, RatePacer(account)
        return Session(
            target=self.target,
            key=who.key,
            secret=who.secret,
            clock=clock,
            pacer=pacer,
            trace=Trace(),
            account=account,
            known_collection=who.collection,
            method=method,
            open_another=partial(self._open, stack, method),
            maintenance_for_everybody=partial(self._maintenance, stack),
        )

    def _maintenance(self, stack: ExitStack) -> None:
        if self.control is None:
            raise LookupError("this target has no control plane: declare the check with needs={'control', 'alone'}")
        stack.callback(self.control.maintenance, on=False)
        self.control.maintenance(on=True)

    def _fresh_account(self, control: Control, secret: str, key: str) -> tuple[Credentials, AccountControl]:
        # Keys are counted, not drawn, so that a run can be repeated. A key of another run is passed over.
        taken = 0
        while True:
            who = Credentials(key or f"{self.name}-{next(self._numbers)}", secret)
            try:
                return who, control.create_account(who.key, who.secret, frozen_at=next_second())
            except Refused as refusal:
                taken += 1
                if refusal.status != HTTPStatus.CONFLICT or key or taken > MOST_TAKEN:
                    raise


def examine(target: Target, *, token: str | None = None, **options: Any) -> TargetUnderTest:
    """The target, with its control plane where it has one: one admin request finds out.

    Without one its collections are somebody's own: only methods that change nothing are called.
    """
    control = find_control(target, token=token)
    table = methods() if control is not None else tuple(one for one in methods() if one.read_only)
    return TargetUnderTest(target, control=control, **{"methods": table, **options})
