"""Fault rules: which requests a fault meets, how often, and how long the rule lives. Pure values in an account's state.

One request meets one fault at most: rules are asked in the order they were made, and a rule sees (and counts) only the
requests that match it and that no earlier rule has disturbed.
"""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.faults.base import Draw, Moment
from flipsnack_mock.faults.content import (
    EmptyBody,
    InvalidJson,
    InvalidXml,
    InvalidZip,
    UrlLifetime,
    UrlOrigin,
    WrongByte,
    WrongContentType,
)
from flipsnack_mock.faults.randomness import fraction
from flipsnack_mock.faults.replacements import Outage, Redirect, VendorCode, Verbatim
from flipsnack_mock.faults.transport import (
    ConnectionReset,
    Delay,
    DripFeed,
    EmptyReply,
    Garbage,
    LognormalDelay,
    Truncate,
    UniformDelay,
)
from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.protocol.identifiers import Hash
from flipsnack_mock.protocol.instants import SECOND

__all__ = ["FaultKind", "FaultRule", "PACKAGE_ACTION", "Seen", "When", "meet", "retract", "sweep"]

PACKAGE_ACTION = "package"
"""What stands for `action` when a package is downloaded from its resource URL."""

FaultKind = (
    VendorCode | Verbatim | Redirect | Outage | Delay | UniformDelay | LognormalDelay | DripFeed | Truncate
    | ConnectionReset | EmptyReply | Garbage | WrongContentType | EmptyBody | InvalidJson | InvalidXml | InvalidZip
    | WrongByte | UrlLifetime | UrlOrigin
)  # fmt: skip

Instant = Annotated[datetime.datetime, Meta(tz=True)] | Annotated[float, Meta(ge=0, le=253_402_300_799)]
Span = Annotated[float, Meta(gt=0, le=316_224_000)]
Ordinal = Annotated[int, Meta(ge=1, le=1_000_000_000)]
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class Seen(msgspec.Struct, frozen=True):
    """A request as a rule sees it; `has_body` is whether its answer will have one."""

    action: str
    hash: str
    params: dict[str, str]
    has_body: bool = True

    @property
    def subject(self) -> str:
        """What the request is: a call, or the download of a package."""
        return "package" if self.action == PACKAGE_ACTION else "call"


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The conditions of a rule, all of which must hold.

    `action` is a method or `package`, `hash` a collection's, `params` parameters with exactly these values. Of the
    requests that match, the fault meets the `nth`, or each `every`-th, or a random `share` (repeatable by `seed`). It
    does so `from` and `until` an instant of the account's clock, or for `seconds` from the rule's creation.
    """

    action: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    hash: Hash | None = None
    params: dict[str, str] = {}
    nth: Ordinal | None = None
    every: Ordinal | None = None
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: int = 0
    start: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None
    seconds: Span | None = None

    def __post_init__(self) -> None:
        """Refuse conditions that no request can meet."""
        if self.start is not None and self.until is not None and _micros(self.start) >= _micros(self.until):
            raise FieldError("until", "the window ends before it begins; expected an instant after `from`")
        if self.action == PACKAGE_ACTION and self.params:
            raise FieldError("params", "the download of a package has no parameters; expected none, use `hash`")

    def matches(self, seen: Seen) -> bool:
        """Whether `seen` is what the rule is about."""
        return (
            self.action in (None, seen.action)
            and self.hash in (None, seen.hash)
            and all(seen.params.get(name) == value for name, value in self.params.items())
        )

    def holds(self, made_at: int, now: int) -> bool:
        """Whether `now` is in the window, for a rule made at `made_at` (microseconds)."""
        return (
            (self.start is None or now >= _micros(self.start))
            and (self.until is None or now < _micros(self.until))
            and (self.seconds is None or now < made_at + round(self.seconds * SECOND))
        )

    def picks(self, number: int) -> bool:
        """Whether the fault meets the matching request with this number (from 1)."""
        return (
            self.nth in (None, number)
            and (self.every is None or number % self.every == 0)
            and (self.share == 1.0 or fraction(self.seed, number, "share") < self.share)
        )


class FaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, when it meets a request, and what became of it so far.

    It ends after `count` hits, and is gone `ttl` seconds (of the account's clock) after `made_at` (microseconds).
    `seen` counts matching requests, `hits` those that the fault met, `failures` those it could do nothing to, and
    `last` is the journal's id of the request it met last.
    """

    id: str
    fault: FaultKind
    made_at: int
    when: When = When()
    count: Ordinal | None = None
    ttl: Span | None = None
    seen: int = 0
    hits: int = 0
    failures: int = 0
    last: str = ""

    @property
    def hits_left(self) -> int | None:
        """How many more requests the fault can meet; None when there is no end."""
        ends = [] if self.count is None else [self.count - self.hits]
        if self.when.nth is not None:
            ends.append(1 if self.seen < self.when.nth else 0)
        return min(ends, default=None)

    @property
    def mark(self) -> str:
        """How the journal names the rule and what it does."""
        return f"{self.id}:{self.fault.name}"

    @property
    def draw(self) -> Draw:
        """The chance of the present firing."""
        return Draw(self.when.seed, self.seen)

    def is_gone(self, now: int) -> bool:
        """Whether the rule's time to live is over."""
        return self.ttl is not None and now >= self.made_at + round(self.ttl * SECOND)

    def is_active(self, now: int) -> bool:
        """Whether it can meet a request at `now`."""
        return self.hits_left != 0 and self.when.holds(self.made_at, now)

    def sees(self, seen: Seen, moment: Moment, now: int) -> bool:
        """Whether `seen` is to be counted by this rule."""
        fault = self.fault
        return (
            fault.moment == moment
            and seen.subject in fault.about
            and (seen.has_body or not fault.needs_body)
            and self.is_active(now)
            and self.when.matches(seen)
        )


def meet(rules: dict[str, FaultRule], seen: Seen, moment: Moment, *, now: int, request: str) -> FaultRule | None:
    """The rule whose fault meets `seen`, which the journal calls `request`; None when there is none.

    Counts in `rules` what was seen and met, and drops rules that are gone.
    """
    for rule in sweep(rules, now):
        if not rule.sees(seen, moment, now):
            continue
        counted = msgspec.structs.replace(rule, seen=rule.seen + 1)
        if counted.when.picks(counted.seen):
            counted = msgspec.structs.replace(counted, hits=rule.hits + 1, last=request)
        rules[rule.id] = counted
        if counted.hits > rule.hits:
            return counted
    return None


def retract(rules: dict[str, FaultRule], rule_id: str) -> None:
    """Count the latest hit of a rule as a failure: it could do nothing to that request."""
    rule = rules.get(rule_id)
    if rule is not None:
        rules[rule_id] = msgspec.structs.replace(rule, hits=rule.hits - 1, failures=rule.failures + 1)


def sweep(rules: dict[str, FaultRule], now: int) -> list[FaultRule]:
    """The rules that live at `now`, oldest first; the others are dropped from `rules`."""
    for rule in [rule for rule in rules.values() if rule.is_gone(now)]:
        del rules[rule.id]
    return list(rules.values())


def _micros(instant: Instant) -> int:
    if isinstance(instant, datetime.datetime):
        return round((instant - _EPOCH).total_seconds() * SECOND)
    return round(instant * SECOND)
