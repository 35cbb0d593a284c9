"""A server as pytest judges it: an item is a check."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial

import pytest

from flipsnack_contract.checks import checks_for
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.read_only import plan_reads, read
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.target.control import Control, Refused, find_control
from flipsnack_contract.target.read_only import Budget, read_only
from flipsnack_contract.target.result import Exit
from flipsnack_contract.target.target import HttpTarget, Reply, Request, Target, Unreachable, WsgiTarget, load_app
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest, examine

__all__ = ["open_server", "open_target", "plan_of"]

KEY, SECRET, TOKEN = "FLIPSNACK_API_KEY", "FLIPSNACK_SECRET", "FLIPSNACK_ADMIN_TOKEN"
EXAMPLES = 100
# Where every call takes a second, a few examples and a spread of each table must do.
EXAMPLES_PACED, ROWS_PACED = 2, 12


def open_server(options: Options, stack: ExitStack, worker: str) -> Judged:
    """The server that the options name, closed with `stack`; `worker` is the name of a parallel worker, if any.

    Raises `pytest.UsageError`, and `NotJudgeable` when it does not answer.
    """
    bare = _target(options, stack)
    judged = _reading(bare, options) if options["read-only"] else _judging(bare, options, stack, worker)
    name = options["app"] or bare.base_url
    return replace(
        judged,
        # A read-only run sends nothing before its plan is shown.
        name=name if options["read-only"] else f"{name} ({_version(bare)})",
        replay=lambda result: options.command_line(name, f"-k '{result.check}'"),
    )


def _judging(bare: Target, options: Options, stack: ExitStack, worker: str) -> Judged:
    """By all checks, in a namespace of its own where the worker is one of several."""
    target = _target_of_worker(bare, options, stack, worker)
    under_test = _under_test(target, options, worker=worker, shared=bool(worker) and target is bare)
    plan, checks = plan_of(under_test, options), _checks(under_test, options)
    paced = under_test.control is None and options["calls-per-minute"]
    return Judged(
        side="server",
        notes=(_has(under_test), _how(under_test, plan, len(checks))),
        parts=tuple(
            Part(one.name, (one,), partial(run_check, one, under_test, plan), alone="alone" in one.may_need)
            for one in checks
        ),
        serial="without a control plane all workers would share the limits of one key" if paced else "",
    )


def _reading(target: Target, options: Options) -> Judged:
    """By the checks that only read, within the budget and both limits of the key."""
    budget = Budget(options["budget"])
    credentials = _credentials(options.environment, options["collection"])
    under_test = read_only(target, budget, credentials=credentials, alone=options["alone"], slow=options["slow"])
    checks = _checks(under_test, options)
    plan = plan_reads(checks, under_test, budget)
    return Judged(
        side="server",
        notes=(
            _has(under_test),
            f"read-only: {len(plan.checks)} checks, at most {plan.calls} calls, in {plan.seconds:.0f} s or more; "
            "never more than 5 calls in a second or 60 in a minute",
        ),
        parts=tuple(Part(one.name, (one,), partial(read, one, under_test, budget)) for one in checks if one.read_only),
        serial="--read-only keeps both limits of one key, which parallel workers could not",
    )


def _checks(under_test: TargetUnderTest, options: Options) -> tuple[Check, ...]:
    return tuple(one for one in checks_for(under_test) if options.selects(one.rule.id))


def open_target(name: str, options: Options, stack: ExitStack) -> TargetUnderTest:
    """The target at an address, or of an app's name. Raises as `open_server` does."""
    return _under_test(_http(name, stack) if "://" in name else _wsgi(name), options)


def plan_of(under_test: TargetUnderTest, options: Options) -> Plan:
    """How much of each check is tried: little where calls keep to a pace."""
    examples, seed = options["examples"], options["seed"]
    if under_test.control is not None or not options["calls-per-minute"]:
        return Plan(examples=examples or EXAMPLES, seed=seed)
    return Plan(examples=examples or EXAMPLES_PACED, rows=ROWS_PACED, seed=seed)


def _target(options: Options, stack: ExitStack) -> Target:
    if options["app"]:
        return _wsgi(options["app"])
    return _http(options.base_url, stack, check_reachable=not options["read-only"])


def _wsgi(name: str) -> WsgiTarget:
    try:
        return WsgiTarget(load_app(name))
    except ValueError as wrong:
        raise pytest.UsageError(str(wrong)) from None


def _http(base_url: str, stack: ExitStack, *, check_reachable: bool = True) -> HttpTarget:
    if not base_url.startswith(("http://", "https://")) or not base_url.rstrip("/").endswith("/v1"):
        raise pytest.UsageError(f"{base_url!r} is not an address of the API; expected http://…/v1/ or https://…/v1/")
    target = stack.enter_context(HttpTarget(base_url))
    try:
        if check_reachable:
            target.send(Request("GET", target.base_url))
    except Unreachable as trouble:
        text = f"{trouble}; is the server running? `flipsnack-mock serve` starts the fake"
        raise NotJudgeable(Exit.UNREACHABLE, text) from None
    return target


def _target_of_worker(target: Target, options: Options, stack: ExitStack, worker: str) -> Target:
    """A namespace of its own for a parallel worker, where the server has namespaces; else the target itself."""
    if not worker or not isinstance(target, HttpTarget):
        return target
    root, name = target.base_url.removesuffix("v1/"), f"kit-{worker}-{uuid.uuid4().hex[:8]}"
    own = stack.enter_context(HttpTarget(f"{root}t/{name}/v1/"))
    if find_control(own, token=_token(options)) is None:
        return target
    stack.callback(_forget, Control(target, root, token=_token(options)), name)
    return own


def _forget(control: Control, namespace: str) -> None:
    with suppress(Refused, Unreachable):
        control.call("DELETE", f"/namespaces/{namespace}")


def _under_test(target: Target, options: Options, *, worker: str = "", shared: bool = False) -> TargetUnderTest:
    return examine(
        target,
        credentials=_credentials(options.environment, options["collection"]),
        token=_token(options),
        per_minute=options["calls-per-minute"],
        alone=options["alone"] and not shared,
        slow=options["slow"],
        name=f"kit-{worker}" if worker else "kit",
    )


def _credentials(environment: Mapping[str, str], collection: str | None) -> Credentials | None:
    key, secret = environment.get(KEY), environment.get(SECRET)
    if bool(key) != bool(secret):
        raise pytest.UsageError(f"{KEY} and {SECRET} belong together; only one of them is set")
    hash_ = collection or environment.get("FLIPSNACK_COLLECTION")
    return Credentials(str(key), str(secret), hash_) if key else None


def _token(options: Options) -> str | None:
    return options["admin-token"] or options.environment.get(TOKEN)


def _version(target: Target) -> str:
    """Name and version as the server tells them: our fake at /health, others in the header Server."""
    with suppress(Unreachable, ValueError, KeyError, TypeError):
        told = json.loads(target.send(Request("GET", target.base_url.removesuffix("v1/") + "health")).body)
        return f"{told['service']} {told['version']}"
    with suppress(Unreachable):
        reply: Reply = target.send(Request("GET", target.base_url))
        return reply.headers.get("server", "version unknown")
    return "version unknown"


def _has(under_test: TargetUnderTest) -> str:
    return f"capabilities: {', '.join(sorted(under_test.capabilities)) or 'none'}"


def _how(under_test: TargetUnderTest, plan: Plan, checks: int) -> str:
    if under_test.control is not None:
        return f"{checks} checks, {plan.examples} drawn examples each"
    pace = "calls keep to the pace" if plan.rows else "calls are not paced"
    return (
        f"no control plane: {checks} checks, {plan.examples} drawn examples and {plan.rows or 'all'} rows each; {pace}"
    )
