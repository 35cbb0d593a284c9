"""Plays scenarios to one client at one fake: sets the stage, lets the client event, and collects what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.messages import Hello, Options
from flipsnack_contract.adapter.sandbox import NoPackage, Sandbox
from flipsnack_contract.adapter.timeline import TimedAction, Timeline
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent, operation
from flipsnack_contract.scenarios.scenario_run import Disk, ScenarioRun
from flipsnack_contract.scenarios.server_log import fetch_server_log
from flipsnack_contract.target.control import AccountControl

__all__ = ["Player", "ScenarioRunner"]

OLD = b"what was there before"
PACKAGE = "package.zip"
NO_LIMITS = {"requests_per_second": 0, "requests_per_minute": 0, "url_lifetime": 60}
# A client that goes on for so long after its deadline would go on for ever.
AFTER_DEADLINE_MS = 120_000
DAY_MS = 24 * 3600 * 1000
# A diagnosis takes a tenth of a second, and who signs wrong does so in each play.
MOST_DIAGNOSES = 40


class Player(Protocol):
    """Whatever plays cases: a session with an adapter, or a program."""

    def open(self) -> Hello:
        """Who it is and what it can do; raises `AdapterFault`."""

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int]) -> Report:
        """What came of a case."""


class ScenarioRunner:
    """One client and one fake. Each run has a namespace of its own."""

    def __init__(self, player: Player, fake: Fake, *, name: str) -> None:
        """`name` begins the names of the namespaces. Raises `AdapterFault` when there is no adapter."""
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
        """Whether the client lets the kit hold its time."""
        return "virtual_sleep" in self.capabilities

    def play(self, scenario: Scenario) -> ScenarioRun:
        """What comes of `scenario`. Raises `Refused` and `Unreachable` when the fake does not play along."""
        with self._stage(scenario) as stage, tempfile.TemporaryDirectory(prefix="flipsnack-") as folder:
            return self._play(scenario, stage, Path(folder))

    def export(self, scenario: Scenario) -> tuple[ScenarioRun, bytes]:
        """What comes of `scenario`, with the HTTP archive of it, secrets and signatures masked."""
        with self._stage(scenario) as stage, tempfile.TemporaryDirectory(prefix="flipsnack-") as folder:
            run = self._play(scenario, stage, Path(folder))
            return run, stage.archive(before=len(run.requests))

    def _may_diagnose(self, scenario: Scenario) -> bool:
        return scenario.who != "wrong-secret" and self._wrong < MOST_DIAGNOSES

    def _callback_for(self, scenario: Scenario) -> str:
        """What the client calls its callback, where an answer must know that before it is asked for."""
        if scenario.format == "jsonp" and scenario.faults and not self._callback:
            self.play(Scenario(op=scenario.op, format="jsonp"))
        return self._callback or "callback"

    def _stage(self, scenario: Scenario) -> Sandbox:
        self._count += 1
        return Sandbox(self._fake, f"{self._name}-{self._count}", key=scenario.key, secret=scenario.secret)

    def _play(self, scenario: Scenario, stage: Sandbox, folder: Path) -> ScenarioRun:
        collection = _set_up(scenario, stage, callback=self._callback_for(scenario))
        dest = folder / PACKAGE
        if scenario.old_file:
            dest.write_bytes(OLD)
        case = _case(scenario, stage, collection, dest)
        turns = tuple(_turn(event, collection) for event in scenario.timeline)
        report = self._player.run(case, stage.timeline(virtual=self.virtual, turns=turns), calls=stage.calls)
        calls = fetch_server_log(stage.control, diagnose=self._may_diagnose(scenario))
        self._wrong += any(call.signature == "wrong" for call in calls)
        self._callback = next(
            (call.params["callback"] for call in calls if call.params.get("callback")), self._callback
        )
        disk = _look(folder, OLD if scenario.old_file else None)
        package = _truth(stage, collection) if report.outcome is CaseOutcome.OK and scenario.op == "download" else None
        return ScenarioRun(scenario, self.capabilities, case, report, calls, disk, package)


def _set_up(scenario: Scenario, stage: Sandbox, *, callback: str) -> str:
    """Make what the scenario needs; the hash that the client is given."""
    account = stage.account
    collection = _collection(scenario, stage)
    if scenario.settings:
        account.settings(**{name: _number(value) for name, value in scenario.settings.items()})
    for number, fault in enumerate(scenario.faults):
        account.call("POST", "/faults", {"id": f"fault-{number}", **fault.as_rule(stage.base_url, callback=callback)})
    return collection


def _collection(scenario: Scenario, stage: Sandbox) -> str:
    fields = {"schedule": scenario.schedule, "pages": scenario.pages}
    if scenario.whose == "unknown":
        return scenario.unknown_hash
    if scenario.whose == "foreign":
        return stage.control.create_account("somebody-else", "another secret").create_collection(
            hash="foreign", **fields
        )
    collection = stage.account.create_collection(**fields)
    if scenario.whose == "deleted":
        stage.account.delete_collection(collection)
    return collection


def _case(scenario: Scenario, stage: Sandbox, collection: str, dest: Path) -> Case:
    deadline = None if scenario.deadline_s is None else _milliseconds(scenario.deadline_s)
    horizon = DAY_MS if deadline is None else deadline + AFTER_DEADLINE_MS
    return Case(
        id=stage.name,
        op=scenario.op,
        base_url=stage.base_url,
        key=scenario.key_said,
        secret=scenario.secret_said,
        args={"collection": collection, "dest": str(dest)},
        options=Options(format=scenario.format, deadline_ms=deadline),
        cancel_after_ms=None if scenario.cancel_after_s is None else _milliseconds(scenario.cancel_after_s),
        needs=scenario.needs,
        horizon_ms=horizon + _milliseconds(scenario.suspended_s),
    )


def _turn(event: TimelineEvent, collection: str) -> TimedAction:
    if event.what == "suspend":
        return TimedAction(_milliseconds(event.after_s), suspend_ms=_milliseconds(event.for_s))
    return TimedAction(_milliseconds(event.after_s), _happening(event, collection))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _happening(event: TimelineEvent, collection: str) -> Callable[[AccountControl], None]:
    def happen(account: AccountControl) -> None:
        if event.what.startswith("maintenance"):
            account.maintenance(on=event.what == "maintenance-on")
        elif event.what == "delete":
            account.delete_collection(collection)
        elif account.job_state(collection) in ("NEW", "PROCESSING"):
            account.force(collection, "COMPLETE" if event.what == "complete" else "FAILED")

    return happen


def _look(folder: Path, before: bytes | None) -> Disk:
    dest = folder / PACKAGE
    leftovers = tuple(sorted(path.name for path in folder.iterdir() if path != dest))
    return Disk(dest.read_bytes() if dest.is_file() else None, before, leftovers)


def _truth(stage: Sandbox, collection: str) -> bytes | None:
    """The package as it should be, with everything out of the way that disturbed the client."""
    stage.account.call("DELETE", "/faults")
    stage.account.settings(**NO_LIMITS)
    stage.account.maintenance(on=False)
    try:
        return stage.package(collection)
    except NoPackage:
        return None


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
