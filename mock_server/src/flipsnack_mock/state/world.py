"""The store of accounts. One world is one server; a namespace (`/t/<name>/`) is a world of its own."""

import re
import threading
from collections.abc import Callable, Iterable, KeysView
from typing import Any

from flipsnack_mock.documents.archive import Package, build_package
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, KEY_PATTERN, automatic_secret
from flipsnack_mock.protocol.secrets import Secrets
from flipsnack_mock.state.account import Account, Collection, account_id, new_account
from flipsnack_mock.state.counters import Counters
from flipsnack_mock.state.journal import Journal, Retention
from flipsnack_mock.state.seeds import SeedAccount
from flipsnack_mock.state.settings import Settings

PackageOf = Callable[[Collection], Package]

_KEY = re.compile(KEY_PATTERN)


def drawn_package(collection: Collection) -> Package:
    """The package of `collection` with pages that the fake draws."""
    return build_package(collection.hash, collection.title, collection.pages, collection.package_bytes)


class World:
    """The accounts of one server, and the state that they share.

    Hold `lock` to read or change it: the state of a key changes at once or not at all.
    """

    def __init__(
        self, settings: Settings, name: str = "", package_of: PackageOf | None = None, *, beside: "World | None" = None
    ) -> None:
        """Make the world that `settings` describe; `name` is its namespace, `beside` the main world of its server.

        `package_of` gives the package of a collection; by default its pages are drawn.
        """
        self.package_of: PackageOf = package_of or (beside.package_of if beside else drawn_package)
        self.settings = settings
        self.name = name
        self.behaviour = settings.behaviour()
        # An entry of one journal may take the place of one of another, so all worlds of a server have one lock.
        self.lock: threading.RLock = beside.lock if beside else threading.RLock()
        self.retention: Retention = beside.retention if beside else Retention(settings.journal_total)
        self.maintenance = False
        self.journal = Journal(settings.journal_size, self.retention)
        self.counters = Counters()
        self.journal.listeners.append(self.counters.count)
        self._begun = 0
        self.latest = 0
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, str] = {}
        self.secrets = Secrets()
        self._seeds = {seed.key: seed for seed in settings.seed}
        self.reset()

    @property
    def accounts(self) -> Iterable[Account]:
        """Every account there is, oldest first, for who changes nothing of them that must be kept."""
        return self._accounts.values()

    def accounts_at(self, real: int) -> list[Account]:
        """The same for who shows their time when real time is `real`: it moves on, and goes back for none of them."""
        self.latest = max(self.latest, real)
        return list(self.accounts)

    @property
    def keys(self) -> KeysView[str]:
        """The keys of all accounts, oldest first."""
        return self._accounts.keys()

    def find(self, key: str) -> Account | None:
        """The account of `key`, or None; one whose key begins with `test-` is created.

        Raises `Refused` when the world is full.
        """
        account = self._accounts.get(key)
        if account is None and key.startswith(AUTOMATIC_PREFIX) and _KEY.fullmatch(key):
            return self.add(self.begin(self.seed_of(key)))
        return account

    def existing(self, key: str) -> Account | None:
        """The account of `key`, or None; none is created."""
        return self._accounts.get(key)

    def look_at(self, key: str) -> Account | None:
        """The same for who changes nothing of it that must be kept."""
        return self._accounts.get(key)

    @property
    def seeded(self) -> KeysView[str]:
        """The keys of the seed, whether or not their accounts still exist."""
        return self._seeds.keys()

    def find_by_id(self, public_id: str) -> Account | None:
        """The account with this public id, or None."""
        return self._accounts.get(self._keys.get(public_id, ""))

    def add(self, account: Account) -> Account:
        """Add `account`, in place of one with the same key; raises `Refused` when the world is full."""
        if account.key not in self._accounts and len(self._accounts) >= self.settings.max_accounts:
            raise _full("accounts", len(self._accounts), self.settings.max_accounts, " or delete some")
        self._forget_secret(account.key)
        self.secrets.add(account.secret)
        self._accounts[account.key] = account
        self._keys[account_id(account.key)] = account.key
        return account

    def remove(self, key: str) -> None:
        """Remove the account of `key` and its journal."""
        self._forget_secret(key)
        del self._accounts[key]
        del self._keys[account_id(key)]
        self.journal.forget(key)

    def _forget_secret(self, key: str) -> None:
        known = self._accounts.get(key)
        if known is not None:
            self.secrets.remove(known.secret)

    def reset_account(self, key: str) -> Account:
        """Replace the account of `key` by a new one, as it began."""
        self.journal.forget(key)
        return self.add(self.begin(self.seed_of(key)))

    def begin(self, seed: SeedAccount) -> Account:
        """A new account as `seed` describes it; it is not added to the world."""
        self._begun += 1
        return new_account(seed, self.behaviour, life=self._begun)

    def reset(self) -> list[dict[Any, Any]]:
        """Replace all accounts by those that the server started with, as `replace` does."""
        return self.replace([self.begin(seed) for seed in self._seeds.values()], maintenance=False)

    def replace(self, accounts: Iterable[Account], *, maintenance: bool) -> list[dict[Any, Any]]:
        """Replace all accounts by these, at once, clear the journal, and return what is no longer needed.

        The lock is taken here, for the shortest time.
        """
        found = {account.key: account for account in accounts}
        keys = {account_id(key): key for key in found}
        secrets = Secrets(account.secret for account in found.values())
        with self.lock:
            removed: list[dict[Any, Any]] = [self._accounts, self._keys, self.secrets.counted, self.journal.clear()]
            self._become(found, maintenance=maintenance)
            self._keys, self.secrets = keys, secrets
            return removed

    def _become(self, accounts: dict[str, Account], *, maintenance: bool) -> None:
        self._accounts, self.maintenance, self.latest = accounts, maintenance, 0

    def save(self) -> None:
        """Keep what changed beyond the end of the process, where the world is one that is kept; call it with `lock`.

        Raises `Refused` with the reason when it could not be kept; the next call tries again.
        """

    def end(self) -> None:
        """Forget the journal, as the world is no longer used; raises `Refused` as `save` does."""
        self.journal.clear()

    def seed_of(self, key: str) -> SeedAccount:
        """What the account of `key` begins with."""
        if key in self._seeds:
            return self._seeds[key]
        known = self._accounts.get(key)
        return SeedAccount(key=key, secret=known.secret if known else automatic_secret(key))


class Worlds:
    """The worlds of one process: the main one, and one for each namespace `/t/<name>/` that was used."""

    def __init__(
        self, settings: Settings, package_of: PackageOf | None = None, *, make: Callable[..., World] = World
    ) -> None:
        """Make the worlds by `make`, which takes the arguments of `World`."""
        self.settings = settings
        self._make = make
        self.main = make(settings, package_of=package_of)
        self._namespaces: dict[str, World] = {}

    def world(self, name: str) -> World:
        """The world of a namespace, created on first use; the main one for the empty name.

        Raises `Refused` for a name that is a secret, as `begin` does, and as `World.save` does.
        """
        if not name:
            return self.main
        return self._namespaces.get(name) or self._new(name)

    def _new(self, name: str) -> World:
        # The name stands in addresses, exports and metrics.
        if name.lower() in self.main.secrets or automatic_secret(AUTOMATIC_PREFIX) in name.lower():
            raise Refused(400, "bad_request", "the name of the namespace is the secret of an account; choose another")
        return self.begin(name)

    def begin(self, name: str) -> World:
        """Create the world of a namespace, if there is none; raises `Refused` when there are too many."""
        with self.main.lock:
            if name not in self._namespaces:
                if len(self._namespaces) >= self.settings.max_namespaces:
                    raise _full("namespaces", len(self._namespaces), self.settings.max_namespaces)
                world = self._make(self.settings, name, beside=self.main)
                world.save()
                self._namespaces[name] = world
            return self._namespaces[name]

    def documents(self) -> set[str]:
        """The digests of all documents that a collection was made of which is not deleted."""
        # Without the lock: who holds it may wait for the caller. Each list is copied in one step.
        worlds = [self.main, *self._namespaces.copy().values()]
        accounts = [account for world in worlds for account in list(world.accounts)]
        kept = [item for account in accounts for item in list(account.collections.values()) if not item.deleted]
        return {item.document.digest for item in kept if item.document is not None}

    def names(self) -> list[str]:
        """The namespaces that exist."""
        return list(self._namespaces)

    def remove(self, name: str) -> None:
        """Forget a namespace; raises `KeyError` when it does not exist, and `Refused` as `World.save` does."""
        with self.main.lock:
            self._namespaces[name].end()
            del self._namespaces[name]


def _full(what: str, count: int, limit: int, otherwise: str = "") -> Refused:
    setting = f"max_{what}"
    message = f"there are {count} {what} already; raise the setting {setting}{otherwise}"
    return Refused(503, "full", message, **{setting: limit})
