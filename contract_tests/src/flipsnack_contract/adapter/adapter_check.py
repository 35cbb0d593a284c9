"""Checks an adapter before its client is judged: that it keeps the protocol, and that the simplest cases work."""

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.channel import Closed
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import LaunchMode, playing
from flipsnack_contract.adapter.messages import (
    CAPABILITIES,
    FORMATS,
    OPERATIONS,
    CaseOptions,
    Greeting,
    Hello,
    RunCase,
    preferred,
)
from flipsnack_contract.adapter.process import GRACE_AFTER_BYE, Process
from flipsnack_contract.adapter.program import Program
from flipsnack_contract.adapter.sandbox import Sandbox
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.methods import package_method

# The discard port: nothing listens there, and an unprivileged user cannot.
CLOSED_PORT = "http://127.0.0.1:9/v1/"
ODD_ID = 'odd id "quoted" \\ and é 😀 / <>&'
UNKNOWN = "no-such-operation"
KEY, SECRET = "adapter-check", "a secret of the kit"
DEADLINE_MS = 30_000
WRONG_SIGNATURE = (
    "; key and secret are right, so the signature is wrong; see `flipsnack-contract explain signature.digest`"
)
NO_SLEEP = "it declares virtual_sleep, but polled again without a sleep message"


@dataclass(frozen=True)
class Finding:
    """A check's name, its promise, and what is wrong: nothing when `wrong` is empty. `printed` was on stderr."""

    name: str
    promise: str
    wrong: str
    printed: str


def _with_unknown_field(message: Any) -> Any:
    """A message of the kit as a later version may send it: with a field that this version does not know."""
    kind = type(message)
    later = msgspec.defstruct(
        kind.__name__, [("future", dict)], bases=(kind,), tag=message.__struct_config__.tag, frozen=True, kw_only=True
    )
    return later(**msgspec.structs.asdict(message), future={"type": "bye", "id": "another", "list": [1]})


class _Wrong(Exception):
    pass


class _FutureCase(Case):
    def as_run(self, now_ms: int) -> RunCase:
        run: RunCase = _with_unknown_field(super().as_run(now_ms))
        return run


@dataclass
class _Adapter:
    """The adapter while it is checked; `printed` is what the last case wrote to stderr."""

    launch: LaunchMode
    session: AdapterSession | Program
    fake: Fake
    folder: Path
    hello: Hello
    printed: str = ""
    names: Iterator[str] = field(default_factory=lambda: map(f"check-{uuid.uuid4().hex[:8]}-{{}}".format, count()))

    @property
    def is_virtual(self) -> bool:
        return "virtual_sleep" in self.hello.capabilities

    def sandbox(self) -> Sandbox:
        return Sandbox(self.fake, next(self.names), key=KEY, secret=SECRET)

    def dest(self, sandbox: Sandbox) -> Path:
        return self.folder / f"{sandbox.name}.zip"

    def run(self, sandbox: Sandbox, collection: str = "f000001", **changes: Any) -> Report:
        case = _FutureCase(
            id=sandbox.name,
            op=UNKNOWN,
            base_url=sandbox.base_url,
            key=KEY,
            secret=SECRET,
            args={"collection": collection, "dest": str(self.dest(sandbox))},
            options=CaseOptions(format=preferred(self.hello.capabilities), deadline_ms=DEADLINE_MS),
        )
        timeline = sandbox.timeline(virtual=self.is_virtual)
        report = self.session.run(replace(case, **changes), timeline, calls=sandbox.calls)
        self.printed = report.printed
        return report

    def run_alone(self, **changes: Any) -> Report:
        with self.sandbox() as sandbox:
            return self.run(sandbox, **changes)


def check_adapter(launch: LaunchMode, greeting: Greeting, fake: Fake) -> Iterator[Finding]:
    """Start the adapter and give the finding of each check, one by one.

    Raises `AdapterFault` when the adapter does not answer the hello, and `BadTemplate`.
    """
    with playing(launch, _with_unknown_field(greeting)) as session:
        yield from findings_of(session, launch, fake)


def findings_of(session: AdapterSession | Program, launch: LaunchMode, fake: Fake) -> Iterator[Finding]:
    """The finding of each check in `PROTOCOL_CHECKS` that applies. Raises `AdapterFault` without a hello."""
    with tempfile.TemporaryDirectory() as folder:
        adapter = _Adapter(launch, session, fake, Path(folder), session.open())
        for name, one in PROTOCOL_CHECKS.items():
            if one.op in adapter.hello.ops or (not one.op and isinstance(session, AdapterSession)):
                yield Finding(name, one.promise, _wrong_in(one, adapter), adapter.printed)


def _wrong_in(one: "ProtocolCheck", adapter: _Adapter) -> str:
    try:
        one.look(adapter)
    except (AdapterFault, _Wrong) as wrong:
        return str(wrong)
    return ""


def _expect(is_right: object, wrong: str) -> None:
    if not is_right:
        raise _Wrong(wrong)


def _got(expected: str, report: Report) -> str:
    found = f"{report.outcome} {report.error_class or ''} {report.why}".split()
    return f"expected {expected}, got {' '.join(found)}"


# --- what is looked at


def _greets(_adapter: _Adapter) -> None:
    pass  # without a hello there are no checks


def _declares(adapter: _Adapter) -> None:
    hello = adapter.hello
    unknown = ", ".join(name for name in hello.capabilities if name not in CAPABILITIES)
    operations = f"ops are {', '.join(hello.ops) or 'none'}; expected some of {', '.join(OPERATIONS)}"
    _expect(OPERATIONS.keys() & set(hello.ops), operations)
    _expect(not unknown, f"unknown capability {unknown}; expected some of {', '.join(CAPABILITIES)}")
    _expect(set(FORMATS) & set(hello.capabilities), "no format is among the capabilities; expected json, jsonp or xml")
    _expect(all(msgspec.structs.astuple(hello.client)), "a part of client is empty")


def _declines(adapter: _Adapter) -> None:
    report = adapter.run_alone()
    _expect(report.outcome is CaseOutcome.UNSUPPORTED, _got(f"unsupported for {UNKNOWN}", report))


def _echoes(adapter: _Adapter) -> None:
    report = adapter.run_alone(id=ODD_ID)
    _expect(report.result, _got(f"a result for {ODD_ID!r}", report))


def _reports_transport(adapter: _Adapter) -> None:
    op = next((op for op in ("poll", "download") if op in adapter.hello.ops), "call")
    report = adapter.run_alone(op=op, base_url=CLOSED_PORT)
    is_right = report.error_class in ("transport", "deadline")
    _expect(is_right, _got("an error of class transport or deadline", report))


def _serves_again(adapter: _Adapter) -> None:
    assert isinstance(adapter.session, AdapterSession)  # programs end after each case
    before = adapter.session.starts
    report = adapter.run_alone()
    _expect(report.result, _got("a result", report))
    _expect(before == adapter.session.starts, "the process did not survive")


def _downloads(adapter: _Adapter, schedule: str = "immediate") -> Report:
    with adapter.sandbox() as sandbox:
        collection = sandbox.account.create_collection(schedule=schedule)
        report = adapter.run(sandbox, collection, op="download")
        hint = WRONG_SIGNATURE if report.error_class == "auth" else ""
        _expect(report.outcome is CaseOutcome.OK, _got("ok", report) + hint)
        made, served = adapter.dest(sandbox), sandbox.package(collection)
    _expect(made.is_file(), "expected a file at dest, got none")
    is_right = served == made.read_bytes()
    _expect(is_right, f"expected the package ({_shown(served)}) at dest, got {_shown(made.read_bytes())}")
    return report


def _shown(content: bytes) -> str:
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…"


def _waits(adapter: _Adapter) -> None:
    report = _downloads(adapter, "after-1-polls")
    _expect(report.sleeps or not adapter.is_virtual, NO_SLEEP)


def _fails(adapter: _Adapter, error_class: str, schedule: str = "immediate", secret: str = SECRET) -> None:
    with adapter.sandbox() as sandbox:
        collection = sandbox.account.create_collection(schedule=schedule)
        report = adapter.run(sandbox, collection, op="download", secret=secret)
    _expect(report.outcome is CaseOutcome.ERROR, _got("error", report))
    # A program without the protocol reports no class.
    is_right = report.result is None or report.error_class == error_class
    _expect(is_right, f"expected an error of class {error_class}, got {report.error_class}")


def _calls(adapter: _Adapter) -> None:
    with adapter.sandbox() as sandbox:
        collection = sandbox.account.create_collection(schedule="never")
        args = {"action": package_method().name, "params": {"collectionHash": collection}, "files": {}}
        report = adapter.run(sandbox, op="call", args=args)
    value = report.result.value if report.result else None
    is_right = report.outcome is CaseOutcome.OK and value == {"status": "PROCESSING"}
    _expect(is_right, _got('ok with the value {"status": "PROCESSING"}', report) + f" with the value {value}")


def _obeys_bye(adapter: _Adapter) -> None:
    assert isinstance(adapter.session, AdapterSession)
    adapter.session.open()
    code = adapter.session.close()
    _expect(code == 0, f"expected exit code 0, got {'none: it went on' if code is None else code}")


def _ends_with_its_input(adapter: _Adapter) -> None:
    process = Process(adapter.launch.command)
    try:
        process.channel.close_writing()
        line = process.channel.receive(timeout=GRACE_AFTER_BYE + adapter.launch.timeout)
        _expect(line is None, "it wrote a line before the hello")
        _expect(False, "expected it to end, but it goes on")
    except Closed:
        fault = process.exit_fault()
        _expect(fault.kind == "crash", str(fault))
    finally:
        process.kill()


@dataclass(frozen=True)
class ProtocolCheck:
    """`look` raises what is wrong with an adapter.

    A check with an `op` is for each adapter that declares that operation; one without is not for programs of mode exec.
    """

    promise: str
    look: Callable[[_Adapter], object]
    op: str = ""


_job_fails = partial(_fails, error_class="job_failed", schedule="failed")
_auth_fails = partial(_fails, error_class="auth", secret="not the secret")
PROTOCOL_CHECKS: Mapping[str, ProtocolCheck] = {
    "greets": ProtocolCheck("hello is answered by hello, whatever unknown fields it has", _greets),
    "declares": ProtocolCheck("it has a name, and operations and capabilities of the protocol", _declares),
    "declines": ProtocolCheck("an operation that it does not have is unsupported", _declines),
    "echoes": ProtocolCheck("the id comes back unchanged, whatever characters it has", _echoes),
    "reports-transport": ProtocolCheck("a closed port is an error of class transport or deadline", _reports_transport),
    "serves-again": ProtocolCheck("after an error the same process serves the next case", _serves_again),
    "downloads": ProtocolCheck("a package that is built is downloaded", _downloads, op="download"),
    "waits": ProtocolCheck("a package that is being built is waited for", _waits, op="download"),
    "fails": ProtocolCheck("a failed job is an error of class job_failed", _job_fails, op="download"),
    "auth": ProtocolCheck("a wrong secret is an error of class auth", _auth_fails, op="download"),
    "calls": ProtocolCheck("a call gives the data of its answer", _calls, op="call"),
    "obeys-bye": ProtocolCheck("it ends with exit code 0 within 3 s of bye", _obeys_bye),
    "ends-with-its-input": ProtocolCheck("it ends within 3 s of the end of its input", _ends_with_its_input),
}
"""The checks of an adapter, in their order."""
