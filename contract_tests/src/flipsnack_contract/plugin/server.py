"""A server as pytest judges it: an item is a check."""

import json
import re
import ssl
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import Budget, plan_reads, read, read_only, run_check
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part
from flipsnack_contract.plugin.options import BLANKS, Options
from flipsnack_contract.target.app import load_app
from flipsnack_contract.target.control import Control, Refused, find_control
from flipsnack_contract.target.outcome import Exit
from flipsnack_contract.target.target import HttpTarget, Request, Target, Unreachable, WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest, examine

KEY, SECRET = "FLIPSNACK_API_KEY", "FLIPSNACK_SECRET"
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
EXAMPLES = 36
# Where every call takes a second, a few examples and a spread of each table must do.
EXAMPLES_PACED, ROWS_PACED = 2, 12
LONGEST = "history.agrees"
"""The rule whose checks take longest."""
SHARED_LIMITS = "all workers would share the limits of one key"


def open_server(options: Options, stack: ExitStack, worker: str) -> Judged:
    """The server that the options name, closed with `stack`; `worker` is the name of a parallel worker, if any.

    Raises `NotJudgeable`, also when it does not answer.
    """
    given = options["app"] or options["base-url"]
    if options["read-only"]:
        return _reading(_target(given, options, stack), options)
    target = _reachable(given, options, stack)
    name = f"{options['app'] or target.base_url} ({_version(target)})"
    own = _namespace(target, options, stack, worker) if worker and isinstance(target, HttpTarget) else None
    under_test = _examined(own or target, options, worker, shared=bool(worker) and own is None)
    plan, checks = plan_of(under_test, options), _checks(under_test, options)
    if worker:
        # The longest ones come first, so that the workers end at the same time.
        checks = tuple(sorted(checks, key=lambda one: one.rule.id != LONGEST))
    count = f"{len(checks)} check{'s' * (len(checks) != 1)}"
    how = f"{count}, {plan.examples} drawn examples and {plan.rows or 'all'} rows each"
    return Judged(
        name=name,
        notes=(_capabilities(under_test), how),
        parts=tuple(
            Part(one.name, one.rule.id, partial(run_check, one, under_test, plan), alone="alone" in one.may_need)
            for one in checks
        ),
        serial=SHARED_LIMITS if _paced(under_test, options) else "",
    )


def _reading(target: Target, options: Options) -> Judged:
    """By the checks that only read, within the budget and both limits of the key. Sends nothing before the first."""
    budget = Budget(options["budget"])
    under_test = read_only(
        target, budget, credentials=_credentials(options), alone=options["alone"], slow=options["slow"]
    )
    checks = _checks(under_test, options)
    plan = plan_reads(checks, under_test, budget)
    return Judged(
        name=options["app"] or target.base_url,
        notes=(
            _capabilities(under_test),
            f"read-only: {len(plan.checks)} checks, at most {plan.calls} calls, in {plan.seconds:.0f} s or more; "
            "never more than 5 calls in a second or 60 in a minute",
        ),
        parts=tuple(
            Part(one.name, one.rule.id, partial(read, one, under_test, budget)) for one in checks if one.read_only
        ),
        serial=f"--read-only keeps both limits of one key; {SHARED_LIMITS}",
    )


def _checks(under_test: TargetUnderTest, options: Options) -> tuple[Check, ...]:
    return tuple(one for one in server_checks(under_test.methods) if options.selects(one.rule.id))


def open_target(name: str, options: Options, stack: ExitStack) -> TargetUnderTest:
    """The target at an address, or of an app's name. Raises as `open_server` does."""
    return _examined(_reachable(name, options, stack), options)


def plan_of(under_test: TargetUnderTest, options: Options) -> Plan:
    """How much of each check is tried: little where calls keep to a pace."""
    examples, seed = options["examples"], options["seed"]
    if _paced(under_test, options):
        return Plan(examples=examples or EXAMPLES_PACED, rows=ROWS_PACED, seed=seed)
    return Plan(examples=examples or EXAMPLES, seed=seed)


def _paced(under_test: TargetUnderTest, options: Options) -> bool:
    return under_test.control is None and options["calls-per-minute"] > 0


def trust(environment: Mapping[str, str]) -> ssl.SSLContext | None:
    """What https is verified with: the system's authorities, and those that the variables of requests name.

    SSL_CERT_FILE and SSL_CERT_DIR are read by OpenSSL. Raises `NotJudgeable` for a file without a certificate.
    """
    named = next(filter(None, map(environment.get, BUNDLES)), None)
    if named is None:
        return None
    context = ssl.create_default_context()
    try:
        is_folder = Path(named).is_dir()
        context.load_verify_locations(None if is_folder else named, named if is_folder else None)
    except (OSError, ssl.SSLError) as wrong:
        raise NotJudgeable(f"{named}, named by {' or '.join(BUNDLES)}: {wrong.strerror or wrong}") from None
    return context


_APP = re.compile(r"[\w.]+:[A-Za-z_][\w.]*")
EXPECTED = "expected http://…/v1/ or https://…/v1/, or module:factory for an app"


def _target(name: str, options: Options, stack: ExitStack) -> Target:
    if _APP.fullmatch(name):
        try:
            return WsgiTarget(load_app(name))
        except ValueError as wrong:
            raise NotJudgeable(str(wrong)) from None
    if "@" in name:
        # Not quoted: it may be a password, which the API does not take.
        raise NotJudgeable("the address holds a user or a password; expected http://…/v1/ or https://…/v1/")
    if not name.startswith(("http://", "https://")) or not name.rstrip("/").endswith("/v1"):
        raise NotJudgeable(f"{name!r} is not an address of the API; {EXPECTED}")
    secure = name.startswith("https")
    return stack.enter_context(HttpTarget(name, trust=trust(options.environment) if secure else None))


def _reachable(name: str, options: Options, stack: ExitStack) -> Target:
    target = _target(name, options, stack)
    try:
        target.send(Request("GET", target.base_url))
    except Unreachable as trouble:
        start = "is the server running? `flipsnack-mock serve` starts the fake"
        raise NotJudgeable(f"{trouble}; {start}", Exit.UNREACHABLE) from None
    return target


def _namespace(target: Target, options: Options, stack: ExitStack, worker: str) -> Target | None:
    """A namespace of its own for a parallel worker; None where the server has none."""
    root, name = target.base_url.removesuffix("v1/"), f"kit-{worker}-{uuid.uuid4().hex[:8]}"
    own = _target(f"{root}t/{name}/v1/", options, stack)
    if find_control(own, token=options["admin-token"]) is None:
        return None
    control = Control(target, root, token=options["admin-token"])
    stack.enter_context(suppress(Refused, Unreachable))  # a namespace that cannot be deleted changes no result
    stack.callback(control.call, "DELETE", f"/namespaces/{name}")
    return own


def _examined(target: Target, options: Options, worker: str = "", *, shared: bool = False) -> TargetUnderTest:
    return examine(
        target,
        credentials=_credentials(options),
        token=options["admin-token"],
        per_minute=options["calls-per-minute"],
        alone=options["alone"] and not shared,
        slow=options["slow"],
        name=f"kit-{worker}" if worker else "kit",
    )


def _credentials(options: Options) -> Credentials | None:
    key, secret = (options.environment.get(name, "").strip(BLANKS) for name in (KEY, SECRET))
    if bool(key) != bool(secret):
        raise NotJudgeable(f"{KEY} and {SECRET} belong together; only one of them is set")
    return Credentials(key, secret, options["collection"]) if key else None


def _version(target: Target) -> str:
    """Name and version as the server tells them: our fake at /health, others in the header Server."""
    with suppress(Unreachable, ValueError, KeyError, TypeError, RecursionError):
        told = json.loads(target.send(Request("GET", target.base_url.removesuffix("v1/") + "health")).body)
        return cut(f"{told['service']} {told['version']}", 80)
    with suppress(Unreachable):
        return cut(target.send(Request("GET", target.base_url)).headers.get("server", "version unknown"), 80)
    return "version unknown"


def _capabilities(under_test: TargetUnderTest) -> str:
    return f"capabilities: {', '.join(sorted(under_test.capabilities)) or 'none'}"
