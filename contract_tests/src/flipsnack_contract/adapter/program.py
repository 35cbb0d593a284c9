"""A client that is a command line program: one process for each case, no protocol, real time.

Exit code 0 is ok, any other an error of unknown class; death by a signal is a fault. A download is reported by the file
that it makes, a call by JSON on stdout. The credentials are in the environment (FLIPSNACK_API_KEY, FLIPSNACK_SECRET,
FLIPSNACK_BASE_URL), because everyone on the machine can read the arguments of a process.
"""

import json
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import IO, Any

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.case_run import TICK, CaseRun
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE, CaseResult, Client, Hello
from flipsnack_contract.adapter.process import end_group, exit_text, start, tail, why_not_startable
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

PLACEHOLDER = re.compile(r"\{[\w-]+\}")
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
class Program:
    """A command with placeholders, run once for each case; `environment` is added to the credentials."""

    template: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    capabilities: tuple[str, ...] = ("json",)
    timeout: float = 10.0

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
        run = CaseRun(case, timeline, calls)
        with tempfile.TemporaryFile() as stderr, tempfile.TemporaryFile() as stdout:
            report = run.report_of(lambda: self._play(run, stdout if self.op == "call" else stderr, stderr))
            value = _value(stdout)
            printed = tail(stderr) + ("" if value else tail(stdout))
        result = CaseResult(id=case.id, outcome="ok", value=value) if report.outcome is CaseOutcome.OK else None
        return replace(report, result=result, printed=printed)

    def _play(self, run: CaseRun, stdout: IO[bytes], stderr: IO[bytes]) -> Report:
        command, environment = list(self._filled(run.case)), self._environment(run.case)
        process = start(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, environment=environment)
        try:
            code = self._exit_code(process, run)
        finally:
            end_group(process)
        if code < 0:
            raise AdapterFault("crash", exit_text(code))
        return run.report(CaseOutcome.ERROR, why=exit_text(code)) if code else run.report(CaseOutcome.OK)

    def _exit_code(self, process: subprocess.Popen[bytes], run: CaseRun) -> int:
        limit, began = self.timeout + run.case.real_limit_s, stopwatch()
        while stopwatch() - began < limit:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(TICK)
            run.check_calls()
        raise AdapterFault("hang", f"it did not end within {limit:g} s")

    def _filled(self, case: Case) -> Iterator[str]:
        values = {f"{{{name}}}": value for name, value in case.args.items() if isinstance(value, str)}
        values |= {
            "{base_url}": case.base_url,
            "{format}": case.options.format,
            "{deadline_s}": f"{case.real_limit_s:g}",
        }
        for part in self.template:
            yield from (
                _pairs(case.args)
                if part == PARAMS
                else [PLACEHOLDER.sub(lambda name: values.get(name[0], name[0]), part)]
            )

    def _environment(self, case: Case) -> dict[str, str]:
        ours = {"FLIPSNACK_BASE_URL": case.base_url, "FLIPSNACK_API_KEY": case.key, "FLIPSNACK_SECRET": case.secret}
        return {**self.environment, **ours}


def _refuse_misspelt(part: str) -> None:
    # Braces of other names belong to the program, as in awk '{print}'.
    for name in PLACEHOLDER.findall(part):
        if name not in PLACEHOLDERS and (near := get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.7)):
            raise BadTemplate(f"unknown placeholder {name}; did you mean {near[0]} ({PLACEHOLDERS[near[0]]})?")


def _pairs(args: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}={value}" for name, value in args["params"].items())
    yield from (f"{name}=@{path}" for name, path in args["files"].items())


def _value(stdout: IO[bytes]) -> dict[str, Any]:
    """The JSON object in `stdout`, or an empty one."""
    stdout.seek(0)
    with suppress(ValueError):
        value = json.loads(stdout.read(MAX_LINE))
        return value if isinstance(value, dict) else {}
    return {}
