"""Everything that the page shows of one account, as one value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.admin.ui.cache import Memory
from flipsnack_mock.admin.ui.curl import curl, download_call
from flipsnack_mock.admin.ui.remediation import advice
from flipsnack_mock.admin.ui.timeline import Line, Window, line_of, window_of
from flipsnack_mock.doctor import Diagnosis
from flipsnack_mock.faults import FaultRule, sweep
from flipsnack_mock.faults.presets import PRESETS, Preset
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.jobs import State, legal_targets
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import Listed, listed
from flipsnack_mock.state.world import World

__all__ = ["Asked", "Chosen", "FILTERS", "Fault", "Request", "Shelf", "View", "view_of"]

MOST_ACCOUNTS = 40
MOST_COLLECTIONS = 40
MOST_REQUESTS = 50
LINTED = 200
"""How many of the latest requests the lint of the page looks at."""

FILTERS: dict[str, Callable[[Entry], bool]] = {
    "all": lambda entry: bool(entry.key),
    "refused": lambda entry: bool(entry.key and (entry.failed or entry.detail)),
    "disturbed": lambda entry: bool(entry.fault),
    "of nobody": lambda entry: not entry.key,
}
"""Which requests are shown: the account's own, or those with a key that nobody has: a mistyped one ends up there."""


class Asked(msgspec.Struct, frozen=True):
    """What the page is asked to show: an account, one request of it in full, and which requests."""

    account: str = ""
    request: str = ""
    show: str = "all"


class Shelf(msgspec.Struct, frozen=True):
    """A collection with its job: the line, and the states it can be forced into."""

    collection: Collection
    schedule: str
    line: Line
    legal: Sequence[State]


class Request(msgspec.Struct, frozen=True):
    """A line of the journal: why it was refused, what to do about it, and the rest when it is `open`."""

    record: Record
    refused: bool
    why: str
    todo: str
    open: bool = False
    diagnosis: Diagnosis | None = None
    curl: str = ""


class Fault(msgspec.Struct, frozen=True):
    """A fault rule, its conditions in words, and whether it can still meet a request."""

    rule: FaultRule
    when: str
    active: bool


class Chosen(msgspec.Struct, frozen=True):
    """The account that the page shows."""

    account: Account
    now: str
    window: Window
    shelves: Sequence[Shelf]
    more_collections: int
    requests: Sequence[Request]
    counts: dict[str, int]
    dropped: int
    faults: Sequence[Fault]
    findings: Sequence[Finding]
    linted: int
    example: str


class View(msgspec.Struct, frozen=True):
    """The page: the server, the accounts, and the one that was chosen (None when it does not exist)."""

    version: str
    namespace: str
    base_url: str
    asked: Asked
    maintenance: bool
    accounts: Sequence[str]
    more_accounts: int
    chosen: Chosen | None
    presets: dict[str, Preset]
    magic: Sequence[Listed]


def view_of(world: World, asked: Asked, *, at: int, base_url: str, memory: Memory) -> View:
    """What the page shows at real time `at` (microseconds); nothing is changed by it."""
    keys = [account.key for account in world.accounts]
    asked = msgspec.structs.replace(asked, account=asked.account or _busiest(world) or next(iter(keys), ""))
    account = world.existing(asked.account)
    shown = keys[-MOST_ACCOUNTS:]
    if account is not None and account.key not in shown:
        shown.insert(0, account.key)
    return View(
        version=__version__,
        namespace=world.name,
        base_url=base_url,
        asked=asked,
        maintenance=world.maintenance,
        accounts=shown,
        more_accounts=len(keys) - len(shown),
        chosen=None if account is None else _chosen(world, account, asked, at, base_url, memory),
        presets=PRESETS,
        magic=listed(),
    )


def _busiest(world: World) -> str:
    """The key that was used last."""
    rings = [ring.entries for key, ring in world.journal.rings.items() if key != NOBODY and ring.entries]
    latest = max((entries[-1] for entries in rings), key=lambda entry: entry.number, default=None)
    return latest.key if latest else ""


def _chosen(world: World, account: Account, asked: Asked, at: int, base_url: str, memory: Memory) -> Chosen:
    now = account.now(at)
    entries = [*world.journal.entries(account.key), *world.journal.entries(NOBODY)]
    wanted = [entry for entry in entries if FILTERS[asked.show](entry)]
    known = sorted(account.collections.values(), key=lambda item: -(item.job.started_at or 0))
    drawn = known[:MOST_COLLECTIONS]
    window = window_of(drawn, account.behaviour, now)
    findings = memory.findings(world, account.key, LINTED)
    return Chosen(
        account=account,
        now=to_text(now),
        window=window,
        shelves=[_shelf(item, account, window) for item in drawn],
        more_collections=len(known) - len(drawn),
        requests=_requests(world, account, asked, wanted, base_url, memory),
        counts={name: sum(map(is_meant, entries)) for name, is_meant in FILTERS.items()},
        dropped=world.journal.dropped(account.key),
        faults=[Fault(rule, _conditions(rule), rule.is_active(now)) for rule in sweep(dict(account.faults), now)],
        findings=findings,
        linted=min(LINTED, len(list(world.journal.entries(account.key)))),
        example=download_call(account.key, "mock-after-5s", secret=account.secret, base_url=base_url),
    )


def _shelf(item: Collection, account: Account, window: Window) -> Shelf:
    line = line_of(item, account.behaviour, window)
    return Shelf(item, item.job.schedule or item.schedule_text(account.behaviour), line, legal_targets(line.state))


def _requests(
    world: World, account: Account, asked: Asked, entries: list[Entry], base_url: str, memory: Memory
) -> list[Request]:
    latest = entries[: -MOST_REQUESTS - 1 : -1]
    rows = []
    for entry, record in zip(latest, records_of(world, latest), strict=True):
        is_open = entry.id == asked.request
        refused = bool(entry.failed or entry.detail)
        found = memory.diagnosis(world, entry, at_once=is_open) if entry.failed == "signature" else None
        why = found.summary if found else record.detail
        row = Request(record, refused, why, _remedy(found) or advice(record), is_open, found)
        if is_open:
            secret = account.secret if record.key == account.key else None
            row = msgspec.structs.replace(row, curl=curl(record, secret=secret, base_url=base_url))
        rows.append(row)
    return rows


def _remedy(found: Diagnosis | None) -> str:
    """What the doctor advises first."""
    return " ".join(made.fix for made in found.causes[0].mistakes) if found and found.causes else ""


def _conditions(rule: FaultRule) -> str:
    given = msgspec.to_builtins(rule.when)
    words = [f"{name} {value}" for name, value in given.items()]
    if rule.ttl is not None:
        words.append(f"gone after {rule.ttl:g} s")
    return ", ".join(words) or "every request"
