"""Checks an adapter before its client is judged: that it keeps the protocol, and that the simplest cases work."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, file_text
from flipsnack_contract.adapter.fake_server import Fake, Sandbox
from flipsnack_contract.adapter.launch import LaunchMode, Program, playing
from flipsnack_contract.adapter.messages import (
    CAPABILITIES,
    FORMATS,
    OPERATIONS,
    AdapterFault,
    CaseOptions,
    Greeting,
    preferred,
)
from flipsnack_contract.adapter.process import GRACE_AFTER_BYE, Closed, Process
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.documents import png
from flipsnack_contract.contract.methods import package_method

# The discard port: nothing listens there, and an unprivileged user cannot.
CLOSED_PORT = "http://127.0.0.1:9/v1/"
ODD_ID = 'odd id "quoted" \\ and é 😀 / <>&'
UNKNOWN = "no-such-operation"
KEY, SECRET = "adapter-check", "a secret of the kit"
WRONG_SIGNATURE = (
    "; key and secret are right, so the signature is wrong; see `flipsnack-contract explain signature.digest`"
)
PROCESSING = {"status": "PROCESSING"}
# A field that a later version may add.
LATER = {"future": {"type": "bye", "id": "another", "list": [1]}}


@dataclass(frozen=True)
class Finding:
    """A check's name, its promise, and what is wrong: nothing when `wrong` is empty. `printed` was on stderr."""

    name: str
    promise: str
    wrong: str
    printed: str


class _Wrong(Exception):
    pass


def _expect(is_right: object, wrong: str) -> None:
    if not is_right:
        raise _Wrong(wrong)


def _got(report: Report) -> str:
    return " ".join(f"got {report.outcome} {report.error_class or ''} {report.why}".split())


@dataclass
class _Adapter:
    launch: LaunchMode
    session: AdapterSession | Program
    fake: Fake
    printed: str = ""
    known: list[str] = field(default_factory=list)
    """The hashes that the account of the last case has, as it ended."""

    def __post_init__(self) -> None:
        if isinstance(self.session, AdapterSession):
            self.session.more = LATER
        self.hello = self.session.open()
        self.is_virtual = "virtual_sleep" in self.hello.capabilities

    def run(
        self, op: str, expected: CaseOutcome | None = None, *, schedule: str = "immediate", **changes: Any
    ) -> Report:
        """The report of a case. Raises `_Wrong` for another outcome than `expected`, and for a wrong file."""
        name = f"check-{uuid.uuid4().hex[:12]}"
        with Sandbox(self.fake, name, key=KEY, secret=SECRET) as sandbox:
            status = "editable" if op == "publish" else "public"
            collection = sandbox.account.create_collection(schedule=schedule, status=status)
            case = Case(
                id=name,
                op=op,
                base_url=sandbox.base_url,
                key=KEY,
                secret=SECRET,
                args=_args(op, sandbox, collection),
                options=CaseOptions(format=preferred(self.hello.capabilities), deadline_ms=30_000),
            )
            case = replace(case, **changes)
            report = self.session.run(case, sandbox.timeline(virtual=self.is_virtual), calls=sandbox.calls)
            self.printed = report.printed
            self.known = [one["hash"] for one in sandbox.account.collections()]
            hint = WRONG_SIGNATURE if report.error_class == "auth" and case.secret == SECRET else ""
            _expect(expected in (None, report.outcome), f"expected {expected} for {op}, {_got(report)}{hint}")
            if op == "download" and report.outcome is CaseOutcome.OK:
                _expect((made := sandbox.made()) is not None, "expected a file at dest, got none")
                served, got = sandbox.package(collection), file_text(made or b"")
                _expect(served == made, f"expected the package ({file_text(served)}) at dest, got {got}")
        return report


def _args(op: str, sandbox: Sandbox, collection: str) -> dict[str, str | dict[str, str]]:
    match op:
        case "call":
            return {"action": package_method().name, "params": {"collectionHash": collection}, "files": {}}
        case "create":
            document = sandbox.dest.with_name("a document.png")
            document.write_bytes(png())
            return {"file": str(document), "params": {}}
        case "list":
            return {"params": {}}
        case "publish" | "statistics":
            return {"collection": collection, "params": {}}
    return {"collection": collection, "dest": str(sandbox.dest)}


def check_adapter(launch: LaunchMode, greeting: Greeting, fake: Fake) -> Iterator[Finding]:
    """Start the adapter and give the finding of each check, one by one.

    Raises `AdapterFault` when the adapter does not answer the hello.
    """
    with playing(launch, greeting) as session:
        yield from findings_of(session, launch, fake)


def findings_of(session: AdapterSession | Program, launch: LaunchMode, fake: Fake) -> Iterator[Finding]:
    """The finding of each check in `PROTOCOL_CHECKS` that applies. Raises `AdapterFault` without a hello."""
    adapter = _Adapter(launch, session, fake)
    for name, one in PROTOCOL_CHECKS.items():
        if one.op in adapter.hello.ops or (not one.op and isinstance(session, AdapterSession)):
            wrong = ""
            try:
                one.look(adapter)
            except (AdapterFault, _Wrong) as found:
                wrong = str(found)
            yield Finding(name, one.promise, wrong, adapter.printed)


@dataclass(frozen=True)
class ProtocolCheck:
    """`look` raises what is wrong with an adapter.

    A check with an `op` is for each adapter that declares that operation; one without is not for programs of mode exec.
    """

    promise: str
    look: Callable[[_Adapter], object]
    op: str = ""


def _declares(adapter: _Adapter) -> None:
    hello = adapter.hello
    unknown = ", ".join(name for name in hello.capabilities if name not in CAPABILITIES)
    operations = f"ops are {', '.join(hello.ops) or 'none'}; expected some of {', '.join(OPERATIONS)}"
    _expect(OPERATIONS.keys() & set(hello.ops), operations)
    _expect(not unknown, f"unknown capability {unknown}; expected some of {', '.join(CAPABILITIES)}")
    _expect(set(FORMATS) & set(hello.capabilities), "no format is among the capabilities; expected json, jsonp or xml")
    _expect(all(msgspec.structs.astuple(hello.client)), "a part of client is empty")


def _echoes(adapter: _Adapter) -> None:
    report = adapter.run(UNKNOWN, id=ODD_ID)
    _expect(report.result, f"expected a result for {ODD_ID!r}, {_got(report)}")


def _reports_transport(adapter: _Adapter) -> None:
    op = next((op for op in ("poll", "download") if op in adapter.hello.ops), "call")
    report = adapter.run(op, base_url=CLOSED_PORT)
    is_right = report.error_class in ("transport", "deadline")
    _expect(is_right, f"expected an error of class transport or deadline, {_got(report)}")


def _serves_again(adapter: _Adapter) -> None:
    assert isinstance(adapter.session, AdapterSession)  # a program ends after each case
    before = adapter.session.starts
    report = adapter.run(UNKNOWN)
    _expect(report.result, f"expected a result, {_got(report)}")
    _expect(before == adapter.session.starts, "the process did not survive")


def _waits(adapter: _Adapter) -> None:
    report = adapter.run("download", CaseOutcome.OK, schedule="after-1-polls")
    slept = report.sleeps or not adapter.is_virtual
    _expect(slept, "it declares virtual_sleep, but polled again without a sleep message")


def _fails(adapter: _Adapter, error_class: str, **changes: Any) -> None:
    report = adapter.run("download", CaseOutcome.ERROR, **changes)
    # A program without the protocol reports no class.
    is_right = report.result is None or report.error_class == error_class
    _expect(is_right, f"expected an error of class {error_class}, got {report.error_class}")


def _calls(adapter: _Adapter) -> None:
    report = adapter.run("call", CaseOutcome.OK, schedule="never")
    value = report.result.value if report.result else None
    _expect(value == PROCESSING, f"expected the value {PROCESSING}, got {value}")


def _value(adapter: _Adapter, op: str) -> dict[str, Any]:
    report = adapter.run(op, CaseOutcome.OK)
    return report.result.value if report.result else {}


def _creates(adapter: _Adapter) -> None:
    value = _value(adapter, "create")
    expected = {"hash": adapter.known[-1], "conversion": "complete"}
    _expect(value == expected, f"expected the value {expected}, got {value}")


def _lists(adapter: _Adapter) -> None:
    value = _value(adapter, "list")
    _expect(value.get("hashes") == adapter.known, f"expected the hashes {adapter.known}, got {value.get('hashes')}")


def _publishes(adapter: _Adapter) -> None:
    value = _value(adapter, "publish")
    new = f"expected the new hash {adapter.known[-1]}, got {value.get('hash')}"
    _expect(value.get("hash") == adapter.known[-1], new)


def _counts(adapter: _Adapter) -> None:
    value = _value(adapter, "statistics")
    _expect(value.get("views") == 0, f"expected the data of the answer, among it views: 0; got {value}")


def _obeys_bye(adapter: _Adapter) -> None:
    assert isinstance(adapter.session, AdapterSession)
    adapter.session.open()
    code = adapter.session.close()
    _expect(code == 0, f"expected exit code 0, got {'none: it went on' if code is None else code}")


def _ends_with_its_input(adapter: _Adapter) -> None:
    process = Process(adapter.launch.command)
    try:
        process.channel.close_writing()
        with suppress(Closed):
            line = process.channel.receive(timeout=GRACE_AFTER_BYE + adapter.launch.timeout)
            _expect(line is None, "it wrote a line before the hello")
            raise _Wrong("expected it to end, but it goes on")
        fault = process.exit_fault()
        _expect(fault.kind == "crash", str(fault))
    finally:
        process.kill()


PROTOCOL_CHECKS = {
    "greets": ProtocolCheck(
        "hello is answered by hello, whatever unknown fields it has",
        lambda adapter: adapter.hello,  # without a hello there are no checks
    ),
    "declares": ProtocolCheck("it has a name, and operations and capabilities of the protocol", _declares),
    "declines": ProtocolCheck(
        "an operation that it does not have is unsupported",
        lambda adapter: adapter.run(UNKNOWN, CaseOutcome.UNSUPPORTED),
    ),
    "echoes": ProtocolCheck("the id comes back unchanged, whatever characters it has", _echoes),
    "reports-transport": ProtocolCheck("a closed port is an error of class transport or deadline", _reports_transport),
    "serves-again": ProtocolCheck("after an error the same process serves the next case", _serves_again),
    "downloads": ProtocolCheck(
        "a package that is built is downloaded", lambda adapter: adapter.run("download", CaseOutcome.OK), "download"
    ),
    "waits": ProtocolCheck("a package that is being built is waited for", _waits, "download"),
    "fails": ProtocolCheck(
        "a failed job is an error of class job_failed",
        lambda adapter: _fails(adapter, "job_failed", schedule="failed"),
        "download",
    ),
    "auth": ProtocolCheck(
        "a wrong secret is an error of class auth",
        lambda adapter: _fails(adapter, "auth", secret="not the secret"),
        "download",
    ),
    "calls": ProtocolCheck("a call gives the data of its answer", _calls, "call"),
    "creates": ProtocolCheck("a document is uploaded, and its conversion waited for", _creates, "create"),
    "lists": ProtocolCheck("a list gives the hashes of all collections", _lists, "list"),
    "publishes": ProtocolCheck("publishing gives the collection's new hash", _publishes, "publish"),
    "counts": ProtocolCheck("statistics give the data of the answer", _counts, "statistics"),
    "obeys-bye": ProtocolCheck("it ends with exit code 0 within 3 s of bye", _obeys_bye),
    "ends-with-its-input": ProtocolCheck("it ends within 3 s of the end of its input", _ends_with_its_input),
}
"""The checks of an adapter, in their order."""
