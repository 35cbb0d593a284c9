"""The state of one API key as one value: snapshots, forks and seeds are made from it."""

import hashlib
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.rules import MAX_RULES, FaultRule
from flipsnack_mock.protocol.identifiers import Key, Secret
from flipsnack_mock.protocol.instants import Counted, Microseconds
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.jobs import Job, State
from flipsnack_mock.state.schedules import Schedule, parse_schedule
from flipsnack_mock.state.settings import MAX_LIMIT, Behaviour, SeedAccount, SeedCollection


class Collection(SeedCollection, frozen=True):
    """A collection of an account, with its job."""

    deleted: bool = False
    job: Job = Job()

    def schedule_text(self, behaviour: Behaviour) -> str:
        """The schedule of a job that starts now: the collection's own, or the account's default."""
        return self.schedule or behaviour.default_schedule

    def job_schedule(self, behaviour: Behaviour) -> Schedule:
        """The schedule of the job that runs, or of one that starts now."""
        return parse_schedule(self.job.schedule or self.schedule_text(behaviour))

    def state(self, behaviour: Behaviour, now: int) -> State:
        """The state of the job at `now`."""
        return self.job.state(self.job_schedule(behaviour), now)


class Account(msgspec.Struct):
    """Everything that belongs to one API key.

    `counted` holds the instants of the requests that count toward its limits. `life` numbers the accounts that a world
    has created: a resource URL of an earlier account is not valid for a later one with the same key.
    """

    key: Key
    secret: Secret
    behaviour: Behaviour
    clock: VirtualClock = VirtualClock()
    collections: dict[str, Collection] = {}
    life: Counted = 0
    counted: Annotated[list[Microseconds], Meta(max_length=MAX_LIMIT)] = []
    maintenance: bool = False
    urls_made: Counted = 0
    faults: Annotated[dict[str, FaultRule], Meta(max_length=MAX_RULES)] = {}
    faults_made: Counted = 0

    def now(self, real: int) -> int:
        """Virtual time of this account when real time is `real`, in microseconds."""
        return self.clock.now(real)


def new_account(seed: SeedAccount, behaviour: Behaviour, *, life: int = 0) -> Account:
    """The account that `seed` describes."""
    collections = {item.hash: Collection(**msgspec.structs.asdict(item)) for item in seed.collections}
    return Account(key=seed.key, secret=seed.secret, behaviour=behaviour, life=life, collections=collections)


@lru_cache(maxsize=131_072)
def account_id(key: str) -> str:
    """The public id of an account: eleven upper-case hexadecimal digits, as the vendor's have."""
    return hashlib.sha256(key.encode()).hexdigest()[:11].upper()
