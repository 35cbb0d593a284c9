"""Servers made by changing a line or two of the fake: what is wrong deep inside cannot be made from outside."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module

from contract_tests.zoo.meddling import App, Made
from contract_tests.zoo.rewriting import private_copy, source_of

__all__ = ["SERVERS", "edited"]

Edit = tuple[str, str]


def edited(module: str, *edits: Edit) -> App:
    """The fake, in whose `module` each old text is replaced by the new one.

    Raises `LookupError` when an old text is not there exactly once: then the fake has changed, and the edit must.
    """
    name = f"flipsnack_mock.{module}"
    source = source_of(name)
    for old, new in edits:
        if source.count(old) != 1:
            raise LookupError(f"{name} holds {source.count(old)} times, not once: {old!r}; mend contract_tests/zoo")
        source = source.replace(old, new)
    with private_copy("flipsnack_mock", {name: ast.parse(source)}):
        app: App = import_module("flipsnack_mock.server.app").create_app()
    return app


def _edit(module: str, *edits: Edit) -> Callable[[], App]:
    return lambda: edited(module, *edits)


def _after_the_limits(line: str) -> Edit:
    old = "    admit(call.account.counted, call.now, call.behaviour)\n"
    return (old, old + line)


# Each with the one that is looked at next. The key and the limits are not here: what nobody has is not counted, so
# their order cannot be seen.
NEIGHBOURS = (
    ("well-formed", "format"),
    ("format", "maintenance"),
    ("maintenance", "required"),
    ("required", "key"),
    ("limits", "action"),
    ("action", "verb"),
    ("verb", "signature"),
    ("signature", "parameters"),
)
_RUNS = {"well-formed": "_well_formed", "maintenance": "_open", "required": "_complete"}


def _line(check: str) -> str:
    return f'    Check("{check}", {_RUNS.get(check, "_" + check)}),\n'


def _swapped(first: str, second: str) -> Callable[[], App]:
    return _edit("api", (_line(first) + _line(second), _line(second) + _line(first)))


def _without(check: str) -> Callable[[], App]:
    return _edit("api", (_line(check), ""))


SERVERS: tuple[Made, ...] = (
    # --- checks left out, and in another order
    *((f"looks at {second} before {first}", "order.checks", _swapped(first, second)) for first, second in NEIGHBOURS),
    ("never looks at the format", "format.unknown", _without("format")),
    ("never looks at the limits", "limit.per-second", _without("limits")),
    ("never looks at the verb", "request.get-for-reads", _without("verb")),
    ("never looks at the signature", "signature.digest", _without("signature")),
    # --- limits
    (
        "does not count calls of unknown methods",
        "limit.per-second",
        _edit(
            "api",
            (
                "    if action not in OPERATIONS:\n",
                "    if action not in OPERATIONS:\n        call.account.counted.pop()\n",
            ),
        ),
    ),
    (
        "has a minute that is too short",
        "limit.per-minute",
        _edit("limiter", ("MINUTE = 60 * SECOND", "MINUTE = 60 * SECOND - SECOND // 2")),
    ),
    (
        "counts a call at the very end of the window",
        "limit.sliding-window",
        _edit("limiter", ("return bisect_right(counted, now - window)", "return bisect_left(counted, now - window)")),
    ),
    (
        "counts together keys that are there together",
        "limit.per-key",
        _edit(
            "api",
            _after_the_limits(
                "    for other in call.world.accounts:\n"
                "        if other is not call.account and len(other.counted) >= 5:\n"
                "            admit([call.now] * 5, call.now, call.behaviour)\n"
            ),
        ),
    ),
    # --- jobs
    (
        "invents a state for the last part of a package",
        "job.states",
        _edit(
            "operations",
            (
                '    return {"status": state.value}\n',
                '    nearly = timetable.kind == "half-way" and collection.job.calls > 1 and state is State.PROCESSING\n'
                '    return {"status": "FINISHING" if nearly else state.value}\n',
            ),
        ),
    ),
    (
        "takes a package that was built slowly back again",
        "job.never-goes-back",
        _edit(
            "operations",
            (
                "    state = collection.state(behaviour, now)\n",
                "    state = collection.state(behaviour, now)\n"
                '    if timetable.kind == "half-way" and state is State.COMPLETE and len(account.counted) % 2:\n'
                "        state = State.PROCESSING\n",
            ),
        ),
    ),
    (
        "is not complete at once with a hundred pages",
        "job.complete-at-once",
        _edit(
            "operations",
            (
                "    state = collection.state(behaviour, now)\n",
                "    state = collection.state(behaviour, now)\n"
                "    if collection.pages >= 100 and job.calls == 1:\n"
                "        state = State.PROCESSING\n",
            ),
        ),
    ),
    (
        "starts a package before it looks at the signature",
        "job.started-by-first-call",
        _edit(
            "api",
            (
                "    params, uppercase = call.params, call.behaviour.uppercase_signatures\n",
                "    params, uppercase = call.params, call.behaviour.uppercase_signatures\n"
                '    if not verify(call.account.secret, params, params["signature"]):\n'
                '        known = call.account.collections.get(params.get("collectionHash", ""))\n'
                "        if known and not known.deleted:\n"
                '            OPERATIONS["collection.downloadHTML"].run(call.account, params, call.now, "")\n',
            ),
        ),
    ),
    (
        "forgets when a job was forced",
        "history.agrees",
        _edit(
            "jobs",
            (
                "        return msgspec.structs.replace(self, forced=target)\n",
                "        forced = None if self.started_at is None and target is State.COMPLETE else target\n"
                "        return msgspec.structs.replace(self, forced=forced, started_at=self.started_at or now)\n",
            ),
        ),
    ),
    (
        "goes on polling a job through maintenance",
        "history.agrees",
        _edit(
            "api",
            (
                '        raise Maintenance("maintenance is switched on")\n',
                '        known = account and account.collections.get(call.params.get("collectionHash", ""))\n'
                "        if account is not None and known and not known.deleted:\n"
                '            OPERATIONS["collection.downloadHTML"].run(account, call.params, call.now, "")\n'
                '        raise Maintenance("maintenance is switched on")\n',
            ),
        ),
    ),
    # --- resource URLs
    (
        "counts the minute of a link from the whole second",
        "url.lives-60s",
        _edit("resource_urls", ("    expires = now + round(", "    expires = now - now % SECOND + round(")),
    ),
    (
        "serves at the very end of the minute",
        "url.lives-60s",
        _edit("resource_urls", ("    if now >= dies:\n", "    if now > dies:\n")),
    ),
    (
        "has one link for each second",
        "job.fresh-resource-url",
        _edit(
            "resource_urls",
            ("    stamp = _STAMP.pack(expires, account.urls_made)\n", "    stamp = _STAMP.pack(expires, 0)\n"),
        ),
    ),
    # --- keys
    (
        "takes the secret of any key",
        "key.isolation",
        _edit(
            "api",
            (
                '    if not verify(call.account.secret, params, params["signature"], uppercase=uppercase):\n',
                "    secrets = [account.secret for account in call.world.accounts]\n"
                "    given = params['signature']\n"
                "    if not any(verify(secret, params, given, uppercase=uppercase) for secret in secrets):\n",
            ),
        ),
    ),
)
