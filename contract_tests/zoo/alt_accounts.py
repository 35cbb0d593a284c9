"""The accounts of the second correct server, their jobs, and the control plane that steers both.

Instants and spans of time are microseconds.
"""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

SECOND = 1_000_000
MINUTE = 60 * SECOND


@dataclass(eq=False)
class Collection:
    """A collection and its job: when it started, how often it was polled, and the state that somebody forced."""

    hash: str
    title: str
    schedule: str
    pages: int
    started_at: int | None = None
    polls: int = 0
    forced: str | None = None
    is_deleted: bool = False


@dataclass(eq=False)
class Account:
    """A key: its secret, its own clock, the instants of its counted calls, its collections by hash."""

    secret: str
    now: int = 1_700_000_000 * SECOND
    counted: list[int] = field(default_factory=list)
    collections: dict[str, Collection] = field(default_factory=dict)
    in_maintenance: bool = False


class Accounts:
    """All accounts by key. The control plane has just what the checks use of the one documented for the fake."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.in_maintenance = False
        self.serial = itertools.count(1)

    # --- jobs

    def start(self, collection: Collection, now: int) -> None:
        """Start the job, unless it has started."""
        collection.started_at = now if collection.started_at is None else collection.started_at

    def state(self, collection: Collection, now: int) -> str:
        """NEW, PROCESSING, COMPLETE or FAILED."""
        if collection.forced or collection.started_at is None:
            return collection.forced or "NEW"
        if not _is_over(collection.schedule, now - collection.started_at, collection.polls):
            return "PROCESSING"
        return "FAILED" if collection.schedule.startswith("failed") else "COMPLETE"

    # --- the control plane

    def control(self, method: str, path: str, sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Carry out one admin request; its HTTP status and answer."""
        match [unquote(part) for part in path.split("/")[2:]]:
            case []:
                return 200, {"routes": []}
            case ["maintenance"]:
                self.in_maintenance = sent["on"]
            case ["accounts"] if sent["key"] in self.accounts:
                return 409, {"error": {"message": "this key exists already"}}
            case ["accounts"]:
                self.accounts[sent["key"]] = Account(sent["secret"])
            case ["accounts", key] if method == "DELETE":
                del self.accounts[key]
            case ["accounts", key, *rest]:
                return self.control_account(self.accounts[key], rest, sent)
        return 200, {}

    def control_account(self, account: Account, path: list[str], sent: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Carry out an admin request for one account."""
        match path:
            case ["clock", "freeze"]:
                return 200, {"now_us": account.now}
            case ["clock", "advance"]:
                account.now += round(sent["seconds"] * SECOND)
            case ["maintenance"]:
                self.set_maintenance(account, on=sent["on"])
            case ["collections"]:
                return 201, {"hash": self.create_collection(account, sent)}
            case ["collections", wanted]:
                account.collections[wanted].is_deleted = True
            case ["jobs", wanted]:
                return self.control_job(account.collections[wanted], account.now, **sent)
        return 200, {}

    def set_maintenance(self, account: Account, *, on: bool) -> None:
        """Switch maintenance for one account."""
        account.in_maintenance = on

    def create_collection(self, account: Account, fields: dict[str, Any]) -> str:
        """Add a collection; its hash."""
        made = str(fields.get("hash") or f"c{next(self.serial)}")
        title, pages = fields.get("title", "A collection"), fields.get("pages", 12)
        account.collections[made] = Collection(made, title, fields["schedule"], pages)
        return made

    def control_job(self, collection: Collection, now: int, *, state: str = "") -> tuple[int, dict[str, Any]]:
        """Look at a job, which does not change it, or end it in `state`."""
        found = self.state(collection, now)
        if not state:
            return 200, {"state": found}
        if found in ("COMPLETE", "FAILED"):
            return 409, {"error": {"message": f"the job is {found} already"}}
        collection.forced = state
        return 200, {}


def _is_over(schedule: str, elapsed: int, polls: int) -> bool:
    words = schedule.removeprefix("failed").removeprefix("-") or "immediate"
    if match := re.fullmatch(r"after-([\d.]+)s", words):
        return elapsed >= round(float(match[1]) * SECOND)
    if match := re.fullmatch(r"after-(\d+)-polls?", words):
        return polls > int(match[1])
    # When a job ends that is half done at each poll is left open by the rules; here it is the fourth.
    return words == "immediate" or (words == "half-way" and polls > 3)
