"""Everything that the page shows, as one value."""

import heapq
from collections.abc import Callable, Sequence

import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.admin.ui.account_list import AccountList, account_list, keys_of, meant_key
from flipsnack_mock.admin.ui.cache import PageCache
from flipsnack_mock.admin.ui.collections import CollectionList, UploadForm, collection_list, upload_form
from flipsnack_mock.admin.ui.faults import FaultForm, FaultRow, fault_form, fault_labels, fault_rows
from flipsnack_mock.admin.ui.fields import LINES, FormField, fields_of
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
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import NOBODY, Entry
from flipsnack_mock.state.magic import Listed, listed, listed_uploads
from flipsnack_mock.state.world import World

LINTED = 200
"""How many of the latest requests the page lints."""


class AccountView(msgspec.Struct, frozen=True):
    """The selected account."""

    account: Account
    now: str
    window: Window
    line: AccountLine
    upload: UploadForm
    collections: CollectionList
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
    """The page: the server, the accounts, and the selected one (None if it does not exist)."""

    version: str
    namespace: str
    base_url: str
    query: PageQuery
    maintenance: bool
    accounts: AccountList
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
    maintenance: bool


def view_of(world: World, query: PageQuery, *, at: int, base_url: str, cache: PageCache) -> Callable[[], PageView]:
    """Read `world` at real time `at` (microseconds), and return what computes the view from that, without its lock.

    Changes nothing. Without an account the query means that of the asked request, or the one that was used last.
    """
    keys, maintenance = keys_of(world), world.maintenance
    query = msgspec.structs.replace(query, account=meant_key(world, query, keys))
    account = world.existing(query.account)
    state = None if account is None else _read(world, account, at)

    def view() -> PageView:
        return PageView(
            version=__version__,
            namespace=world.name,
            base_url=base_url,
            query=query,
            maintenance=maintenance,
            accounts=account_list(keys, query),
            selected=None if state is None else _account_view(world, state, query, base_url, cache),
            actions=[*METHODS, PACKAGE_ACTION],
            presets=PRESETS,
            fault_form=fault_form(query.preset),
            magic=listed(),
            magic_uploads=listed_uploads(),
        )

    return view


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
        maintenance=world.maintenance or account.maintenance,
    )


def _account_view(world: World, state: _AccountState, query: PageQuery, base_url: str, cache: PageCache) -> AccountView:
    account, now = state.account, state.now
    entries = list(heapq.merge(state.own, state.others, key=lambda entry: entry.number))
    window = window_of(now, query.span)
    linted, labels = state.own[-LINTED:], fault_labels(state.rules)
    return AccountView(
        account=account,
        now=to_text(now),
        window=window,
        line=account_line(state.own, state.rules, window, maintenance=state.maintenance),
        upload=upload_form(account, now),
        collections=collection_list(account, window, entries_by_hash(account, state.own), query.jobs),
        requests=request_rows(world, account, entries, query, labels=labels, base_url=base_url, cache=cache),
        counts={name: sum(map(is_meant, entries)) for name, is_meant in FILTERS.items()},
        dropped=state.dropped,
        latest=entries[-1].number if entries else 0,
        faults=fault_rows(state.rules, now),
        findings=cache.findings(world, account.key, linted),
        linted=len(linted),
        example=snippets(download_call(account.key, "mock-after-5s", account.secret, base_url)),
        settings=sorted(fields_of(account.behaviour), key=lambda field: field.kind == LINES),
    )
