"""The state of one API key as one value: snapshot, fork and seed come from this declaration."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from flipsnack_mock.faults import FaultRule
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.jobs import Job, State
from flipsnack_mock.state.schedules import Schedule, parse_schedule
from flipsnack_mock.state.settings import Behaviour, SeedAccount, SeedCollection

__all__ = ["Account", "Collection", "account_id", "new_account"]


class Collection(SeedCollection, frozen=True):
    """A collection of an account, with its job."""

    deleted: bool = False
    job: Job = Job()

    def words(self, behaviour: Behaviour) -> str:
        """The schedule that the job would be started with now: the collection's own, or the account's default."""
        return self.schedule or behaviour.default_schedule

    def timetable(self, behaviour: Behaviour) -> Schedule:
        """The schedule that the job runs on, or would."""
        return parse_schedule(self.job.schedule or self.words(behaviour))

    def state(self, behaviour: Behaviour, now: int) -> State:
        """Where the job stands at `now`."""
        return self.job.state(self.timetable(behaviour), now)


class Account(msgspec.Struct):
    """Everything one API key has; `counted` holds the instants of the requests that count for its limits.

    `life` is a number of its own for each account that begins in a world: what an earlier account of the same key has
    given out is not good for a later one.
    """

    key: str
    secret: str
    behaviour: Behaviour
    clock: VirtualClock = VirtualClock()
    collections: dict[str, Collection] = {}
    life: int = 0
    counted: list[int] = []
    maintenance: bool = False
    urls_made: int = 0
    faults: dict[str, FaultRule] = {}
    faults_made: int = 0

    def now(self, real: int) -> int:
        """Virtual time of this account when real time is `real`, in microseconds."""
        return self.clock.now(real)


def new_account(seed: SeedAccount, behaviour: Behaviour, *, life: int = 0) -> Account:
    """The account that `seed` describes."""
    collections = {item.hash: Collection(**msgspec.structs.asdict(item)) for item in seed.collections}
    return Account(key=seed.key, secret=seed.secret, behaviour=behaviour, life=life, collections=collections)


@lru_cache(maxsize=4096)
def account_id(key: str) -> str:
    """The public id of an account: eleven upper-case hexadecimal digits, as the vendor's have."""
    return hashlib.sha256(key.encode()).hexdigest()[:11].upper()
