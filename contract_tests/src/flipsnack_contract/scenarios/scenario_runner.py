"""Runs scenarios with one client at one fake: makes the account, runs the case, collects log, report and file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from flipsnack_contract.adapter.case import Case, CaseOutcome
from flipsnack_contract.adapter.fake_server import Fake, NoPackage, Sandbox
from flipsnack_contract.adapter.launch import Program
from flipsnack_contract.adapter.messages import CaseOptions
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.adapter.timeline import TimedAction
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent, operation
from flipsnack_contract.scenarios.scenario_run import Disk, ScenarioRun
from flipsnack_contract.scenarios.server_log import fetch_server_log
from flipsnack_contract.target.control import AccountControl

__all__ = ["ScenarioRunner"]

OLD = b"what was there before"
PACKAGE = "package.zip"
NO_LIMITS = {"requests_per_second": 0, "requests_per_minute": 0, "url_lifetime": 60}
# A client that still runs so long after its deadline does not end by itself.
AFTER_DEADLINE_MS = 120_000
DAY_MS = 24 * 3600 * 1000
# A diagnosis takes a tenth of a second, and a client that signs wrong does so in each run.
MOST_DIAGNOSES = 40


class ScenarioRunner:
    """One client and one fake. Each run has a namespace of its own."""

    def __init__(self, player: AdapterSession | Program, fake: Fake, *, name: str) -> None:
        """`name` is the beginning of each namespace's name. Raises `AdapterFault` when the adapter does not start."""
        self._player = player
        self._fake = fake
        self._name = name
        self._count = 0
        self._wrong = 0
        self._callback = ""
        self.hello = player.open()
        self.capabilities = frozenset(self.hello.capabilities) | {operation(op) for op in self.hello.ops}

    @property
    def virtual(self) -> bool:
        """Whether the client sleeps in the kit's virtual time."""
        return "virtual_sleep" in self.capabilities

    def play(self, scenario: Scenario) -> ScenarioRun:
        """Run `scenario`. Raises `Refused` and `Unreachable` when the fake fails."""
        with self._sandbox(scenario) as sandbox, tempfile.TemporaryDirectory(prefix="flipsnack-") as folder:
            return self._play(scenario, sandbox, Path(folder))

    def export(self, scenario: Scenario) -> tuple[ScenarioRun, bytes]:
        """Run `scenario`, and export its requests as an HTTP archive with masked secrets and signatures."""
        with self._sandbox(scenario) as sandbox, tempfile.TemporaryDirectory(prefix="flipsnack-") as folder:
            run = self._play(scenario, sandbox, Path(folder))
            return run, sandbox.archive(before=len(run.requests))

    def _may_diagnose(self, scenario: Scenario) -> bool:
        return scenario.who != "wrong-secret" and self._wrong < MOST_DIAGNOSES

    def _callback_for(self, scenario: Scenario) -> str:
        """The client's JSONP callback, which a made-up answer must use; an undisturbed run shows it."""
        if scenario.format == "jsonp" and scenario.faults and not self._callback:
            self.play(Scenario(op=scenario.op, format="jsonp"))
        return self._callback or "callback"

    def _sandbox(self, scenario: Scenario) -> Sandbox:
        self._count += 1
        return Sandbox(self._fake, f"{self._name}-{self._count}", key=scenario.key, secret=scenario.secret)

    def _play(self, scenario: Scenario, sandbox: Sandbox, folder: Path) -> ScenarioRun:
        collection = _set_up(scenario, sandbox, callback=self._callback_for(scenario))
        dest = folder / PACKAGE
        if scenario.old_file:
            dest.write_bytes(OLD)
        case = _case(scenario, sandbox, collection, dest)
        actions = tuple(_action(event, collection) for event in scenario.timeline)
        report = self._player.run(case, sandbox.timeline(virtual=self.virtual, actions=actions), calls=sandbox.calls)
        calls = fetch_server_log(sandbox.control, diagnose=self._may_diagnose(scenario))
        self._wrong += any(call.signature == "wrong" for call in calls)
        self._callback = next(
            (call.params["callback"] for call in calls if call.params.get("callback")), self._callback
        )
        disk = _disk(folder, OLD if scenario.old_file else None)
        package = (
            _served_package(sandbox, collection)
            if report.outcome is CaseOutcome.OK and scenario.op == "download"
            else None
        )
        return ScenarioRun(scenario, self.capabilities, case, report, calls, disk, package)


def _set_up(scenario: Scenario, sandbox: Sandbox, *, callback: str) -> str:
    """Make the collection, settings and faults of the scenario; the hash that the client is given."""
    account = sandbox.account
    collection = _collection(scenario, sandbox)
    if scenario.settings:
        account.settings(**{name: _number(value) for name, value in scenario.settings.items()})
    for number, fault in enumerate(scenario.faults):
        account.call("POST", "/faults", {"id": f"fault-{number}", **fault.as_rule(sandbox.base_url, callback=callback)})
    return collection


def _collection(scenario: Scenario, sandbox: Sandbox) -> str:
    fields = {"schedule": scenario.schedule, "pages": scenario.pages}
    if scenario.whose == "unknown":
        return scenario.unknown_hash
    if scenario.whose == "foreign":
        return sandbox.control.create_account("somebody-else", "another secret").create_collection(
            hash="foreign", **fields
        )
    collection = sandbox.account.create_collection(**fields)
    if scenario.whose == "deleted":
        sandbox.account.delete_collection(collection)
    return collection


def _case(scenario: Scenario, sandbox: Sandbox, collection: str, dest: Path) -> Case:
    deadline = None if scenario.deadline_s is None else _milliseconds(scenario.deadline_s)
    horizon = DAY_MS if deadline is None else deadline + AFTER_DEADLINE_MS
    return Case(
        id=sandbox.name,
        op=scenario.op,
        base_url=sandbox.base_url,
        key=scenario.key_said,
        secret=scenario.secret_said,
        args={"collection": collection, "dest": str(dest)},
        options=CaseOptions(format=scenario.format, deadline_ms=deadline),
        cancel_after_ms=None if scenario.cancel_after_s is None else _milliseconds(scenario.cancel_after_s),
        needs=scenario.needs,
        horizon_ms=horizon + _milliseconds(scenario.suspended_s),
    )


def _action(event: TimelineEvent, collection: str) -> TimedAction:
    if event.what == "suspend":
        return TimedAction(_milliseconds(event.after_s), suspend_ms=_milliseconds(event.for_s))
    return TimedAction(_milliseconds(event.after_s), _change(event, collection))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _change(event: TimelineEvent, collection: str) -> Callable[[AccountControl], None]:
    def happen(account: AccountControl) -> None:
        if event.what.startswith("maintenance"):
            account.maintenance(on=event.what == "maintenance-on")
        elif event.what == "delete":
            account.delete_collection(collection)
        elif account.job_state(collection) in ("NEW", "PROCESSING"):
            account.force(collection, "COMPLETE" if event.what == "complete" else "FAILED")

    return happen


def _disk(folder: Path, before: bytes | None) -> Disk:
    dest = folder / PACKAGE
    return Disk(dest.read_bytes() if dest.is_file() else None, before)


def _served_package(sandbox: Sandbox, collection: str) -> bytes | None:
    """The package, fetched after faults, limits and maintenance are removed."""
    sandbox.account.call("DELETE", "/faults")
    sandbox.account.settings(**NO_LIMITS)
    sandbox.account.maintenance(on=False)
    try:
        return sandbox.package(collection)
    except NoPackage:
        return None


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
