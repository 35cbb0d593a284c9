"""A client that is a command line program: one process for each case, no protocol, real time.

Exit code 0 is ok, any other an error of unknown class; death by a signal is a fault. A download is reported by the file
that it makes, a call by JSON on stdout. The credentials are in the environment (FLIPSNACK_API_KEY, FLIPSNACK_SECRET,
FLIPSNACK_BASE_URL), because everyone on the machine can read the arguments of a process.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, masked
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE, CaseResult, Client, Hello
from flipsnack_contract.adapter.process import end_group, exit_text, start
from flipsnack_contract.adapter.start_error import why_not_startable
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["PLACEHOLDERS", "BadTemplate", "Program"]

TICK = 0.25
PRINTED_KEPT = 64 * 1024
PARAMS = "{params}"
PLACEHOLDERS = {
    "{collection}": "the collection's hash",
    "{dest}": "the file to make",
    "{action}": "the method to call, for programs that call any method",
    PARAMS: "becomes one argument name=value for each parameter, name=@path for each file",
    "{base_url}": "the API's address (also FLIPSNACK_BASE_URL)",
    "{format}": "json, jsonp or xml",
    "{deadline_s}": "seconds that all of it may take",
}
NEEDED = {"download": ("{collection}", "{dest}"), "call": ("{action}", PARAMS)}


class BadTemplate(ValueError):
    """A command that cannot be filled in; the text says what is missing."""


@dataclass(frozen=True)
class _Ending:
    """How a process ended, in the words of a report."""

    outcome: CaseOutcome
    fault: str = ""
    why: str = ""


@dataclass(frozen=True)
class Program:
    """A command with placeholders, run once for each case; `environment` is added to the credentials."""

    template: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    capabilities: tuple[str, ...] = ("json",)
    timeout: float = 10.0
    limit_s: float = 60.0

    def __post_init__(self) -> None:
        """Raise `BadTemplate` for a template without its placeholders, or with a misspelt one."""
        for part in self.template:
            _refuse_misspelt(part)
        for needed in NEEDED[self.op]:
            if not any(needed in part for part in self.template):
                raise BadTemplate(
                    f"the command has no {needed}; expected something like: fetch {' '.join(NEEDED[self.op])}"
                )

    @property
    def op(self) -> str:
        """The operation that the program has: call when {action} is among its arguments, else download."""
        return "call" if any("{action}" in part for part in self.template) else "download"

    def open(self) -> Hello:
        """What the kit knows of the program. Raises `AdapterFault` when it cannot be started."""
        if why := why_not_startable(self.template[0], path=self.environment.get("PATH")):
            raise AdapterFault("no-start", f"{shlex.join(self.template)}: {why}")
        client = Client(name=Path(self.template[0]).name, version="unknown", language="unknown")
        return Hello(protocol=1, client=client, ops=(self.op,), capabilities=self.capabilities)

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """How `case` ended; `calls` counts the requests of the case at the fake."""
        started, began = timeline.now_ms, stopwatch()
        with tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as stdout:
            ending = self._run(case, stdout if self.op == "call" else stderr, stderr, calls)
            value = _value(stdout)
            printed = _tail(stderr) + ("" if value else _tail(stdout))
        succeeded = ending.outcome is CaseOutcome.OK
        return Report(
            case=case.id,
            outcome=ending.outcome,
            started_ms=started,
            ended_ms=timeline.now_ms,
            result=CaseResult(id=case.id, outcome="ok", value=value) if succeeded else None,
            fault=ending.fault,
            why=masked(ending.why, case.secret),
            printed=printed,
            seconds=stopwatch() - began,
        )

    def close(self) -> int | None:
        """Nothing runs between cases."""
        return None

    def _run(self, case: Case, stdout: IO[bytes], stderr: IO[bytes], calls: Callable[[], int]) -> _Ending:
        command, environment = list(self._filled(case)), self._environment(case)
        try:
            process = start(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, environment=environment)
        except AdapterFault as fault:
            return _Ending(CaseOutcome.FAULT, fault.kind, fault.text)
        try:
            return self._wait(process, case, calls)
        finally:
            end_group(process)

    def _wait(self, process: subprocess.Popen[bytes], case: Case, calls: Callable[[], int]) -> _Ending:
        limit, began = self._limit(case), stopwatch()
        while stopwatch() - began < limit:
            with suppress(subprocess.TimeoutExpired):
                return _ending_of(process.wait(TICK))
            if (made := calls()) > case.most_calls:
                return _Ending(CaseOutcome.STOPPED, why=f"it made {made} calls and did not end")
        return _Ending(CaseOutcome.FAULT, "hang", f"it did not end within {limit:g} s")

    def _limit(self, case: Case) -> float:
        deadline = case.options.deadline_ms
        return self.timeout + (self.limit_s if deadline is None else deadline / 1000)

    def _filled(self, case: Case) -> Iterator[str]:
        deadline = case.options.deadline_ms
        values = {f"{{{name}}}": value for name, value in case.args.items() if isinstance(value, str)}
        values |= {
            "{base_url}": case.base_url,
            "{format}": case.options.format,
            "{deadline_s}": f"{self.limit_s if deadline is None else deadline / 1000:g}",
        }
        for part in self.template:
            yield from _pairs(case.args) if part == PARAMS else [_replaced(part, values)]

    def _environment(self, case: Case) -> dict[str, str]:
        ours = {
            "FLIPSNACK_BASE_URL": case.base_url,
            "FLIPSNACK_API_KEY": case.key,
            "FLIPSNACK_SECRET": case.secret,
        }
        return {**self.environment, **ours}


def _ending_of(code: int) -> _Ending:
    if code < 0:
        return _Ending(CaseOutcome.FAULT, "crash", exit_text(code))
    return _Ending(CaseOutcome.OK) if code == 0 else _Ending(CaseOutcome.ERROR, why=exit_text(code))


def _refuse_misspelt(part: str) -> None:
    # Braces of other names belong to the program, as in awk '{print}'.
    for name in re.findall(r"\{[\w-]+\}", part):
        if name not in PLACEHOLDERS and (near := get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.7)):
            raise BadTemplate(f"unknown placeholder {name}; did you mean {near[0]} ({PLACEHOLDERS[near[0]]})?")


def _pairs(args: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}={value}" for name, value in args["params"].items())
    yield from (f"{name}=@{path}" for name, path in args["files"].items())


def _replaced(part: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        part = part.replace(name, value)
    return part


def _value(stdout: IO[bytes]) -> dict[str, Any]:
    """The JSON object in `stdout`, or an empty one."""
    stdout.seek(0)
    with suppress(ValueError):
        value = json.loads(stdout.read(MAX_LINE))
        return value if isinstance(value, dict) else {}
    return {}


def _tail(printed: IO[bytes]) -> str:
    printed.seek(0, os.SEEK_END)
    printed.seek(max(0, printed.tell() - PRINTED_KEPT))
    return printed.read().decode("utf-8", "replace")
