"""Checks an adapter before its client is judged: that it keeps the protocol, and that the simplest cases work."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.channel import Closed, ReadTimeout
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import LaunchMode, playing
from flipsnack_contract.adapter.messages import CAPABILITIES, FORMATS, OPERATIONS, CaseOptions, Greeting, Hello, RunCase
from flipsnack_contract.adapter.process import GRACE_AFTER_BYE, Process
from flipsnack_contract.adapter.program import Program
from flipsnack_contract.adapter.sandbox import Sandbox
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.methods import package_method

__all__ = ["PROTOCOL_CHECKS", "Finding", "ProtocolCheck", "check_adapter", "findings_of"]

# The discard port: nothing listens there, and an unprivileged user cannot.
CLOSED_PORT = "http://127.0.0.1:9/v1/"
ODD_ID = 'odd id "quoted" \\ and é 😀 / <>&'
UNKNOWN = "no-such-operation"
KEY, SECRET = "adapter-check", "a secret of the kit"
DEADLINE_MS = 30_000
WRONG_SIGNATURE = (
    "key and secret are right, so the signature is wrong; see `flipsnack-contract explain signature.digest`"
)
NO_SLEEP = "it declares virtual_sleep, but polled again without a sleep message"


@dataclass(frozen=True)
class Finding:
    """A check's name, its promise, and what is wrong: nothing when `wrong` is empty. `printed` was on stderr."""

    name: str
    promise: str
    wrong: str
    printed: str


class FutureGreeting(Greeting, frozen=True, tag="hello"):
    """A hello with a field that this version does not know."""

    future: dict[str, Any]


class FutureRun(RunCase, frozen=True, tag="run"):
    """A run with a field that this version does not know."""

    future: dict[str, Any]


class _FutureCase(Case):
    def as_run(self, now_ms: int) -> RunCase:
        run = super().as_run(now_ms)
        known = {name: getattr(run, name) for name in RunCase.__struct_fields__}
        return FutureRun(**known, future={"id": "another", "list": [1, {"type": "bye"}]})


@dataclass
class _Adapter:
    """The adapter while it is checked; `printed` is what the last case wrote to stderr."""

    launch: LaunchMode
    session: AdapterSession | Program
    fake: Fake
    folder: Path
    hello: Hello
    printed: str = ""
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    @property
    def is_virtual(self) -> bool:
        return "virtual_sleep" in self.hello.capabilities

    def sandbox(self, name: str) -> Sandbox:
        return Sandbox(self.fake, f"check-{self.run_id}-{name}", key=KEY, secret=SECRET)

    def run(self, sandbox: Sandbox, **fields: Any) -> Report:
        usual: dict[str, Any] = {"id": sandbox.name, "op": UNKNOWN, "base_url": sandbox.base_url, "secret": SECRET}
        usual["args"] = {"collection": "f000001", "dest": str(self.folder / "none.zip")}
        options = CaseOptions(format=self.hello.format, deadline_ms=DEADLINE_MS)
        case = _FutureCase(key=KEY, options=options, **(usual | fields))
        report = self.session.run(case, sandbox.timeline(virtual=self.is_virtual), calls=sandbox.calls)
        self.printed = report.printed
        return report


def check_adapter(launch: LaunchMode, greeting: Greeting, fake: Fake) -> Iterator[Finding]:
    """Start the adapter and give the finding of each check, one by one.

    Raises `AdapterFault` when the adapter does not answer the hello, and `BadTemplate`.
    """
    known = {name: getattr(greeting, name) for name in Greeting.__struct_fields__}
    with playing(launch, FutureGreeting(**known, future={"type": "bye", "list": [1]})) as session:
        yield from findings_of(session, launch, fake)


def findings_of(session: AdapterSession | Program, launch: LaunchMode, fake: Fake) -> Iterator[Finding]:
    """The finding of each check in `PROTOCOL_CHECKS` that applies. Raises `AdapterFault` without a hello."""
    with tempfile.TemporaryDirectory() as folder:
        adapter = _Adapter(launch, session, fake, Path(folder), session.open())
        for name, one in PROTOCOL_CHECKS.items():
            if one.op in adapter.hello.ops or (not one.op and isinstance(session, AdapterSession)):
                yield Finding(name, one.promise, _wrong_in(one, adapter), adapter.printed)


def _wrong_in(one: ProtocolCheck, adapter: _Adapter) -> str:
    try:
        return one.look(adapter)
    except AdapterFault as fault:
        return str(fault)


# --- what is looked at


def _greets(_adapter: _Adapter) -> str:
    return ""  # without a hello there are no checks


def _declares(adapter: _Adapter) -> str:
    hello = adapter.hello
    if not set(OPERATIONS) & set(hello.ops):
        return f"ops are {', '.join(hello.ops) or 'none'}; expected some of {', '.join(OPERATIONS)}"
    if unknown := [name for name in hello.capabilities if name not in CAPABILITIES]:
        return f"unknown capability {', '.join(unknown)}; expected some of {', '.join(CAPABILITIES)}"
    if not set(FORMATS) & set(hello.capabilities):
        return "no format is among the capabilities; expected json, jsonp or xml"
    return "" if all((hello.client.name, hello.client.version, hello.client.language)) else "a part of client is empty"


def _declines(adapter: _Adapter) -> str:
    with adapter.sandbox("declines") as sandbox:
        report = adapter.run(sandbox)
    return "" if report.outcome is CaseOutcome.UNSUPPORTED else _got(f"unsupported for {UNKNOWN}", report)


def _echoes(adapter: _Adapter) -> str:
    with adapter.sandbox("echoes") as sandbox:
        report = adapter.run(sandbox, id=ODD_ID)
    return "" if report.result is not None else _got(f"a result for {ODD_ID!r}", report)


def _reports_transport(adapter: _Adapter) -> str:
    op = next((op for op in ("poll", "download") if op in adapter.hello.ops), "call")
    with adapter.sandbox("transport") as sandbox:
        report = adapter.run(sandbox, op=op, base_url=CLOSED_PORT)
    found = report.error_class in ("transport", "deadline")
    return "" if found else _got("an error of class transport or deadline", report)


def _serves_again(adapter: _Adapter) -> str:
    assert isinstance(adapter.session, AdapterSession)  # programs end after each case
    before = adapter.session.starts
    with adapter.sandbox("again") as sandbox:
        report = adapter.run(sandbox)
    if report.result is None:
        return _got("a result", report)
    return "" if before == adapter.session.starts else "the process did not survive"


def _obeys_bye(adapter: _Adapter) -> str:
    adapter.session.open()
    code = adapter.session.close()
    return "" if code == 0 else f"expected exit code 0, got {'none: it went on' if code is None else code}"


def _ends_with_its_input(adapter: _Adapter) -> str:
    with Process(adapter.launch.command) as process:
        process.channel.close_writing()
        try:
            process.channel.receive(timeout=GRACE_AFTER_BYE + adapter.launch.timeout)
        except Closed:
            fault = process.exit_fault()
            return "" if fault.kind == "crash" else str(fault)
        except ReadTimeout:
            process.kill()
            return "expected it to end, but it goes on"
        return "it wrote a line before the hello"


@dataclass(frozen=True)
class _SimpleCase:
    """A case at the fake and how it must end. `waits`: it cannot end well without a sleep."""

    name: str
    schedule: str
    outcome: CaseOutcome = CaseOutcome.OK
    error_class: str | None = None
    secret: str = SECRET
    waits: bool = False

    def __call__(self, adapter: _Adapter) -> str:
        dest = adapter.folder / f"{self.name}.zip"
        with adapter.sandbox(self.name) as sandbox:
            collection = sandbox.account.create_collection(schedule=self.schedule)
            args = {"collection": collection, "dest": str(dest)}
            report = adapter.run(sandbox, op="download", secret=self.secret, args=args)
            wrong = self._wrong_end(report)
            if not wrong and report.outcome is CaseOutcome.OK:
                wrong = _wrong_file(dest, sandbox, collection)
        slept = report.sleeps or not (self.waits and adapter.is_virtual)
        return wrong or ("" if slept else NO_SLEEP)

    def _wrong_end(self, report: Report) -> str:
        if report.outcome is not self.outcome:
            hint = f"; {WRONG_SIGNATURE}" if self.secret == SECRET and report.error_class == "auth" else ""
            return _got(self.outcome, report) + hint
        # A program without the protocol reports no class.
        if report.result is not None and report.error_class != self.error_class:
            return f"expected an error of class {self.error_class}, got {report.error_class}"
        return ""


def _wrong_file(dest: Path, sandbox: Sandbox, collection: str) -> str:
    if not dest.is_file():
        return "expected a file at dest, got none"
    made, served = dest.read_bytes(), sandbox.package(collection)
    return "" if served == made else f"expected the package ({_shown(served)}) at dest, got {_shown(made)}"


def _calls(adapter: _Adapter) -> str:
    with adapter.sandbox("calls") as sandbox:
        collection = sandbox.account.create_collection(schedule="never")
        args = {"action": package_method().name, "params": {"collectionHash": collection}, "files": {}}
        report = adapter.run(sandbox, op="call", args=args)
    if report.outcome is CaseOutcome.OK and report.result and report.result.value == {"status": "PROCESSING"}:
        return ""
    value = f" with the value {report.result.value}" if report.result else ""
    return _got('ok with the value {"status": "PROCESSING"}', report) + value


def _got(expected: str, report: Report) -> str:
    found = f"{report.outcome} {report.error_class or ''} {report.why}".split()
    return f"expected {expected}, got {' '.join(found)}"


def _shown(content: bytes) -> str:
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…"


@dataclass(frozen=True)
class ProtocolCheck:
    """`look` returns what is wrong with an adapter, or an empty text.

    A check with an `op` is for each adapter that declares that operation; one without is not for programs of mode exec.
    """

    promise: str
    look: Callable[[_Adapter], str]
    op: str = ""


DOWNLOADS = _SimpleCase("downloads", "immediate")
WAITS = _SimpleCase("waits", "after-1-polls", waits=True)
FAILS = _SimpleCase("fails", "failed", CaseOutcome.ERROR, "job_failed")
AUTH = _SimpleCase("auth", "immediate", CaseOutcome.ERROR, "auth", secret="not the secret")
PROTOCOL_CHECKS: Mapping[str, ProtocolCheck] = {
    "greets": ProtocolCheck("hello is answered by hello, whatever unknown fields it has", _greets),
    "declares": ProtocolCheck("it has a name, and operations and capabilities of the protocol", _declares),
    "declines": ProtocolCheck("an operation that it does not have is unsupported", _declines),
    "echoes": ProtocolCheck("the id comes back unchanged, whatever characters it has", _echoes),
    "reports-transport": ProtocolCheck("a closed port is an error of class transport or deadline", _reports_transport),
    "serves-again": ProtocolCheck("after an error the same process serves the next case", _serves_again),
    "downloads": ProtocolCheck("a package that is built is downloaded", DOWNLOADS, op="download"),
    "waits": ProtocolCheck("a package that is being built is waited for", WAITS, op="download"),
    "fails": ProtocolCheck("a failed job is an error of class job_failed", FAILS, op="download"),
    "auth": ProtocolCheck("a wrong secret is an error of class auth", AUTH, op="download"),
    "calls": ProtocolCheck("a call gives the data of its answer", _calls, op="call"),
    "obeys-bye": ProtocolCheck("it ends with exit code 0 within 3 s of bye", _obeys_bye),
    "ends-with-its-input": ProtocolCheck("it ends within 3 s of the end of its input", _ends_with_its_input),
}
"""The checks of an adapter, in their order."""
