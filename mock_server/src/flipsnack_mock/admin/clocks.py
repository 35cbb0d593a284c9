"""Routes for the clock of an account: show, advance, set, freeze, resume. A clock never goes back."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from flipsnack_mock.admin.routes import Context, bad_request, conflict, route
from flipsnack_mock.faults.rules import Instant, microseconds
from flipsnack_mock.protocol.instants import SECOND, to_text
from flipsnack_mock.state.clock import VirtualClock

TEN_YEARS = 10 * 366 * 24 * 3600


class ClockAdvance(msgspec.Struct, forbid_unknown_fields=True):
    """The body that advances a clock, by at most ten years."""

    seconds: Annotated[float, Meta(ge=0, le=TEN_YEARS)]


class ClockSetting(msgspec.Struct, forbid_unknown_fields=True):
    """The body that sets a clock: ISO 8601 with an offset, or seconds since 1970."""

    at: Instant


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a route without fields."""


@route("GET", "/__admin/accounts/<key>/clock", "show the clock of an account")
def show_clock(context: Context) -> dict[str, Any]:
    """The virtual time of the account."""
    return {
        "now": to_text(context.now),
        "now_us": context.now,
        "frozen": context.account.clock.frozen_at is not None,
    }


@route("POST", "/__admin/accounts/<key>/clock/advance", "advance the clock of an account", body=ClockAdvance)
def advance(context: Context) -> dict[str, Any]:
    """Advance the clock by `seconds`, frozen or not."""
    step = round(context.body(ClockAdvance).seconds * SECOND)
    return _moved_to(context, context.now + step)


@route("POST", "/__admin/accounts/<key>/clock/set", "set the clock of an account to a later instant", body=ClockSetting)
def set_clock(context: Context) -> dict[str, Any]:
    """Set the clock; 409 if the instant is in the past, 400 if it is more than ten years ahead."""
    instant = microseconds(context.body(ClockSetting).at)
    if instant - context.now > TEN_YEARS * SECOND:
        expected = f"an instant up to {to_text(context.now + TEN_YEARS * SECOND)}"
        raise bad_request("that is more than ten years ahead", "$.at", expected=expected)
    return _moved_to(context, instant)


@route("POST", "/__admin/accounts/<key>/clock/freeze", "freeze the clock of an account", body=NoFields)
def freeze(context: Context) -> dict[str, Any]:
    """Stop the clock at its current time."""
    context.body(NoFields)
    return _changed(context, context.account.clock.freeze(context.account.real(context.at)))


@route("POST", "/__admin/accounts/<key>/clock/resume", "resume the clock of an account", body=NoFields)
def resume(context: Context) -> dict[str, Any]:
    """Let a frozen clock run again from its current time."""
    context.body(NoFields)
    return _changed(context, context.account.clock.resume(context.account.real(context.at)))


def _moved_to(context: Context, instant: int) -> dict[str, Any]:
    try:
        return _changed(context, context.account.clock.set(instant, context.account.real(context.at)))
    except ValueError as refusal:
        raise conflict(str(refusal), now=to_text(context.now)) from None


def _changed(context: Context, clock: VirtualClock) -> dict[str, Any]:
    context.account.clock = clock
    return show_clock(context)
