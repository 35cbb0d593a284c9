"""The clock of an account: read, advance, set, freeze, resume. It never goes back."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from flipsnack_mock.admin.routes import Context, conflict, route
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import SECOND, to_text
from flipsnack_mock.state.clock import VirtualClock

TEN_YEARS = 10 * 366 * 24 * 3600


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """The body that advances a clock by some seconds, at most ten years at once."""

    seconds: Annotated[float, Meta(ge=0, le=TEN_YEARS)]


class Instant(msgspec.Struct, forbid_unknown_fields=True):
    """The body that sets a clock: ISO 8601 with an offset, or seconds since 1970."""

    at: Annotated[datetime.datetime, Meta(tz=True)] | Annotated[float, Meta(ge=0, le=253_402_300_799)]

    def microseconds(self) -> int:
        """The instant in microseconds since 1970."""
        if isinstance(self.at, datetime.datetime):
            return round((self.at - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds() * SECOND)
        return round(self.at * SECOND)


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a route that needs none."""


@route("GET", "/__admin/accounts/<key>/clock", "show the clock of an account")
def show_clock(context: Context) -> dict[str, Any]:
    """Virtual time of the account."""
    return {
        "now": to_text(context.now),
        "now_us": context.now,
        "frozen": context.account.clock.frozen_at is not None,
    }


@route("POST", "/__admin/accounts/<key>/clock/advance", "move the clock of an account on", body=Step)
def advance(context: Context) -> dict[str, Any]:
    """The clock shows that many seconds more, frozen or not."""
    step = round(context.body(Step).seconds * SECOND)
    return _moved_to(context, context.now + step)


@route("POST", "/__admin/accounts/<key>/clock/set", "set the clock of an account to a later instant", body=Instant)
def set_clock(context: Context) -> dict[str, Any]:
    """The clock shows that instant; 409 when it cannot (it is in the past), 400 when it is over ten years ahead."""
    instant = context.body(Instant).microseconds()
    if instant - context.now > TEN_YEARS * SECOND:
        expected = f"an instant up to {to_text(context.now + TEN_YEARS * SECOND)}"
        raise Refused(400, "bad_request", "that is more than ten years ahead", path="$.at", expected=expected)
    return _moved_to(context, instant)


@route("POST", "/__admin/accounts/<key>/clock/freeze", "let the clock of an account stand still", body=Nothing)
def freeze(context: Context) -> dict[str, Any]:
    """The clock stands where it is."""
    context.body(Nothing)
    return _changed(context, context.account.clock.freeze(context.at))


@route("POST", "/__admin/accounts/<key>/clock/resume", "let the clock of an account run again", body=Nothing)
def resume(context: Context) -> dict[str, Any]:
    """The clock runs on from where it stood."""
    context.body(Nothing)
    return _changed(context, context.account.clock.resume(context.at))


def _moved_to(context: Context, instant: int) -> dict[str, Any]:
    try:
        return _changed(context, context.account.clock.set(instant, context.at))
    except ValueError as refusal:
        raise conflict(str(refusal), now=to_text(context.now)) from None


def _changed(context: Context, clock: VirtualClock) -> dict[str, Any]:
    context.account.clock = clock
    shown: dict[str, Any] = show_clock(context)
    return shown
