"""Running a recorded journal again, on a fresh world with the recorded clock, and comparing the answers.

Nothing is sent anywhere: requests go through the door and changes through the handlers of the control plane, each at
the instant it had. Signatures are not in a trace; a request whose signature was right is signed anew, any other gets a
wrong one. Resource URLs are handed out anew too, so they are compared but for their signature.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from flipsnack_mock.admin.routes import ROUTES, Context
from flipsnack_mock.api import handler as api
from flipsnack_mock.api.fault_injection import NO_CONNECTION
from flipsnack_mock.inspect.masking import MASK, Mask, rewritten
from flipsnack_mock.inspect.ndjson import Step, Trace
from flipsnack_mock.inspect.records import API, Record, record_of
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.messages import Request
from flipsnack_mock.protocol.paths import PACKAGE_PREFIX
from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World, Worlds

__all__ = ["Divergence", "Incomplete", "Outcome", "replay"]

_WRONG_SIGNATURE = "0" * 32
_LABEL = re.compile(re.escape(MASK) + "[0-9a-f]{8}")
_URL_SIGNATURE = re.compile(r"[?&]Signature=([^&]+)")


def _unlabelled(headers: dict[str, str]) -> dict[str, str]:
    return {name: _LABEL.sub(MASK, value) for name, value in headers.items()}


_COMPARED: dict[str, Callable[[Record], Any]] = {
    "code": lambda record: record.code,
    "failed check": lambda record: record.failed,
    "rule": lambda record: record.rule,
    "fault": lambda record: record.fault,
    "job": lambda record: record.status,
    "HTTP status": lambda record: record.answer and record.answer.http_status,
    "content type": lambda record: record.answer and record.answer.content_type,
    "length": lambda record: record.answer and record.answer.bytes,
    "headers": lambda record: record.answer and _unlabelled(record.answer.headers),
    "body": lambda record: record.answer and _LABEL.sub(MASK, record.answer.body),
}


class Incomplete(ValueError):
    """A trace that lacks its beginning, because the journal had no room for it."""


class Divergence(msgspec.Struct, frozen=True):
    """Where a replay parted from its trace: the line, what was done there, and what is otherwise (recorded, now)."""

    line: int
    what: str
    differs: dict[str, tuple[Any, Any]]

    def __str__(self) -> str:
        rows = [f"  {name}: recorded {before!r}, now {now!r}" for name, (before, now) in self.differs.items()]
        return "\n".join([f"line {self.line}, {self.what}", *rows])


class Outcome(msgspec.Struct, frozen=True):
    """What a replay came to: how many requests it compared up to the first divergence, how many it had to leave out."""

    compared: int
    left_out: int
    divergence: Divergence | None = None


def replay(trace: Trace) -> Outcome:
    """Run `trace` again up to the first divergence; raises `Incomplete` when it lacks entries.

    A request that was longer than the journal keeps is left out.
    """
    if trace.header.dropped:
        size = trace.header.settings.journal_size
        raise Incomplete(
            f"{trace.header.dropped} entries are missing at its beginning, so it cannot be run again; raise the "
            f"setting journal_size (it was {size}), export one account alone (?key=), or empty the journal in between"
        )
    stage = _Stage(trace)
    compared = left_out = 0
    for number, line in trace.lines:
        if line.change is not None:
            divergence = stage.change(number, line.change)
        elif line.request is not None and line.request.cut:
            left_out += 1
            continue
        else:
            divergence = stage.request(number, line.request) if line.request is not None else None
            compared += 1
        if divergence is not None:
            return Outcome(compared, left_out, divergence)
    return Outcome(compared, left_out)


class _Stage:
    """The fresh world, and the signatures of resource URLs by the mask they have in the trace."""

    def __init__(self, trace: Trace) -> None:
        self._worlds = Worlds(trace.header.settings)
        self._world = World(trace.header.settings, trace.header.world)
        self._urls: dict[str, str] = {}

    def change(self, line: int, step: Step) -> Divergence | None:
        if step.account is not msgspec.UNSET:
            self._put(step.key, step.account)
            return None
        what = f"{step.id} {step.method} {step.path}"
        route = next((one for one in ROUTES if (one.method, one.path) == (step.method, step.path)), None)
        if route is None:
            return Divergence(line, what, {"route": ("there", "unknown to this version")})
        body = b"" if step.body is None else msgspec.json.encode(step.body)
        try:
            route.handler(Context(self._world, step.at_us, step.args, {}, body, self._worlds, {}))
        except Refused as refusal:
            return Divergence(line, what, {"answer": ("done", refusal.message)})
        return None

    def _put(self, key: str, account: Account | None) -> None:
        if account is not None:
            self._world.add(account)
        elif self._world.existing(key) is not None:
            self._world.remove(key)

    def request(self, line: int, recorded: Record) -> Divergence | None:
        entry = api.handle(self._request(recorded), self._world)[1]
        account = self._world.existing(entry.key)
        now = record_of(entry, Mask(account.secret if account else None))
        self._learn(recorded, entry)
        differs = {name: (of(recorded), of(now)) for name, of in _COMPARED.items() if of(recorded) != of(now)}
        what = f"{recorded.id} {recorded.method} {recorded.path}?{recorded.query} at {recorded.virtual} of its account"
        return Divergence(line, what, differs) if differs else None

    def _request(self, recorded: Record) -> Request:
        plant = self._signed(recorded) if recorded.kind == API else self._url_signed
        return Request(
            method=recorded.method,
            path=recorded.path,
            query=rewritten(recorded.query, "", plant).encode("latin-1"),
            at=recorded.at_us,
            origin=recorded.origin,
            content_type=recorded.content_type,
            body=rewritten(recorded.body, recorded.content_type, plant).encode("latin-1"),
            range=recorded.range,
            conditions=recorded.conditions,
            # Whether a connection can be cut depends on the server, which a replay has none of.
            cuttable=NO_CONNECTION not in recorded.detail,
        )

    def _signed(self, recorded: Record) -> Callable[[str, str], str]:
        account = self._world.find(recorded.params.get("apiKey", ""))
        signature = _WRONG_SIGNATURE
        if recorded.signature != "wrong" and account is not None:
            signature = sign(account.secret, recorded.params)
        return lambda name, value: signature if name == "signature" and value == MASK else value

    def _url_signed(self, name: str, value: str) -> str:
        return self._urls.get(value, value) if name == "Signature" else value

    def _learn(self, recorded: Record, entry: Entry) -> None:
        given = (entry.data or {}).get("resourceUrl")
        if recorded.answer is None or recorded.answer.url is None or not isinstance(given, str):
            return
        found = _URL_SIGNATURE.search(given)
        if found is not None and PACKAGE_PREFIX in given:
            self._urls[recorded.answer.url.partition("?")[2]] = found[1]
