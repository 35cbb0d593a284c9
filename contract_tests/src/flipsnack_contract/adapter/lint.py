"""Does an adapter keep the protocol? Asked without any server: its client is sent to a port where nobody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.channel import Closed, ReadTimeout
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import CAPABILITIES, FORMATS, Greeting, Hello, Options, Run
from flipsnack_contract.adapter.process import GRACE_AFTER_BYE, Process
from flipsnack_contract.adapter.session import AdapterSession, Timeouts
from flipsnack_contract.adapter.timeline import RealTimeline

__all__ = ["MANNERS", "Finding", "lint"]

OPERATIONS = ("download", "poll")
# The discard port: nobody listens there, and an unprivileged user cannot.
NOBODY = "http://127.0.0.1:9/t/lint/v1/"
ODD_ID = 'odd id "quoted" \\ and é 😀 / <>&'


class FutureGreeting(Greeting, frozen=True, tag="hello"):
    """A hello of a kit that knows more."""

    future: dict[str, Any] = field(default_factory=dict)


class FutureRun(Run, frozen=True, tag="run"):
    """A run of a kit that knows more."""

    future: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One rule of manners, and what is wrong with it: nothing, when `wrong` is empty."""

    name: str
    promise: str
    wrong: str = ""


@dataclass
class _Freewheel:
    """A time that passes at once and moves no server's clock."""

    now_ms: int = 1_790_000_000_000
    is_virtual: bool = True

    def pass_by(self, ms: int) -> None:
        self.now_ms += ms


@dataclass
class _Examined:
    """The adapter while it is looked at; `hello` is there once it has greeted."""

    command: tuple[str, ...]
    timeouts: Timeouts
    session: AdapterSession
    hello: Hello | None = None

    def run(self, **fields: Any) -> Report:
        assert self.hello is not None  # it greets first
        case = _FutureCase(
            **{"id": "lint-1", "op": "poll", "base_url": NOBODY, "key": "lint", "secret": "secret-lint", **fields},
            args={"collection": "f000001", "dest": ""},
            options=Options(format=self.hello.format),
        )
        virtual = "virtual_sleep" in self.hello.capabilities
        return self.session.run(case, _Freewheel() if virtual else RealTimeline())


class _FutureCase(Case):
    def as_run(self, now_ms: int) -> Run:
        run = super().as_run(now_ms)
        known = {name: getattr(run, name) for name in Run.__struct_fields__}
        return FutureRun(**known, future={"id": "another", "list": [1, {"type": "bye"}]})


def lint(command: tuple[str, ...], greeting: Greeting, *, timeouts: Timeouts) -> Iterator[Finding]:
    """Each of `MANNERS` with what is wrong with it, one by one. Raises nothing for what an adapter does."""
    known = {name: getattr(greeting, name) for name in Greeting.__struct_fields__}
    future = FutureGreeting(**known, future={"type": "bye", "list": [1]})
    with AdapterSession(lambda: Process(command), future, timeouts=timeouts) as session:
        examined = _Examined(command, timeouts, session)
        for name, look in MANNERS.items():
            finding = Finding(name, " ".join((look.__doc__ or "").split()), _looked(look, examined))
            yield finding
            if examined.hello is None:
                return


def _looked(look: Callable[[_Examined], str], examined: _Examined) -> str:
    try:
        return look(examined)
    except AdapterFault as fault:
        return str(fault)


def _greets(examined: _Examined) -> str:
    """It answers hello with hello, and with nothing else, whatever unknown fields are there."""
    examined.hello = examined.session.open()
    return ""


def _declares(examined: _Examined) -> str:
    """It has an operation that the kit knows, a name, and only capabilities that the kit knows."""
    assert examined.hello is not None  # it greets first
    hello = examined.hello
    if not set(OPERATIONS) & set(hello.ops):
        return f"ops are {', '.join(hello.ops) or 'none'}; expected {' or '.join(OPERATIONS)}"
    if unknown := [name for name in hello.capabilities if name not in CAPABILITIES]:
        return f"the kit does not know {', '.join(unknown)}; capabilities are {', '.join(CAPABILITIES)}"
    if not set(FORMATS) & set(hello.capabilities):
        return "no format is among the capabilities; expected json, jsonp or xml"
    return "" if all((hello.client.name, hello.client.version, hello.client.language)) else "a part of client is empty"


def _declines(examined: _Examined) -> str:
    """An operation that it does not have is unsupported."""
    report = examined.run(op="no-such-operation")
    if report.outcome is CaseOutcome.UNSUPPORTED:
        return ""
    return _got("outcome unsupported for the operation no-such-operation", report)


def _echoes(examined: _Examined) -> str:
    """The id comes back as it was, whatever characters it has."""
    report = examined.run(id=ODD_ID, op="no-such-operation")
    return "" if report.result is not None else _got(f"a result for {ODD_ID!r}", report)


def _reports_transport(examined: _Examined) -> str:
    """Where nobody listens the result is an error of class transport, or deadline after a while of trying."""
    report = examined.run(id="lint-2")
    if report.error_class in ("transport", "deadline"):
        return ""
    return _got("an error of class transport or deadline", report)


def _serves_again(examined: _Examined) -> str:
    """After an error the same process serves the next case."""
    before = examined.session.starts
    report = examined.run(id="lint-3", op="no-such-operation")
    if report.result is None:
        return _got("a result", report)
    return "" if before == examined.session.starts else "the process did not survive"


def _obeys_bye(examined: _Examined) -> str:
    """It ends with exit code 0 within 3 s of bye."""
    examined.session.open()
    code = examined.session.close()
    return "" if code == 0 else f"expected exit code 0, got {'none: it went on' if code is None else code}"


def _ends_with_its_input(examined: _Examined) -> str:
    """It ends within 3 s of the end of its input, without any bye."""
    with Process(examined.command) as process:
        process.channel.close_writing()
        try:
            process.channel.receive(timeout=GRACE_AFTER_BYE + examined.timeouts.case)
        except Closed:
            fault = process.exit_fault()
            return "" if fault.kind == "crash" else str(fault)
        except ReadTimeout:
            process.kill()
            return "it goes on"
        return "it spoke before it was greeted"


def _got(expected: str, report: Report) -> str:
    found = f"{report.outcome} {report.error_class or ''} {report.why}".split()
    return f"expected {expected}, got {' '.join(found)}"


MANNERS: dict[str, Callable[[_Examined], str]] = {
    "greets": _greets,
    "declares": _declares,
    "declines": _declines,
    "echoes": _echoes,
    "reports-transport": _reports_transport,
    "serves-again": _serves_again,
    "obeys-bye": _obeys_bye,
    "ends-with-its-input": _ends_with_its_input,
}
"""What is looked at, in this order; without a hello nothing after it."""
