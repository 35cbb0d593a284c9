"""Everything that the page shows, as one value."""

import heapq
from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.collections import CollectionRow, UploadForm, collection_row, upload_form
from flipsnack_mock.admin.ui.faults import FaultForm, FaultRow, fault_form, fault_labels, fault_rows
from flipsnack_mock.admin.ui.fields import FormField, fields_of
from flipsnack_mock.admin.ui.query import PageQuery
from flipsnack_mock.admin.ui.repeat import download_call
from flipsnack_mock.admin.ui.request_list import FILTERS
from flipsnack_mock.admin.ui.request_rows import RequestRows, request_rows
from flipsnack_mock.admin.ui.snippets import Snippet, snippets
from flipsnack_mock.admin.ui.timeline import AccountLine, Window, account_line, entries_by_hash, window_of
from flipsnack_mock.faults.presets import PRESETS, Preset
from flipsnack_mock.faults.rules import PACKAGE_ACTION, FaultRule, drop_expired
from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.protocol.methods import METHODS
from flipsnack_mock.state.account import Account, Collection
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import Listed, listed, listed_uploads
from flipsnack_mock.state.world import World

MOST_ACCOUNTS = 40
MOST_COLLECTIONS = 40
LINTED = 200
"""How many of the latest requests the page lints."""


class AccountView(msgspec.Struct, frozen=True):
    """The selected account. `collections` begins with the row `first` of `all_collections`."""

    account: Account
    now: str
    window: Window
    line: AccountLine
    upload: UploadForm
    collections: Sequence[CollectionRow]
    first: int
    all_collections: int
    requests: RequestRows
    counts: dict[str, int]
    dropped: int
    latest: int
    faults: Sequence[FaultRow]
    findings: Sequence[Finding]
    linted: int
    example: Sequence[Snippet]
    settings: Sequence[FormField]


class PageView(msgspec.Struct, frozen=True):
    """The page: the server, the accounts, and the selected one (None if it does not exist).

    `accounts` are a part of the `found` keys, beginning with number `first`.
    """

    version: str
    namespace: str
    base_url: str
    query: PageQuery
    maintenance: bool
    accounts: Sequence[str]
    first: int
    found: int
    selected: AccountView | None
    actions: Sequence[str]
    presets: dict[str, Preset]
    fault_form: FaultForm
    magic: Sequence[Listed]
    magic_uploads: Sequence[tuple[str, str]]


class _AccountState(msgspec.Struct, frozen=True):
    """What the page needs of an account, read at one instant."""

    account: Account
    now: int
    rules: Sequence[FaultRule]
    own: Sequence[Entry]
    others: Sequence[Entry]
    dropped: int


def view_of(world: World, query: PageQuery, *, at: int, base_url: str, cache: PageCache) -> Callable[[], PageView]:
    """Read `world` at real time `at` (microseconds), and return what computes the view from that, without its lock.

    Changes nothing. Without an account the query means that of the asked request, or the one used last.
    """
    keys = _listed_keys(world)
    query = msgspec.structs.replace(query, account=query.account or _meant(world, query.request) or keys[0])
    account = world.existing(query.account)
    state = None if account is None else _read(world, account, at)
    maintenance = world.maintenance
    found = [key for key in keys if query.find.casefold() in key.casefold()]
    first = _page_start(query.accounts, len(found), MOST_ACCOUNTS)

    def view() -> PageView:
        return PageView(
            version=__version__,
            namespace=world.name,
            base_url=base_url,
            query=query,
            maintenance=maintenance,
            accounts=found[first : first + MOST_ACCOUNTS],
            first=first,
            found=len(found),
            selected=None if state is None else _account_view(world, state, query, base_url, cache, maintenance),
            actions=[*METHODS, PACKAGE_ACTION],
            presets=PRESETS,
            fault_form=fault_form(query.preset),
            magic=listed(),
            magic_uploads=listed_uploads(),
        )

    return view


def _listed_keys(world: World) -> list[str]:
    """All keys: those of the seed, then the others from the newest to the oldest."""
    keys = [account.key for account in world.look()]
    seeded = [key for key in keys if world.is_seeded(key)]
    return [*seeded, *(key for key in reversed(keys) if not world.is_seeded(key))] or [""]


def _meant(world: World, request: str) -> str:
    """The key of the asked request, or that of the latest one."""
    asked = world.journal.find(request)
    if asked is not None and asked.key:
        return asked.key
    rings = [ring.entries for key, ring in world.journal.rings.items() if key != NOBODY and ring.entries]
    latest = max((entries[-1] for entries in rings), key=lambda entry: entry.number, default=None)
    return latest.key if latest else ""


def _read(world: World, account: Account, at: int) -> _AccountState:
    now = account.now(at)
    copy = msgspec.structs.replace(
        account, collections=dict(account.collections), uploads=dict(account.uploads), renamed=dict(account.renamed)
    )
    return _AccountState(
        account=copy,
        now=now,
        rules=drop_expired(dict(account.faults), now),
        own=tuple(world.journal.entries(account.key)),
        others=tuple(world.journal.entries(NOBODY)),
        dropped=world.journal.dropped(account.key),
    )


def _account_view(
    world: World, state: _AccountState, query: PageQuery, base_url: str, cache: PageCache, maintenance: bool
) -> AccountView:
    account, now = state.account, state.now
    entries = list(heapq.merge(state.own, state.others, key=lambda entry: entry.number))
    window = window_of(now, query.span)
    known = sorted(account.collections.values(), key=lambda item: -_begun(item))
    first = _page_start(query.jobs, len(known), MOST_COLLECTIONS)
    calls = entries_by_hash(account, state.own)
    linted = state.own[-LINTED:]
    return AccountView(
        account=account,
        now=to_text(now),
        window=window,
        line=account_line(state.own, state.rules, window, maintenance=maintenance or account.maintenance),
        upload=upload_form(account, now),
        collections=[
            collection_row(item, account, window, calls.get(item.hash, ()))
            for item in islice(known, first, first + MOST_COLLECTIONS)
        ],
        first=first,
        all_collections=len(known),
        requests=request_rows(
            world, account, entries, query, labels=fault_labels(state.rules), base_url=base_url, cache=cache
        ),
        counts={name: sum(map(is_meant, entries)) for name, is_meant in FILTERS.items()},
        dropped=state.dropped,
        latest=entries[-1].number if entries else 0,
        faults=fault_rows(state.rules, now),
        findings=cache.findings(world, account.key, linted),
        linted=len(linted),
        example=snippets(download_call(account.key, "mock-after-5s", account.secret, base_url)),
        settings=fields_of(account.behaviour),
    )


def _begun(item: Collection) -> int:
    """When the package was first asked for, or the conversion began, whichever was later."""
    jobs = [item.job] if item.conversion is None else [item.job, item.conversion]
    return max(job.started_at or 0 for job in jobs)


def _page_start(wanted: int, count: int, size: int) -> int:
    """The first row of the page that holds the row `wanted`, or of the last page."""
    return min(wanted, max(0, count - 1)) // size * size
