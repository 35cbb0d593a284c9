"""Runs scenarios with one client at one fake: makes the account, runs the case, collects log, report and file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flipsnack_contract.adapter.case import DAY_MS, Case, CaseOutcome, TimedAction
from flipsnack_contract.adapter.fake_server import Fake, NoPackage, Sandbox
from flipsnack_contract.adapter.launch import Program
from flipsnack_contract.adapter.messages import AdapterFault, CaseOptions
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.scenarios.event import Event, logged_event
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.target.control import AccountControl, Control

OLD = b"what was there before"
NO_LIMITS = {"requests_per_second": 0, "requests_per_minute": 0, "url_lifetime": 60}
# A client that still runs so long after its deadline does not end by itself.
AFTER_DEADLINE_MS = 120_000
# A diagnosis takes a tenth of a second, and a client that signs wrong does so in each run.
MOST_DIAGNOSES = 40
MOST_FAULTS = 10
"""After so many faults in a row nothing can be learned of the client any more."""


@dataclass
class ScenarioRunner:
    """One client and one fake. Each run has a namespace of its own, whose name begins with `name`.

    `runs` has those of `watch`, and `on_run` is called after each. Raises `AdapterFault` when no client starts.
    """

    player: AdapterSession | Program
    fake: Fake
    name: str
    on_run: Callable[[ScenarioRun], None] = lambda _run: None
    runs: dict[Scenario, ScenarioRun] = field(default_factory=dict)
    _count: int = 0
    _wrong: int = 0
    _faults: int = 0
    _callback: str = ""

    def __post_init__(self) -> None:
        self.hello = self.player.open()
        self.capabilities = frozenset(self.hello.capabilities) | {f"op:{name}" for name in self.hello.ops}
        self.virtual = "virtual_sleep" in self.capabilities

    def watch(self, scenario: Scenario) -> ScenarioRun:
        """The run of `scenario`, which is run now if it was not run before: every check is held against the same runs.

        Raises `AdapterFault` after `MOST_FAULTS` faults in a row, and `Refused` or `Unreachable` when the fake fails.
        """
        known = self.runs.get(scenario)
        if known is None:
            known = self.runs[scenario] = self.play(scenario)
            self._faults = self._faults + 1 if known.outcome is CaseOutcome.FAULT else 0
            if self._faults >= MOST_FAULTS:
                raise AdapterFault(known.report.fault, f"{MOST_FAULTS} cases in a row: {known.report.why}")
            self.on_run(known)
        return known

    def play(self, scenario: Scenario) -> ScenarioRun:
        """Run `scenario`. Raises `Refused` and `Unreachable` when the fake fails."""
        with self._sandbox(scenario) as sandbox:
            return self._play(scenario, sandbox)

    def export(self, scenario: Scenario) -> tuple[ScenarioRun, bytes]:
        """Run `scenario`, and export its requests as an HTTP archive with masked secrets and signatures."""
        with self._sandbox(scenario) as sandbox:
            run = self._play(scenario, sandbox)
            return run, sandbox.archive(before=len(run.requests))

    def _disturb(self, scenario: Scenario, sandbox: Sandbox) -> None:
        if scenario.settings:
            sandbox.account.settings(**scenario.settings)
        # A made-up answer must use the client's JSONP callback; an undisturbed run shows it.
        if scenario.format == "jsonp" and scenario.faults and not self._callback:
            self.play(Scenario(op=scenario.op, format="jsonp"))
        for number, fault in enumerate(scenario.faults):
            rule = fault.as_rule(sandbox.base_url, callback=self._callback or "callback")
            sandbox.account.call("POST", "/faults", {"id": f"fault-{number}", **rule})

    def _sandbox(self, scenario: Scenario) -> Sandbox:
        self._count += 1
        return Sandbox(self.fake, f"{self.name}-{self._count}", key=scenario.key, secret=scenario.secret)

    def _play(self, scenario: Scenario, sandbox: Sandbox) -> ScenarioRun:
        collection = _collection(scenario, sandbox)
        self._disturb(scenario, sandbox)
        before = OLD if scenario.old_file else None
        if before:
            sandbox.dest.write_bytes(before)
        case = _case(scenario, sandbox, collection)
        actions = tuple(_action(event, collection) for event in scenario.timeline)
        report = self.player.run(case, sandbox.timeline(virtual=self.virtual, actions=actions), calls=sandbox.calls)
        diagnose = scenario.who != "wrong-secret" and self._wrong < MOST_DIAGNOSES
        calls = _fetch_log(sandbox.control, diagnose=diagnose)
        self._wrong += any(call.signature == "wrong" for call in calls)
        self._callback = next(filter(None, (call.params.get("callback") for call in calls)), self._callback)
        downloaded = report.outcome is CaseOutcome.OK and scenario.op == "download"
        return ScenarioRun(
            scenario,
            self.capabilities,
            case,
            report,
            calls,
            file=sandbox.made(),
            file_before=before,
            package=_served_package(scenario, sandbox, collection) if downloaded else None,
        )


def _collection(scenario: Scenario, sandbox: Sandbox) -> str:
    fields = {"schedule": scenario.schedule, "pages": scenario.pages}
    if scenario.whose == "unknown":
        return scenario.unknown_hash
    if scenario.whose == "foreign":
        other = sandbox.control.create_account("somebody-else", "another secret")
        return other.create_collection(hash="foreign", **fields)
    collection = sandbox.account.create_collection(**fields)
    if scenario.whose == "deleted":
        sandbox.account.delete_collection(collection)
    return collection


def _case(scenario: Scenario, sandbox: Sandbox, collection: str) -> Case:
    deadline = None if scenario.deadline_s is None else _milliseconds(scenario.deadline_s)
    horizon = DAY_MS if deadline is None else deadline + AFTER_DEADLINE_MS
    return Case(
        id=sandbox.name,
        op=scenario.op,
        base_url=sandbox.base_url,
        key="unknown-key" if scenario.who == "unknown-key" else scenario.key,
        secret=f"not {scenario.secret}" if scenario.who == "wrong-secret" else scenario.secret,
        args={"collection": collection, "dest": str(sandbox.dest)},
        options=CaseOptions(format=scenario.format, deadline_ms=deadline),
        cancel_after_ms=None if scenario.cancel_after_s is None else _milliseconds(scenario.cancel_after_s),
        needs=scenario.needs,
        horizon_ms=horizon + _milliseconds(scenario.suspended_s),
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _action(event: TimelineEvent, collection: str) -> TimedAction:
    def happen(account: AccountControl) -> None:
        if event.what.startswith("maintenance"):
            account.maintenance(on=event.what == "maintenance-on")
        elif event.what == "delete":
            account.delete_collection(collection)
        elif account.job_state(collection) in ("NEW", "PROCESSING"):
            account.force(collection, "COMPLETE" if event.what == "complete" else "FAILED")

    if event.what == "suspend":
        return TimedAction(_milliseconds(event.after_s), suspend_ms=_milliseconds(event.for_s))
    return TimedAction(_milliseconds(event.after_s), happen)


def _served_package(scenario: Scenario, sandbox: Sandbox, collection: str) -> bytes | None:
    """The package, fetched after faults, limits and maintenance are removed."""
    if scenario.faults:
        sandbox.account.call("DELETE", "/faults")
    if scenario.timeline:
        sandbox.account.maintenance(on=False)
    sandbox.account.settings(**NO_LIMITS)
    try:
        return sandbox.package(collection)
    except NoPackage:
        return None


def _fetch_log(control: Control, *, diagnose: bool) -> tuple[Event, ...]:
    """Every request of a namespace, oldest first. Raises `Refused`.

    With `diagnose` the fake says what is wrong with the first wrong signature; that is the request's `detail` then.
    """
    records: list[dict[str, Any]] = control.call("GET", "/requests?limit=100000")["requests"]
    wrong = next((record for record in records if record.get("signature") == "wrong"), None)
    if diagnose and wrong is not None:
        diagnosis = control.call("GET", f"/requests/{wrong['id']}/diagnosis").get("signature", {})
        causes = diagnosis.get("causes", [])
        fixes = [mistake["fix"] for mistake in causes[0]["mistakes"]] if causes else []
        wrong["detail"] = " ".join((diagnosis.get("summary", wrong.get("detail", "")), *fixes))
    # Numbered by their order, so that a failure reads the same in each run.
    return tuple(logged_event(f"#{number}", record) for number, record in enumerate(records, 1))
