"""The state of one API key as one value: snapshots, forks and seeds are made from it."""

import hashlib
from functools import lru_cache

import msgspec

from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.jobs import Job, State
from flipsnack_mock.state.schedules import Schedule, parse_schedule
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection
from flipsnack_mock.state.settings import Behaviour


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
