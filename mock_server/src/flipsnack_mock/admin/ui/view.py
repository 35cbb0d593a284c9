"""Everything that the page shows, as one value."""

from collections.abc import Callable, Sequence

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.collections import CollectionRow, UploadForm, collection_row, upload_form
from flipsnack_mock.admin.ui.curl import curl, download_call
from flipsnack_mock.admin.ui.remediation import remediation
from flipsnack_mock.admin.ui.timeline import Window, window_of
from flipsnack_mock.doctor.diagnosis import Diagnosis
from flipsnack_mock.faults.presets import PRESETS, Preset
from flipsnack_mock.faults.rules import PACKAGE_ACTION, FaultRule, drop_expired
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import Listed, listed, listed_uploads
from flipsnack_mock.state.world import World

MOST_ACCOUNTS = 40
MOST_COLLECTIONS = 40
MOST_REQUESTS = 50
LINTED = 200
"""How many of the latest requests the page lints."""

FILTERS: dict[str, Callable[[Entry], bool]] = {
    "all": lambda entry: bool(entry.key),
    "refused": lambda entry: bool(entry.key and (entry.failed or entry.detail)),
    "with fault": lambda entry: bool(entry.fault),
    "unknown key": lambda entry: not entry.key,
}
"""Filters of the list of requests: the account's own, or those with an unknown (perhaps mistyped) key."""


class PageQuery(msgspec.Struct, frozen=True):
    """The query of the page: the account, the request to show in full, and the filter of requests."""

    account: str = ""
    request: str = ""
    show: str = "all"


class RequestRow(msgspec.Struct, frozen=True):
    """A request: why it was refused, what to do about it, and its details if it is `open`."""

    record: Record
    refused: bool
    why: str
    todo: str
    open: bool = False
    diagnosis: Diagnosis | None = None
    curl: str = ""


class FaultRow(msgspec.Struct, frozen=True):
    """A fault rule, its conditions as text, and whether it can still hit a request."""

    rule: FaultRule
    when: str
    active: bool


class AccountView(msgspec.Struct, frozen=True):
    """The selected account."""

    account: Account
    now: str
    window: Window
    upload: UploadForm
    collections: Sequence[CollectionRow]
    more_collections: int
    requests: Sequence[RequestRow]
    counts: dict[str, int]
    dropped: int
    faults: Sequence[FaultRow]
    findings: Sequence[Finding]
    linted: int
    example: str


class PageView(msgspec.Struct, frozen=True):
    """The page: the server, the accounts, and the selected one (None if it does not exist)."""

    version: str
    namespace: str
    base_url: str
    query: PageQuery
    maintenance: bool
    accounts: Sequence[str]
    more_accounts: int
    selected: AccountView | None
    actions: Sequence[str]
    presets: dict[str, Preset]
    magic: Sequence[Listed]
    magic_uploads: Sequence[tuple[str, str]]


def view_of(world: World, query: PageQuery, *, at: int, base_url: str, cache: PageCache) -> PageView:
    """The view at real time `at` (microseconds). Changes nothing."""
    keys = [account.key for account in world.look()]
    query = msgspec.structs.replace(query, account=query.account or _last_used(world) or next(iter(keys), ""))
    account = world.existing(query.account)
    shown = keys[-MOST_ACCOUNTS:]
    if account is not None and account.key not in shown:
        shown.insert(0, account.key)
    return PageView(
        version=__version__,
        namespace=world.name,
        base_url=base_url,
        query=query,
        maintenance=world.maintenance,
        accounts=shown,
        more_accounts=len(keys) - len(shown),
        selected=None if account is None else _account_view(world, account, query, at, base_url, cache),
        actions=[*METHODS, PACKAGE_ACTION],
        presets=PRESETS,
        magic=listed(),
        magic_uploads=listed_uploads(),
    )


def _last_used(world: World) -> str:
    """The key that was used last."""
    rings = [ring.entries for key, ring in world.journal.rings.items() if key != NOBODY and ring.entries]
    latest = max((entries[-1] for entries in rings), key=lambda entry: entry.number, default=None)
    return latest.key if latest else ""


def _account_view(
    world: World, account: Account, query: PageQuery, at: int, base_url: str, cache: PageCache
) -> AccountView:
    now = account.now(at)
    entries = [*world.journal.entries(account.key), *world.journal.entries(NOBODY)]
    wanted = [entry for entry in entries if FILTERS[query.show](entry)]
    known = sorted(account.collections.values(), key=lambda item: -_begun(item))
    drawn = known[:MOST_COLLECTIONS]
    window = window_of(drawn, account.behaviour, now)
    findings = cache.findings(world, account.key, LINTED)
    return AccountView(
        account=account,
        now=to_text(now),
        window=window,
        upload=upload_form(account, now),
        collections=[collection_row(item, account, window) for item in drawn],
        more_collections=len(known) - len(drawn),
        requests=_requests(world, account, query, wanted, base_url, cache),
        counts={name: sum(map(is_meant, entries)) for name, is_meant in FILTERS.items()},
        dropped=world.journal.dropped(account.key),
        faults=[
            FaultRow(rule, _conditions(rule), rule.is_active(now)) for rule in drop_expired(dict(account.faults), now)
        ],
        findings=findings,
        linted=min(LINTED, len(list(world.journal.entries(account.key)))),
        example=download_call(account.key, "mock-after-5s", secret=account.secret, base_url=base_url),
    )


def _begun(item: Collection) -> int:
    """When the package was first asked for, or the conversion began, whichever was later."""
    jobs = [item.job] if item.conversion is None else [item.job, item.conversion]
    return max(job.started_at or 0 for job in jobs)


def _requests(
    world: World, account: Account, query: PageQuery, entries: list[Entry], base_url: str, cache: PageCache
) -> list[RequestRow]:
    latest = entries[: -MOST_REQUESTS - 1 : -1]
    rows = []
    for entry, record in zip(latest, records_of(world, latest), strict=True):
        is_open = entry.id == query.request
        refused = bool(entry.failed or entry.detail)
        found = cache.diagnosis(world, entry, at_once=is_open) if entry.failed == "signature" else None
        why = found.summary if found else record.detail
        row = RequestRow(record, refused, why, _doctor_fix(found) or remediation(record), is_open, found)
        if is_open:
            secret = account.secret if record.key == account.key else None
            row = msgspec.structs.replace(row, curl=curl(record, secret=secret, base_url=base_url))
        rows.append(row)
    return rows


def _doctor_fix(found: Diagnosis | None) -> str:
    """The fix for the likeliest cause."""
    return " ".join(made.fix for made in found.causes[0].mistakes) if found and found.causes else ""


def _conditions(rule: FaultRule) -> str:
    given = msgspec.to_builtins(rule.when)
    words = [f"{name} {value}" for name, value in given.items()]
    if rule.ttl is not None:
        words.append(f"expires after {rule.ttl:g} s")
    return ", ".join(words) or "every request"
