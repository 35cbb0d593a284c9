"""Fault rules: which requests a fault hits, how often, and how long the rule exists. Pure values in an account's state.

A request is hit by one fault at most: rules are checked in the order of their creation, and a rule counts only the
requests that match it and that no earlier rule has hit.
"""

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from flipsnack_mock.faults import content, replacements, transport
from flipsnack_mock.faults.base import Moment
from flipsnack_mock.faults.randomness import Draw
from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.protocol.identifiers import Hash
from flipsnack_mock.protocol.instants import SECOND, Counted, DateTime, Microseconds

PACKAGE_ACTION = "package"
"""The `action` of a package download."""

FaultKind = (
    replacements.VendorCode | replacements.Verbatim | replacements.Redirect | replacements.Outage
    | transport.Delay | transport.UniformDelay | transport.LognormalDelay | transport.DripFeed | transport.Truncate
    | transport.ConnectionReset | transport.EmptyReply | transport.Garbage
    | content.WrongContentType | content.EmptyBody | content.InvalidJson | content.InvalidXml | content.InvalidZip
    | content.WrongByte | content.UrlLifetime | content.UrlOrigin
)  # fmt: skip

Instant = DateTime | Annotated[float, Meta(ge=0, le=253_402_300_799)]
Span = Annotated[float, Meta(gt=0, le=316_224_000)]
Ordinal = Annotated[int, Meta(ge=1, le=1_000_000_000)]
RuleId = Hash

MAX_RULES = 1_000
"""The most rules of one account."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class FaultTarget(msgspec.Struct, frozen=True):
    """The facts of a request that rules match on; `has_body` says whether its answer will have a body."""

    action: str
    hash: str
    params: dict[str, str]
    has_body: bool = True

    @property
    def subject(self) -> str:
        """Whether the request is a `call` or the download of a `package`."""
        return "package" if self.action == PACKAGE_ACTION else "call"


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The conditions of a rule, all of which must hold.

    `action` is a method or `package`, `hash` the hash of a collection, `params` parameters with exactly these values.
    Of the matching requests the fault hits the `nth`, every `every`-th, or a random `share` (repeatable by `seed`). It
    does so `from` and `until` an instant of the account's clock, or for `seconds` from the rule's creation.
    """

    action: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    hash: Hash | None = None
    params: Annotated[dict[str, str], Meta(max_length=100)] = {}
    nth: Ordinal | None = None
    every: Ordinal | None = None
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    seed: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] = 0
    start: Instant | None = msgspec.field(default=None, name="from")
    until: Instant | None = None
    seconds: Span | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.until is not None and microseconds(self.start) >= microseconds(self.until):
            raise FieldError("until", "the window ends before it starts; give an instant after `from`")
        if self.action == PACKAGE_ACTION and self.params:
            raise FieldError("params", "the download of a package has no parameters; use `hash` instead")

    def matches(self, seen: FaultTarget) -> bool:
        """Whether `seen` fulfils `action`, `hash` and `params`."""
        return (
            self.action in (None, seen.action)
            and self.hash in (None, seen.hash)
            and all(seen.params.get(name) == value for name, value in self.params.items())
        )

    def holds(self, made_at: int, now: int) -> bool:
        """Whether `now` is in the time window of a rule created at `made_at` (both in microseconds)."""
        return (
            (self.start is None or now >= microseconds(self.start))
            and (self.until is None or now < microseconds(self.until))
            and (self.seconds is None or now < made_at + round(self.seconds * SECOND))
        )

    def picks(self, number: int) -> bool:
        """Whether the fault hits the matching request with this number (counted from 1)."""
        return (
            self.nth in (None, number)
            and (self.every is None or number % self.every == 0)
            and (self.share == 1.0 or Draw(self.seed, number).fraction("share") < self.share)
        )


class FaultRule(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, its conditions, and its counters.

    It ends after `count` hits, and is removed `ttl` seconds (of the account's clock) after `made_at` (microseconds).
    `seen` counts matching requests, `hits` those that the fault hit, `failures` those it could not be applied to, and
    `last` is the journal id of the last request it hit.
    """

    id: RuleId
    fault: FaultKind
    made_at: Microseconds
    when: When = When()
    count: Ordinal | None = None
    ttl: Span | None = None
    seen: Counted = 0
    hits: Counted = 0
    failures: Counted = 0
    last: Annotated[str, Meta(max_length=40)] = ""

    @property
    def hits_left(self) -> int | None:
        """How many more requests the fault can hit; None if unlimited."""
        ends = [] if self.count is None else [self.count - self.hits]
        if self.when.nth is not None:
            ends.append(1 if self.seen < self.when.nth else 0)
        return min(ends, default=None)

    @property
    def mark(self) -> str:
        """The rule in the journal: its id and the name of its fault."""
        return f"{self.id}:{self.fault.name}"

    @property
    def draw(self) -> Draw:
        """The randomness of the current hit."""
        return Draw(self.when.seed, self.seen)

    def is_gone(self, now: int) -> bool:
        """Whether the rule's `ttl` has passed."""
        return self.ttl is not None and now >= self.made_at + round(self.ttl * SECOND)

    def is_active(self, now: int) -> bool:
        """Whether it can hit a request at `now`."""
        return self.hits_left != 0 and self.when.holds(self.made_at, now)

    def accepts(self, seen: FaultTarget, moment: Moment, now: int) -> bool:
        """Whether this rule counts `seen`."""
        fault = self.fault
        return (
            fault.moment == moment
            and seen.subject in fault.applies_to
            and (seen.has_body or not fault.needs_body)
            and self.is_active(now)
            and self.when.matches(seen)
        )


def match_rule(
    rules: dict[str, FaultRule], seen: FaultTarget, moment: Moment, *, now: int, request: str
) -> FaultRule | None:
    """The rule whose fault hits `seen`, or None; `request` is its id in the journal.

    Updates the counters in `rules`, and removes expired rules.
    """
    for rule in drop_expired(rules, now):
        if not rule.accepts(seen, moment, now):
            continue
        counted = msgspec.structs.replace(rule, seen=rule.seen + 1)
        if counted.when.picks(counted.seen):
            counted = msgspec.structs.replace(counted, hits=rule.hits + 1, last=request)
        rules[rule.id] = counted
        if counted.hits > rule.hits:
            return counted
    return None


def count_failure(rules: dict[str, FaultRule], rule_id: str) -> None:
    """Count the last hit of a rule as a failure: the fault could not be applied to that request."""
    rule = rules.get(rule_id)
    if rule is not None:
        rules[rule_id] = msgspec.structs.replace(rule, hits=rule.hits - 1, failures=rule.failures + 1)


def drop_expired(rules: dict[str, FaultRule], now: int) -> list[FaultRule]:
    """The rules that exist at `now`, oldest first; expired ones are removed from `rules`."""
    for rule in [rule for rule in rules.values() if rule.is_gone(now)]:
        del rules[rule.id]
    return list(rules.values())


def microseconds(instant: Instant) -> int:
    """`instant` in microseconds since 1970."""
    if isinstance(instant, int | float):
        return round(instant * SECOND)
    return round((instant - _EPOCH).total_seconds() * SECOND)
