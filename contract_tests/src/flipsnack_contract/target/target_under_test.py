"""The target with what is known of it and what may be done to it; it opens sessions."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from flipsnack_contract.contract.clock import Clock, RealClock
from flipsnack_contract.contract.methods import Method, methods, package_method
from flipsnack_contract.target.control import AccountControl, Control, Refused, find_control
from flipsnack_contract.target.rate_pacer import PER_MINUTE, REAL_MARGIN, RatePacer
from flipsnack_contract.target.session import Session, VirtualClock
from flipsnack_contract.target.target import Target
from flipsnack_contract.target.trace import Trace

CONFLICT = 409

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


class TargetUnderTest:
    """A target that is judged. `capabilities` are names from `CAPABILITIES`."""

    def __init__(
        self,
        target: Target,
        *,
        control: Control | None = None,
        credentials: Credentials | None = None,
        per_minute: int = PER_MINUTE,
        alone: bool = False,
        slow: bool = False,
        clock: Clock | None = None,
        methods: Sequence[Method] = methods(),
        name: str = "kit",
    ) -> None:
        """`per_minute` paces targets without a control plane; 0 switches that off. `alone`: nothing else uses it.

        `slow`: a check may wait for a minute of real time. `clock` is the time where there is no control plane to
        steer it. `methods` are those of the API that checks call. `name` begins
        the keys that are made, so that two runs at one target use different ones.
        """
        self.methods = tuple(methods)
        self._name = name
        self._slow = slow
        self.target = target
        self.control = control
        self._credentials = credentials
        self._alone = alone or not target.over_socket
        self._made = 0
        self._real = clock or RealClock()
        self._pacer = RatePacer(self._real, margin=REAL_MARGIN, per_minute=per_minute)

    @property
    def capabilities(self) -> frozenset[str]:
        """What checks may rely on here."""
        have = {"socket"} if self.target.over_socket else set()
        if self.control is not None:
            have |= {"control", "credentials", "collection"}
        have |= {name for name, is_so in (("alone", self._alone), ("slow", self._slow)) if is_so}
        if self._credentials is not None:
            have |= {"credentials", "collection"} if self._credentials.collection else {"credentials"}
        return frozenset(have)

    @contextmanager
    def session(self, method: Method | None = None) -> Iterator[Session]:
        """A key for one example: a fresh one where there is a control plane, else always the same.

        Without `method` its calls are of the method that answers with a resource URL.
        """
        with ExitStack() as stack:
            yield self._open(stack, method or package_method(self.methods))

    def _open(self, stack: ExitStack, method: Method, *, secret: str = "a secret of the kit") -> Session:
        account, who, clock, pacer = None, self._credentials, self._real, self._pacer
        if self.control is not None:
            account, key = self._fresh_account(secret)
            stack.callback(account.delete)
            who, clock = Credentials(key, secret), VirtualClock(account)
            pacer = RatePacer(clock)
        who = who or Credentials("not-a-key", "not-a-secret")
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
            open_another=lambda **fields: self._open(stack, method, **fields),
            switch_maintenance=lambda: self._maintenance(stack),
        )

    def _maintenance(self, stack: ExitStack) -> None:
        if self.control is None:
            raise LookupError("this target has no control plane: declare the check with needs={'control', 'alone'}")
        stack.callback(self.control.maintenance, on=False)
        self.control.maintenance(on=True)

    def _fresh_account(self, secret: str) -> tuple[AccountControl, str]:
        # Keys are counted, not drawn, so that a run can be repeated. A key of another run is passed over.
        assert self.control is not None
        while True:
            self._made += 1
            key = f"{self._name}-{self._made}"
            try:
                return self.control.create_account(key, secret), key
            except Refused as refusal:
                if refusal.status != CONFLICT:
                    raise


def examine(target: Target, *, token: str | None = None, **options: Any) -> TargetUnderTest:
    """The target, with its control plane where it has one: one admin request finds out."""
    return TargetUnderTest(target, control=find_control(target, token=token), **options)
