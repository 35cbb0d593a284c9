"""The client under test as it is started: behind an adapter, or as a program without the protocol.

A program is started for each case, in real time. Exit code 0 is ok, any other an error of unknown class; death by a
signal is a fault. A download is reported by the file that it makes, a call by JSON on stdout. The credentials are in
the environment (FLIPSNACK_API_KEY, FLIPSNACK_SECRET, FLIPSNACK_BASE_URL), because everyone on the machine can read the
arguments of a process.
"""

import json
import re
import shlex
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

from flipsnack_contract.adapter.case import TICK, Case, CaseOutcome, CaseRun, Report, Timeline
from flipsnack_contract.adapter.messages import (
    CAPABILITIES,
    MAX_LINE,
    PROTOCOL,
    AdapterFault,
    CaseResult,
    Client,
    Greeting,
    Hello,
)
from flipsnack_contract.adapter.modes import PARAMS, PLACEHOLDERS
from flipsnack_contract.adapter.process import (
    Process,
    check_printed,
    end_group,
    exit_text,
    start,
    tail,
    why_not_startable,
)
from flipsnack_contract.adapter.session import AdapterSession
from flipsnack_contract.contract.clock import stopwatch

PLACEHOLDER = re.compile(r"\{[\w-]+\}")
NEEDED = {"download": ("{collection}", "{dest}"), "call": ("{action}", PARAMS)}


class BadUse(ValueError):
    """A command and options that cannot work together; the text says what was expected."""


@dataclass(frozen=True)
class LaunchMode:
    """A client's command, and how to run it.

    `timeout` is in seconds without a message; `capabilities` and `environment` are for programs of mode exec, which
    get `environment` besides their credentials. Raises `BadUse`.
    """

    command: tuple[str, ...]
    mode: str = "persistent"
    timeout: float = 10.0
    capabilities: tuple[str, ...] = ("json",)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.command:
            raise BadUse("missing client command: give it after --, as in: -- node adapter.mjs")
        if unknown := sorted(set(self.capabilities) - CAPABILITIES.keys()):
            raise BadUse(f"unknown capability {', '.join(unknown)}; expected some of {', '.join(CAPABILITIES)}")
        if self.mode == "exec":
            self._check_placeholders()
        elif self.has("{collection}") or self.has("{action}"):
            raise BadUse("placeholders are only filled in with --mode exec: add that option before the --")

    def has(self, placeholder: str) -> bool:
        return any(placeholder in part for part in self.command)

    @property
    def op(self) -> str:
        """The operation of a program of mode exec: call when {action} is among its arguments, else download."""
        return "call" if self.has("{action}") else "download"

    def _check_placeholders(self) -> None:
        # Braces of other names belong to the program, as in awk '{print}'.
        for name in PLACEHOLDER.findall(" ".join(self.command)):
            if name not in PLACEHOLDERS and (near := get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.7)):
                raise BadUse(f"unknown placeholder {name}; did you mean {near[0]} ({PLACEHOLDERS[near[0]]})?")
        for needed in NEEDED[self.op]:
            if not self.has(needed):
                example = " ".join(NEEDED[self.op])
                raise BadUse(f"the command has no {needed}; expected something like: fetch {example}")


def greeting_of(version: str, run: str | None = None) -> Greeting:
    """The kit's hello; `run` names the run, by default at random."""
    return Greeting(protocols=(PROTOCOL,), kit=version, run=run or uuid.uuid4().hex[:12])


@dataclass(frozen=True)
class Program:
    """A program of mode exec, which runs cases as an `AdapterSession` does."""

    mode: LaunchMode

    def open(self) -> Hello:
        """What the kit knows of the program. Raises `AdapterFault` when it cannot be started."""
        program = self.mode.command[0]
        if why := why_not_startable(program, path=self.mode.environment.get("PATH")):
            raise AdapterFault("no-start", f"{shlex.join(self.mode.command)}: {why}")
        client = Client(name=Path(program).name, version="unknown", language="unknown")
        return Hello(protocol=1, client=client, ops=(self.mode.op,), capabilities=self.mode.capabilities)

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        run = CaseRun(case, timeline, calls)
        with tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as stdout:
            report = run.report_of(lambda: self._play(run, stdout if self.mode.op == "call" else stderr, stderr))
            value = _value(stdout)
            printed = tail(stderr) + ("" if value else tail(stdout))
        # Only the value of a call is printed; of a download there is no report.
        has_report = report.outcome is CaseOutcome.OK and self.mode.op == "call"
        result = CaseResult(id=case.id, outcome="ok", value=value) if has_report else None
        return replace(report, result=result, printed=printed)

    def _play(self, run: CaseRun, stdout: IO[bytes], stderr: IO[bytes]) -> Report:
        case, command = run.case, list(self._filled(run.case))
        ours = {"FLIPSNACK_BASE_URL": case.base_url, "FLIPSNACK_API_KEY": case.key, "FLIPSNACK_SECRET": case.secret}
        environment = {**self.mode.environment, **ours}
        process = start(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, environment=environment)
        try:
            code = self._exit_code(process, run, stdout, stderr)
        finally:
            end_group(process)
        if code < 0:
            raise AdapterFault("crash", exit_text(code))
        return run.report(CaseOutcome.ERROR, why=exit_text(code)) if code else run.report(CaseOutcome.OK)

    def _exit_code(self, process: subprocess.Popen[bytes], run: CaseRun, *printed: IO[bytes]) -> int:
        limit, began = self.mode.timeout + run.case.real_limit_s, stopwatch()
        while stopwatch() - began < limit:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(TICK)
            run.check_calls()
            check_printed(*printed)
        raise AdapterFault("hang", f"it did not end within {limit:g} s")

    def _filled(self, case: Case) -> Iterator[str]:
        values = {f"{{{name}}}": value for name, value in case.args.items() if isinstance(value, str)}
        values |= {"{base_url}": case.base_url, "{format}": case.options.format}
        values["{deadline_s}"] = f"{case.real_limit_s:g}"
        for part in self.mode.command:
            filled = PLACEHOLDER.sub(lambda name: values.get(name[0], name[0]), part)
            yield from _pairs(case.args) if part == PARAMS else [filled]


def _pairs(args: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}={value}" for name, value in args["params"].items())
    yield from (f"{name}=@{path}" for name, path in args["files"].items())


def _value(stdout: IO[bytes]) -> dict[str, Any]:
    """The JSON object in `stdout`, or an empty one."""
    stdout.seek(0)
    with suppress(ValueError, RecursionError):
        value = json.loads(stdout.read(MAX_LINE))
        return value if isinstance(value, dict) else {}
    return {}


@contextmanager
def playing(mode: LaunchMode, greeting: Greeting) -> Iterator[AdapterSession | Program]:
    """What runs cases with that client, until the block ends. Raises `AdapterFault`."""
    if mode.mode == "exec":
        yield Program(mode)
    else:
        with AdapterSession(lambda: Process(mode.command), greeting, mode.timeout) as session:
            yield session
