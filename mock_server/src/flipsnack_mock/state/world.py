"""The store of accounts. One world is one server; a namespace (`/t/<name>/`) is a world of its own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable

from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, KEY_PATTERN, automatic_secret
from flipsnack_mock.state.account import Account, account_id, new_account
from flipsnack_mock.state.counters import Tally
from flipsnack_mock.state.journal import Journal
from flipsnack_mock.state.settings import SeedAccount, Settings

__all__ = ["World", "Worlds"]

_KEY = re.compile(KEY_PATTERN)


class World:
    """All accounts of one server, and what holds for all of them.

    Whoever reads or changes it holds `lock`: so all state of a key changes at once or not at all.
    """

    def __init__(self, settings: Settings, name: str = "") -> None:
        """Make the world that `settings` describe; `name` is its namespace."""
        self.settings = settings
        self.name = name
        self.behaviour = settings.behaviour()
        self.lock = threading.RLock()
        self.maintenance = False
        self.journal = Journal(settings.journal_size)
        self.tally = Tally()
        self.journal.listeners.append(self.tally.count)
        self._begun = 0
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, str] = {}
        self._seeds = {seed.key: seed for seed in settings.seed}
        self.reset()

    @property
    def accounts(self) -> Iterable[Account]:
        """Every account there is, oldest first."""
        return self._accounts.values()

    def find(self, key: str) -> Account | None:
        """The account of `key`, or None; a key that begins with `test-` comes into being here.

        Raises `Refused` when there is no room for it.
        """
        account = self._accounts.get(key)
        if account is None and key.startswith(AUTOMATIC_PREFIX) and _KEY.fullmatch(key):
            return self.add(self.begin(self.seed_of(key)))
        return account

    def existing(self, key: str) -> Account | None:
        """The account of `key` if there is one; none comes into being."""
        return self._accounts.get(key)

    def is_seeded(self, key: str) -> bool:
        """Whether the account of `key` is there from the start."""
        return key in self._seeds

    def find_by_id(self, public_id: str) -> Account | None:
        """The account with this public id, or None."""
        return self._accounts.get(self._keys.get(public_id, ""))

    def add(self, account: Account) -> Account:
        """Put `account` into the world, in place of one with the same key; raises `Refused` when the world is full."""
        if account.key not in self._accounts and len(self._accounts) >= self.settings.max_accounts:
            raise Refused(
                503,
                "full",
                f"there are {len(self._accounts)} accounts already; raise the setting max_accounts or delete some",
                max_accounts=self.settings.max_accounts,
            )
        self._accounts[account.key] = account
        self._keys[account_id(account.key)] = account.key
        return account

    def remove(self, key: str) -> None:
        """Take the account of `key` out of the world, and what the journal holds of it."""
        del self._accounts[key]
        del self._keys[account_id(key)]
        self.journal.forget(key)

    def reset_account(self, key: str) -> Account:
        """Put the account of `key` back to how it began, in one swap."""
        self.journal.forget(key)
        return self.add(self.begin(self.seed_of(key)))

    def begin(self, seed: SeedAccount) -> Account:
        """A new account as `seed` describes it, not in the world yet."""
        self._begun += 1
        return new_account(seed, self.behaviour, life=self._begun)

    def reset(self) -> None:
        """Put everything back to how the server started."""
        self.replace([self.begin(seed) for seed in self._seeds.values()], maintenance=False)

    def replace(self, accounts: Iterable[Account], *, maintenance: bool) -> None:
        """Put these accounts in the place of all that there are, in one swap; nothing is remembered of what was."""
        self._accounts = {account.key: account for account in accounts}
        self._keys = {account_id(key): key for key in self._accounts}
        self.maintenance = maintenance
        self.journal.clear()

    def seed_of(self, key: str) -> SeedAccount:
        """What the account of `key` begins with."""
        if key in self._seeds:
            return self._seeds[key]
        known = self._accounts.get(key)
        return SeedAccount(key=key, secret=known.secret if known else automatic_secret(key))


class Worlds:
    """The worlds of one process: the main one, and a namespace for each `/t/<name>/` that was used."""

    def __init__(self, settings: Settings) -> None:
        """Make the main world."""
        self.settings = settings
        self.main = World(settings)
        self._namespaces: dict[str, World] = {}
        self._lock = threading.Lock()

    def world(self, name: str) -> World:
        """The world of a namespace, made on first use; the main one for the empty name.

        Raises `Refused` when there are too many.
        """
        if not name:
            return self.main
        with self._lock:
            world = self._namespaces.get(name)
            if world is None:
                if len(self._namespaces) >= self.settings.max_namespaces:
                    raise Refused(
                        503,
                        "full",
                        f"there are {len(self._namespaces)} namespaces already; raise the setting max_namespaces",
                        max_namespaces=self.settings.max_namespaces,
                    )
                world = self._namespaces[name] = World(self.settings, name)
            return world

    def names(self) -> list[str]:
        """The namespaces that exist."""
        return list(self._namespaces)

    def remove(self, name: str) -> None:
        """Forget a namespace; raises `KeyError` when it does not exist."""
        with self._lock:
            del self._namespaces[name]
