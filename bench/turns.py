"""How long the event loop is held by each route, with the largest state and the longest input that are allowed."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator

from bench import long_documents
from bench.accounts import fill
from bench.figure import Figure
from bench.memory import NO_LIMITS
from bench.process import Serving
from bench.size import Size
from bench.throughput import signed, signed_target
from bench.turn import Asked, ask, turns, watched

JOURNALS, JOURNALED = 10, 10_000
COLLECTIONS, FIGURES, RULES = 10_000, 50, 1_000
SNAPSHOT_BYTES = 9_800_000

ADMIN = "/__admin"
PARAMS = {f"p{number}": "v" for number in range(100)}
EXPECTATION = {"match": {"action": "x", "params": PARAMS}}
MANY_PAGES = [{"date": "2026-11-28", "pages": [{"page": 1}] * 999}] * FIGURES


def _reads() -> Iterator[Asked]:
    for path in (
        *("", "/accounts", "/faults", "/settings", "/rules", "/methods", "/metrics", "/openapi.json", "/magic"),
        *("/requests?limit=1000000", "/requests?path=x", "/requests/count?action=x", "/requests.ndjson"),
        *("/requests/wait?action=x&timeout=0.01", "/requests/wait?count=1000000&timeout=0", "/requests.har", "/lint"),
        *("/snapshot", "/snapshot?documents=true", "/export", "/export?format=json"),
        *("/ui", "/ui?account=test-full", "/ui?find=z", "/ui?text=z", "/ui/download/accounts.toml"),
    ):
        yield Asked("GET", ADMIN + path)
    for path in ("", "/collections", "/jobs", "/faults", "/uploads", "/settings", "/snapshot"):
        yield Asked("GET", f"{ADMIN}/accounts/test-full{path}")


def _writes() -> Iterator[Asked]:
    yield Asked("POST", f"{ADMIN}/requests/verify", {"expectations": [EXPECTATION] * 100})
    yield Asked("POST", f"{ADMIN}/explain", {"params": {f"p{number}": "v" * 1_000 for number in range(1_000)}})
    yield Asked("POST", f"{ADMIN}/ui", b"do=freeze&key=" + b"%41" * 33_000)
    yield Asked("PATCH", f"{ADMIN}/accounts/test-full/settings", {str(number): 1 for number in range(80_000)})
    yield Asked("PUT", f"{ADMIN}/accounts/test-full/collections/0/statistics", MANY_PAGES)
    yield Asked("POST", f"{ADMIN}/accounts/test-full/fork", {"key": f"twin-{time.monotonic()}"})
    for action in ("collection.getList", "user.getStats"):
        for answer_format in ("json", "xml"):
            yield Asked("GET", signed("test-full", action, format=answer_format))


def measure(size: Size) -> Iterator[Figure]:
    """For each request the longest turn of the loop; without a state file and with one, then for long documents."""
    with watched(NO_LIMITS) as full:
        _fill(full.server, size)
        yield from turns(full, (*_reads(), *_writes(), *_restores(full.server)))
    with (
        tempfile.TemporaryDirectory() as folder,
        watched(NO_LIMITS | {"FLIPSNACK_MOCK_STATE": f"{folder}/state"}) as kept,
    ):
        _fill(kept.server, size)
        yield from turns(kept, (asked._replace(label="state:") for asked in (*_writes(), *_restores(kept.server))))
    yield from long_documents.measure(size)


def _fill(server: Serving, size: Size) -> None:
    fill(server, (signed_target(f"test-crowd-{number}", "mock-never") for number in range(size.accounts * 99 // 100)))
    journaled = min(JOURNALED, 10 * size.accounts)
    fill(server, (signed_target(f"test-{number % JOURNALS}", "mock-complete") for number in range(journaled)))
    ask(server, Asked("GET", f"{ADMIN}/accounts/test-full"))
    ask(server, Asked("DELETE", f"{ADMIN}/accounts/test-full"))
    collections = [{"hash": f"{number:x}"} for number in range(COLLECTIONS)]
    ask(server, Asked("POST", f"{ADMIN}/accounts", {"key": "test-full", "collections": collections}))
    rule = {"fault": {"kind": "delay", "seconds": 0}, "when": {"params": PARAMS}}
    for _ in range(min(RULES, size.accounts)):
        ask(server, Asked("POST", f"{ADMIN}/accounts/test-full/faults", rule))


def _restores(server: Serving) -> Iterator[Asked]:
    """One account as it is, and as many of all as a snapshot may hold; then what empties the server."""
    path = f"{ADMIN}/accounts/test-full/snapshot"
    yield Asked("PUT", path, ask(server, Asked("GET", path)))
    snapshot = json.loads(ask(server, Asked("GET", f"{ADMIN}/snapshot")))
    length, kept = 0, []
    for account in snapshot["accounts"]:
        length += len(json.dumps(account))
        if length < SNAPSHOT_BYTES:
            kept.append(account)
    yield Asked("PUT", f"{ADMIN}/snapshot", snapshot | {"accounts": kept})
    yield Asked("DELETE", f"{ADMIN}/requests")
    yield Asked("POST", f"{ADMIN}/reset", {})
