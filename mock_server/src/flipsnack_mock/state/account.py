"""The state of one API key as one value: snapshots, forks and seeds are made from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.rules import MAX_RULES, FaultRule
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.hashes import collection_hash, item_hash
from flipsnack_mock.protocol.identifiers import Hash, Key, Secret
from flipsnack_mock.protocol.instants import Counted, Microseconds, month_of
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.state.behaviour import MAX_LIMIT, Behaviour
from flipsnack_mock.state.clock import VirtualClock
from flipsnack_mock.state.jobs import Job, State
from flipsnack_mock.state.schedules import Schedule, parse_schedule
from flipsnack_mock.state.seeds import MAX_COLLECTIONS, Month, SeedAccount, SeedCollection
from flipsnack_mock.state.statistics import MAX_FIGURES, figures


class Collection(SeedCollection, frozen=True):
    """A collection of an account, with the job of its package and that of its conversion.

    `document` is what it was made of (None: pages that the fake draws), and `first_hash` the hash that it had before it
    was published (empty: the one that it has).
    """

    deleted: bool = False
    job: Job = Job()
    conversion: Job | None = None
    document: UploadedFile | None = None
    first_hash: str = ""

    @property
    def document_title(self) -> str:
        """The title of what it was made of: the name of the file without its ending."""
        return self.title if self.document is None else stem(self.document.file_name)

    @property
    def item_hash(self) -> str:
        """The hash of its one item, which publishing does not change."""
        return item_hash(self.first_hash or self.hash)

    def schedule_text(self, behaviour: Behaviour) -> str:
        """The schedule of a job that starts now: the collection's own, or the account's default."""
        return self.schedule or behaviour.default_schedule

    def job_schedule(self, behaviour: Behaviour) -> Schedule:
        """The schedule of the job that runs, or of one that starts now."""
        return parse_schedule(self.job.schedule or self.schedule_text(behaviour))

    def state(self, behaviour: Behaviour, now: int) -> State:
        """The state of the job at `now`."""
        return self.job.state(self.job_schedule(behaviour), now)

    def conversion_state(self, now: int) -> State:
        """The state of the conversion at `now`; one that has not begun would begin then."""
        if self.conversion is None and self.conversion_schedule is None:
            return State.COMPLETE
        job, schedule = self._conversion(now)
        return job.state(schedule, now)

    def conversion_begun(self, now: int) -> Collection:
        """The same with its conversion begun, if it has a schedule for one."""
        if self.conversion is not None or self.conversion_schedule is None:
            return self
        return msgspec.structs.replace(self, conversion=self._conversion(now)[0])

    def conversion_polled(self, now: int) -> Collection:
        """The same after a call that asked how far the conversion is, if it has begun."""
        if self.conversion is None:
            return self
        job, schedule = self._conversion(now)
        polled = job.polled(schedule, now, schedule_text=job.schedule or "", restart_failed=False)
        return msgspec.structs.replace(self, conversion=polled)

    def conversion_forced(self, target: State, now: int) -> Collection:
        """The same with its conversion in the state `target`; raises `IllegalMove` where no move leads there."""
        job, schedule = self._conversion(now)
        forced = job.force(target, schedule, now, schedule_text=job.schedule or "")
        return msgspec.structs.replace(self, conversion=forced)

    def _conversion(self, now: int) -> tuple[Job, Schedule]:
        job = self.conversion or Job(started_at=now, schedule=self.conversion_schedule or "immediate")
        return job, parse_schedule(job.schedule or "immediate")


class Account(msgspec.Struct):
    """Everything that belongs to one API key.

    `counted` holds the instants of the requests that count toward its limits. `life` numbers the accounts that a world
    has created: a resource URL of an earlier account is not valid for a later one with the same key. `collections` are
    in the order of their creation. `uploads` counts those of each month, as in 2026-11, `hashes_made` the hashes of
    new collections, and `renamed` has the temporary hashes of those that were published, each with the final one.
    `latest` is the latest real time that it was asked for: its clock stands still until a machine's clock that was set
    back reaches it.
    """

    key: Key
    secret: Secret
    behaviour: Behaviour
    clock: VirtualClock = VirtualClock()
    collections: dict[str, Collection] = {}
    latest: Microseconds = 0
    life: Counted = 0
    counted: Annotated[list[Microseconds], Meta(max_length=MAX_LIMIT)] = []
    maintenance: bool = False
    urls_made: Counted = 0
    uploads: dict[Month, Counted] = {}
    hashes_made: Counted = 0
    renamed: dict[Hash, Hash] = {}
    faults: Annotated[dict[str, FaultRule], Meta(max_length=MAX_RULES)] = {}
    faults_made: Counted = 0

    def keep(self, collection: Collection) -> Collection:
        """Have `collection`, in place of one with the same hash, and return it.

        Raises `Refused` for one too many, or one with too many statistics.
        """
        known = self.collections.get(collection.hash)
        if known is None and len(self.collections) >= MAX_COLLECTIONS:
            raise _full("collections", MAX_COLLECTIONS)
        if collection.statistics and (known is None or known.statistics is not collection.statistics):
            others = (item for item in self.collections.values() if item is not known)
            if _figures([collection, *others]) > MAX_FIGURES:
                raise _full("days and pages of statistics", MAX_FIGURES)
        self.collections[collection.hash] = collection
        return collection

    def check_size(self) -> None:
        """Raise `Refused` when there are too many collections or statistics, as `keep` does."""
        if len(self.collections) > MAX_COLLECTIONS:
            raise _full("collections", MAX_COLLECTIONS)
        if _figures(self.collections.values()) > MAX_FIGURES:
            raise _full("days and pages of statistics", MAX_FIGURES)

    def now(self, real: int) -> int:
        """Virtual time of this account when real time is `real`, in microseconds. It never goes back."""
        return self.clock.now(self.real(real))

    def real(self, real: int) -> int:
        """Real time for this account when the machine's clock shows `real`: the latest that it has seen."""
        self.latest = max(self.latest, real)
        return self.latest

    def new_hash(self) -> str:
        """A hash that no collection of this account ever had."""
        while True:
            self.hashes_made += 1
            made = collection_hash(self.key, self.life, self.hashes_made)
            if made not in self.collections and made not in self.renamed:
                return made

    def final_hash(self, known_as: str) -> str:
        """The hash that the collection `known_as` has now: another one once it was published."""
        for _ in self.renamed:
            if known_as in self.collections:
                break
            known_as = self.renamed.get(known_as, known_as)
        return known_as

    def publish(self, collection: Collection) -> Collection:
        """Give `collection` its final hash, at its place among the others, and return it."""
        final = msgspec.structs.replace(
            collection, hash=self.new_hash(), first_hash=collection.first_hash or collection.hash
        )
        self.renamed[collection.hash] = final.hash
        self.collections = {
            one.hash: one
            for one in (final if one.hash == collection.hash else one for one in self.collections.values())
        }
        return final

    def uploads_left(self, now: int) -> int:
        """How many uploads the calendar month (UTC) of `now` still allows."""
        return max(0, self.behaviour.uploads_per_month - self.uploads.get(month_of(now), 0))

    def count_upload(self, now: int) -> None:
        """Count an upload in the month of `now`."""
        self.uploads[month_of(now)] = self.uploads.get(month_of(now), 0) + 1


def _figures(collections: Iterable[Collection]) -> int:
    return sum([figures(item.statistics) for item in collections if item.statistics])


def _full(what: str, most: int) -> Refused:
    message = f"an account has at most {most:,} {what}; reset or delete it, or use another"
    return Refused(503, "full", message, most=most)


def new_account(seed: SeedAccount, behaviour: Behaviour, *, life: int = 0) -> Account:
    """The account that `seed` describes."""
    collections = {item.hash: Collection(**msgspec.structs.asdict(item)) for item in seed.collections}
    return Account(
        key=seed.key,
        secret=seed.secret,
        behaviour=behaviour,
        life=life,
        collections=collections,
        uploads=dict(seed.uploads),
    )


def stem(file_name: str) -> str:
    """`file_name` without the folders that some clients send with it, and without its ending."""
    name = re.split(r"[/\\]", file_name)[-1]
    return name.rpartition(".")[0] or name


@lru_cache(maxsize=131_072)
def account_id(key: str) -> str:
    """The public id of an account: eleven upper-case hexadecimal digits, as the vendor's have."""
    return hashlib.sha256(key.encode()).hexdigest()[:11].upper()
