"""Routes for fault rules: create, list, show, delete; the presets; the rules of all accounts."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.listing import listed
from flipsnack_mock.admin.long_poll import Work
from flipsnack_mock.admin.routes import Context, bad_request, conflict, not_found, route
from flipsnack_mock.faults.presets import PRESETS, Preset
from flipsnack_mock.faults.rules import (
    MAX_RULES,
    PACKAGE_ACTION,
    FaultKind,
    FaultRule,
    Ordinal,
    RuleId,
    Span,
    When,
    drop_expired,
)
from flipsnack_mock.protocol.expectation import Accepted
from flipsnack_mock.protocol.instants import to_text
from flipsnack_mock.protocol.methods import METHODS, PACKAGE_METHOD, UNBUILT
from flipsnack_mock.state.account import Account


class NewFault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The body that creates a rule: a `fault` or the name of a `preset`; other fields override those of the preset."""

    id: RuleId | None = None
    preset: str | None = None
    fault: FaultKind | None = None
    when: When | UnsetType = UNSET
    count: Ordinal | UnsetType | None = UNSET
    ttl: Span | None = None


@route("GET", "/__admin/faults", "list the fault rules of all accounts")
def list_all_faults(context: Context) -> HttpResponse | Work:
    """All rules, each with the key of its account, its counters and the hits left."""
    rules = list(_rules_of_all(context))
    return listed(context.world, "faults", rules, lambda one: {"key": one[0]} | shown(one[1], one[2]))


@route("DELETE", "/__admin/faults", "delete the fault rules of all accounts", status=204)
def clear_all_faults(context: Context) -> None:
    """Delete all rules of all accounts."""
    for key in [account.key for account in context.world.accounts if account.faults]:
        if (account := context.world.existing(key)) is not None:
            account.faults.clear()


@route("GET", "/__admin/faults/presets", "list the fault presets")
def list_presets(_context: Context) -> dict[str, Any]:
    """Every preset with its description and its body."""
    return {"presets": [{"name": name} | msgspec.structs.asdict(preset) for name, preset in PRESETS.items()]}


@route("GET", "/__admin/accounts/<key>/faults", "list the fault rules of an account")
def list_faults(context: Context) -> HttpResponse | Work:
    """All rules of the account, in the order in which they are checked."""
    account, now = context.account, context.now
    return listed(context.world, "faults", drop_expired(account.faults, now), lambda rule: shown(rule, now))


@route("POST", "/__admin/accounts/<key>/faults", "create a fault rule", body=NewFault, status=201)
def create_fault(context: Context) -> dict[str, Any]:
    """Create a rule, which is checked after all others; 409 if the id is taken or there are too many."""
    account, wanted = context.account, context.body(NewFault)
    drop_expired(account.faults, context.now)
    if wanted.id in account.faults:
        raise conflict(f"the account already has a fault rule {wanted.id!r}; delete it, or choose another id")
    if len(account.faults) >= MAX_RULES:
        raise conflict(f"the account already has {MAX_RULES} fault rules; delete some")
    rule = _rule(account, wanted, context.now)
    account.faults[rule.id] = rule
    return shown(rule, context.now)


@route("DELETE", "/__admin/accounts/<key>/faults", "delete the fault rules of an account", status=204)
def clear_faults(context: Context) -> None:
    """Delete all rules of the account."""
    context.account.faults.clear()


@route("GET", "/__admin/accounts/<key>/faults/<id>", "show a fault rule")
def show_fault(context: Context) -> dict[str, Any]:
    """One rule."""
    return shown(_known(context), context.now)


@route("DELETE", "/__admin/accounts/<key>/faults/<id>", "delete a fault rule", status=204)
def delete_fault(context: Context) -> None:
    """Delete the rule."""
    del context.account.faults[_known(context).id]


def shown(rule: FaultRule, now: int) -> dict[str, Any]:
    """The JSON representation of a rule; `hits_left` is null if unlimited, `last_request` is a journal id."""
    return {
        "id": rule.id,
        "fault": rule.fault,
        "when": rule.when,
        "count": rule.count,
        "ttl": rule.ttl,
        "made_at": to_text(rule.made_at),
        "active": rule.is_active(now),
        "seen": rule.seen,
        "hits": rule.hits,
        "hits_left": rule.hits_left,
        "failures": rule.failures,
        "last_request": rule.last or None,
    }


def _rules_of_all(context: Context) -> Iterator[tuple[str, FaultRule, int]]:
    for account in context.world.accounts_at(context.at):
        if account.faults:
            now = account.now(context.at)
            yield from ((account.key, rule, now) for rule in drop_expired(account.faults, now))


def _known(context: Context) -> FaultRule:
    rules = context.account.faults
    drop_expired(rules, context.now)
    wanted = context.args["id"]
    if wanted not in rules:
        raise not_found("fault rule", wanted, rules)
    return rules[wanted]


def _rule(account: Account, wanted: NewFault, now: int) -> FaultRule:
    preset = _preset(wanted)
    when = preset.when if wanted.when is UNSET else _over(preset.when, wanted.when)
    _fitting(preset.fault, when)
    account.faults_made += 1
    return FaultRule(
        id=wanted.id or _free_id(account),
        fault=preset.fault,
        made_at=now,
        when=when,
        count=preset.count if wanted.count is UNSET else wanted.count,
        ttl=wanted.ttl,
    )


def _preset(wanted: NewFault) -> Preset:
    if (wanted.fault is None) == (wanted.preset is None):
        given = "neither" if wanted.fault is None else "both"
        message = f"a rule needs either a `fault` or a `preset`; {given} was given"
        raise bad_request(message, "$.fault", expected="one of the two")
    if wanted.fault is not None:
        return Preset("", wanted.fault)
    if wanted.preset not in PRESETS:
        fits = Accepted(f"one of {', '.join(PRESETS)}", tuple(PRESETS), str(wanted.preset))
        message = f"there is no preset {wanted.preset!r}; {fits.question}".removesuffix("; ")
        raise bad_request(message, "$.preset", expected=fits.words)
    return PRESETS[wanted.preset]


def _over(base: When, given: When) -> When:
    """The conditions of a preset, overridden by the given ones."""
    defaults = msgspec.structs.asdict(When())
    changes = {name: value for name, value in msgspec.structs.asdict(given).items() if value != defaults[name]}
    return msgspec.structs.replace(base, **changes)


def _fitting(fault: FaultKind, when: When) -> None:
    """Refuse a rule whose action and fault exclude each other."""
    action = when.action
    if action is None:
        return
    if action not in (PACKAGE_ACTION, *METHODS, *UNBUILT):
        message, expected = f"{action!r} is not a method of the API", f"{PACKAGE_ACTION}, {', '.join(METHODS)}"
        raise bad_request(message, "$.when.action", expected=expected)
    if fault.moment == "resource-url" and action not in (PACKAGE_ACTION, PACKAGE_METHOD):
        message = f"the fault {fault.name} changes a resource URL, which {action} does not answer with"
        raise bad_request(message, "$.when.action", expected=PACKAGE_METHOD)
    subject = "package" if action == PACKAGE_ACTION else "call"
    if subject not in fault.applies_to:
        about = "the download of a package" if subject == "call" else "calls of the API"
        expected = PACKAGE_ACTION if subject == "call" else "a method of the API"
        message = f"the fault {fault.name} applies to {about}, not to {action}"
        raise bad_request(message, "$.when.action", expected=expected)


def _free_id(account: Account) -> str:
    number = account.faults_made
    while f"f{number}" in account.faults:
        number += 1
    return f"f{number}"
