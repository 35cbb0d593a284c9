"""Runs scenarios with one client at one fake: makes the account, runs the case, collects log, report and file."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

import msgspec

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.fake_server import Fake, NoPackage, Sandbox
from flipsnack_contract.adapter.launch import Program
from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.sent import Sent
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.scenarios.event import Event, logged_event
from flipsnack_contract.scenarios.fault_catalogue import SPOILT_PACKAGES
from flipsnack_contract.scenarios.preparation import (
    action_of,
    case_of,
    collection_for,
    collections_of,
    document_of,
    furnish,
    leave_stale,
    prepare,
)
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.target.control import Control

BOUNDARY = re.compile(r'boundary="?([^";]+)')
NO_LIMITS = {"requests_per_second": 0, "requests_per_minute": 0, "url_lifetime": 60}
# A diagnosis takes a tenth of a second, and a client that signs wrong does so in each run.
MOST_DIAGNOSES = 40
SHORT_S = 20.0
"""The deadline of a run that is to fail."""
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
    _boundary: bytes = b""
    _packages: dict[tuple[str, int, int], bytes | None] = field(default_factory=dict)

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
        prepare(scenario, sandbox)
        # A made-up answer must use the client's JSONP callback; an undisturbed run shows it.
        if scenario.format == "jsonp" and scenario.faults and not self._callback:
            self.play(Scenario(op=scenario.op, action=scenario.action, format="jsonp"))
        for number, fault in enumerate(scenario.faults):
            elsewhere = sandbox.elsewhere.url if sandbox.elsewhere else ""
            rule = fault.as_rule(
                sandbox.base_url,
                callback=self._callback or "callback",
                elsewhere=elsewhere,
                now=(sandbox.account.now or 0) / SECOND,
            )
            sandbox.account.call("POST", "/faults", {"id": f"fault-{number}", **rule})

    def _sandbox(self, scenario: Scenario) -> Sandbox:
        self._count += 1
        name = f"{self.name}-{self._count}"
        return Sandbox(
            self.fake,
            name,
            key=scenario.key,
            secret=scenario.secret,
            way=scenario.way,
            collections=collections_of(scenario),
            frozen=self.virtual,
            file_name=scenario.file_name if scenario.op == "download" else "",
        )

    def _play(self, scenario: Scenario, sandbox: Sandbox) -> ScenarioRun:
        collection = collection_for(scenario, sandbox)
        before = furnish(scenario, sandbox.dest)
        if scenario.interrupted:
            self._interrupt(scenario, sandbox, collection)
        self._disturb(scenario, sandbox)
        document = self._document_for(scenario)
        case = case_of(scenario, sandbox, collection, document)
        there = tuple(one["hash"] for one in collections_of(scenario)) if scenario.op == "list" else ()
        actions = tuple(action_of(event, collection) for event in scenario.timeline)
        report = self.player.run(case, sandbox.timeline(virtual=self.virtual, actions=actions), calls=sandbox.calls)
        diagnose = scenario.who != "wrong-secret" and self._wrong < MOST_DIAGNOSES
        sent = sandbox.sent()
        calls = _with_headers(_fetch_log(sandbox.control, diagnose=diagnose), sent or ())
        self._wrong += any(call.signature == "wrong" for call in calls)
        self._callback = next(filter(None, (call.params.get("callback") for call in calls)), self._callback)
        boundaries = (BOUNDARY.search(one.by_name.get("content-type", "")) for one in sent or ())
        self._boundary = next((found[1].encode() for found in boundaries if found), self._boundary)
        run = ScenarioRun(
            scenario,
            self.capabilities,
            case,
            report,
            calls,
            file=sandbox.made(),
            file_before=before,
            document=document,
            there_before=there,
            sent=sent,
            left=sandbox.left(),
            account=tuple(sandbox.account.collections()) if scenario.makes_or_lists else (),
        )
        return replace(run, package=self._package_for(run, sandbox, collection))

    def _document_for(self, scenario: Scenario) -> bytes | None:
        """The document to upload, None for none; for a torn one the client uploads another one first."""
        if not scenario.uploads_file:
            return None
        if scenario.torn and not self._boundary:
            self.play(msgspec.structs.replace(scenario, torn=False))
        return document_of(scenario, self._boundary if scenario.torn else b"")

    def _interrupt(self, scenario: Scenario, sandbox: Sandbox, collection: str) -> None:
        """Run the case once with a connection that is cut off at every download, and forget what was sent."""
        sandbox.account.call(
            "POST", "/faults", {"id": "before", **SPOILT_PACKAGES["packages cut off"].as_rule(sandbox.base_url)}
        )
        case = case_of(msgspec.structs.replace(scenario, deadline_s=SHORT_S), sandbox, collection)
        self.player.run(replace(case, id=f"{case.id}-before"), sandbox.timeline(virtual=self.virtual))
        sandbox.account.call("DELETE", "/faults")
        sandbox.forget()
        leave_stale(sandbox.dest)

    def _package_for(self, run: ScenarioRun, sandbox: Sandbox, collection: str) -> bytes | None:
        """The package that a client which says ok must have saved; None for no download, or where none is served."""
        if run.outcome is not CaseOutcome.OK or run.scenario.op != "download":
            return None
        if (other := run.other_package) is not None:
            return other
        # The fake makes the same package of the same collection: a file that equals one of these needs no request.
        made_of = collection, run.scenario.pages, run.scenario.package_bytes
        if run.file is None or self._packages.get(made_of) != run.file:
            self._packages[made_of] = _served_package(run.scenario, sandbox, collection)
        return self._packages[made_of]


def _with_headers(calls: Iterable[Event], sent: Iterable[Sent]) -> tuple[Event, ...]:
    """The calls with the headers that were seen on the wire, in the order in which they came there."""
    left = list(sent)
    seen = []
    for call in calls:
        path = call.url.partition("?")[0]  # below the namespace of the run
        found = next((one for one in left if one.method == call.method and unquote(one.path).endswith(path)), None)
        if found is not None:
            left.remove(found)
        seen.append(replace(call, headers=found.by_name) if found else call)
    return tuple(seen)


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
