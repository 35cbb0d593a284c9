"""The target together with what we know of it and may do to it; it opens sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from flipsnack_contract.contract.clock import Clock, RealClock
from flipsnack_contract.target.control import AccountControl, Control, Refused, find_control
from flipsnack_contract.target.rate_pacer import PER_MINUTE, REAL_MARGIN, RatePacer
from flipsnack_contract.target.session import Session, VirtualClock
from flipsnack_contract.target.target import Target
from flipsnack_contract.target.trace import Trace

__all__ = ["CAPABILITIES", "Credentials", "TargetUnderTest", "examine"]

CONFLICT = 409

CAPABILITIES = {
    "control": "a control plane at /__admin beside the base URL: keys, collections, jobs, clock, maintenance, settings",
    "credentials": "an API key and its secret (or a control plane, to make one)",
    "collection": "the hash of a collection of that key (or a control plane, to make one)",
    "socket": "a target that is reached over TCP",
    "slow": "a minute of real time may be waited for (--slow)",
    "alone": "nobody else uses the target, or the key (--alone): maintenance can be switched on, limits can be judged",
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
    ) -> None:
        """`per_minute` paces targets without a control plane; 0 switches that off. `alone`: nobody else uses it.

        `slow`: a minute of real time may be waited for. `clock` is what passes where no control plane holds the time:
        the wall's, unless another is given.
        """
        self._slow = slow
        self.target = target
        self.control = control
        self._credentials = credentials
        self._alone = alone or not target.over_socket
        self._made = 0
        self._real = clock or RealClock()
        self._pace = RatePacer(self._real, margin=REAL_MARGIN, per_minute=per_minute)

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
    def session(self) -> Iterator[Session]:
        """A key for one example: a fresh one where there is a control plane, else always the same."""
        with ExitStack() as stack:
            yield self._open(stack)

    def _open(self, stack: ExitStack, *, secret: str = "a secret of the kit") -> Session:
        if self.control is None:
            return self._foreign(stack)
        account, key = self._fresh_account(secret)
        stack.callback(account.delete)
        clock = VirtualClock(account)
        return Session(
            target=self.target,
            key=key,
            secret=secret,
            clock=clock,
            pace=RatePacer(clock),
            trace=Trace(),
            account=account,
            known_collection=None,
            open_another=lambda **fields: self._open(stack, **fields),
            switch_maintenance=lambda: self._maintenance(stack),
        )

    def _foreign(self, stack: ExitStack) -> Session:
        known = self._credentials or Credentials("nobody", "nothing")
        return Session(
            target=self.target,
            key=known.key,
            secret=known.secret,
            clock=self._real,
            pace=self._pace,
            trace=Trace(),
            account=None,
            known_collection=known.collection,
            open_another=lambda **_fields: self._foreign(stack),
            switch_maintenance=lambda: self._maintenance(stack),
        )

    def _maintenance(self, stack: ExitStack) -> None:
        if self.control is None:
            raise LookupError("a check that steers must say so: needs={'control', 'alone'}")
        stack.callback(self.control.maintenance, on=False)
        self.control.maintenance(on=True)

    def _fresh_account(self, secret: str) -> tuple[AccountControl, str]:
        # Keys are counted, not drawn: a run can be repeated. One that is taken (by another run) is passed over.
        assert self.control is not None
        while True:
            self._made += 1
            key = f"kit-{self._made}"
            try:
                return self.control.create_account(key, secret), key
            except Refused as refusal:
                if refusal.status != CONFLICT:
                    raise


def examine(
    target: Target,
    *,
    credentials: Credentials | None = None,
    token: str | None = None,
    per_minute: int = PER_MINUTE,
    alone: bool = False,
    slow: bool = False,
) -> TargetUnderTest:
    """The subject behind `target`: finds out whether it has a control plane."""
    control = find_control(target, token=token)
    return TargetUnderTest(
        target, control=control, credentials=credentials, per_minute=per_minute, alone=alone, slow=slow
    )
