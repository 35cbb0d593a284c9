"""A client that is a command line program: one process per case, no protocol, real time.

Exit code 0 is ok and any other an error, whose class nobody knows; the file it was told to make is its report. Death by
a signal is a fault. The credentials are in the environment (FLIPSNACK_API_KEY, FLIPSNACK_SECRET, FLIPSNACK_BASE_URL):
the arguments of a process can be read by everybody on the machine.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import IO

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, masked
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import CaseResult, Client, Hello
from flipsnack_contract.adapter.process import end_group, exit_text, start
from flipsnack_contract.adapter.start_error import why_not_startable
from flipsnack_contract.adapter.timeline import Timeline
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["PLACEHOLDERS", "BadTemplate", "Program"]

TICK = 0.25
PRINTED_KEPT = 64 * 1024
PLACEHOLDERS = {
    "{collection}": "the collection's hash",
    "{dest}": "the file to make",
    "{base_url}": "the API's address (also FLIPSNACK_BASE_URL)",
    "{format}": "json, jsonp or xml",
    "{deadline_s}": "seconds that all of it may take",
}


class BadTemplate(ValueError):
    """A command that cannot be filled in; the text says what is missing."""


@dataclass(frozen=True)
class Program:
    """A command with placeholders, run once for each case; `environment` is what it is given besides ours."""

    template: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    capabilities: tuple[str, ...] = ("json",)
    timeout: float = 10.0
    limit_s: float = 60.0

    def __post_init__(self) -> None:
        """Refuse a template without the collection or the file to make, and with what looks like a slip."""
        for part in self.template:
            _refuse_slips(part)
        for needed in ("{collection}", "{dest}"):
            if not any(needed in part for part in self.template):
                raise BadTemplate(
                    f"the command has no {needed}; it is filled in for each case, as in: fetch {{collection}} {{dest}}"
                )

    def open(self) -> Hello:
        """What a program is taken for: it downloads, in real time. Raises `AdapterFault` when it cannot be started."""
        if why := why_not_startable(self.template[0], path=self.environment.get("PATH")):
            raise AdapterFault("no-start", f"{shlex.join(self.template)}: {why}")
        name = Path(self.template[0]).name
        client = Client(name=name, version="unknown", language="unknown")
        return Hello(protocol=1, client=client, ops=("download",), capabilities=self.capabilities)

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int] = lambda: 0) -> Report:
        """What came of `case`; `calls` counts the requests that the fake has seen of it."""
        started, began = timeline.now_ms, stopwatch()
        with tempfile.TemporaryFile() as printed:
            outcome, fault, why = self._run(case, printed, calls)
            text = _tail(printed)
        ended = outcome in (CaseOutcome.OK, CaseOutcome.ERROR)
        return Report(
            case=case.id,
            outcome=outcome,
            started_ms=started,
            ended_ms=timeline.now_ms,
            result=CaseResult(id=case.id, outcome="ok") if ended and outcome is CaseOutcome.OK else None,
            fault=fault,
            why=masked(why, case.secret),
            printed=text,
            seconds=stopwatch() - began,
        )

    def close(self) -> int | None:
        """Nothing runs between cases."""
        return None

    def _run(self, case: Case, printed: IO[bytes], calls: Callable[[], int]) -> tuple[CaseOutcome, str, str]:
        try:
            process = start(
                self._filled(case),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                environment=self._environment(case),
            )
        except AdapterFault as fault:
            return CaseOutcome.FAULT, fault.kind, fault.text
        try:
            return self._wait(process, case, calls)
        finally:
            end_group(process)

    def _wait(
        self, process: subprocess.Popen[bytes], case: Case, calls: Callable[[], int]
    ) -> tuple[CaseOutcome, str, str]:
        limit, began = self._limit(case), stopwatch()
        while stopwatch() - began < limit:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(TICK)
                return _judged(code)
            if (made := calls()) > case.most_calls:
                return CaseOutcome.STOPPED, "", f"it made {made} calls and did not end"
        return CaseOutcome.FAULT, "hang", f"it did not end within {limit:g} s"

    def _limit(self, case: Case) -> float:
        deadline = case.options.deadline_ms
        return self.timeout + (self.limit_s if deadline is None else deadline / 1000)

    def _filled(self, case: Case) -> list[str]:
        deadline = case.options.deadline_ms
        values = {
            "{collection}": case.args["collection"],
            "{dest}": case.args["dest"],
            "{base_url}": case.base_url,
            "{format}": case.options.format,
            "{deadline_s}": f"{self.limit_s if deadline is None else deadline / 1000:g}",
        }
        return [_replaced(part, values) for part in self.template]

    def _environment(self, case: Case) -> dict[str, str]:
        ours = {
            "FLIPSNACK_BASE_URL": case.base_url,
            "FLIPSNACK_API_KEY": case.key,
            "FLIPSNACK_SECRET": case.secret,
        }
        return {**self.environment, **ours}


def _judged(code: int) -> tuple[CaseOutcome, str, str]:
    if code < 0:
        return CaseOutcome.FAULT, "crash", exit_text(code)
    return (CaseOutcome.OK, "", "") if code == 0 else (CaseOutcome.ERROR, "", exit_text(code))


def _refuse_slips(part: str) -> None:
    # Braces of other names are the program's own business, as in awk '{print}'.
    for name in re.findall(r"\{[\w-]+\}", part):
        if name not in PLACEHOLDERS and (near := get_close_matches(name, PLACEHOLDERS, n=1, cutoff=0.7)):
            raise BadTemplate(f"{name} is no placeholder; {near[0]} is: {PLACEHOLDERS[near[0]]}")


def _replaced(part: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        part = part.replace(name, value)
    return part


def _tail(printed: IO[bytes]) -> str:
    printed.seek(0, os.SEEK_END)
    printed.seek(max(0, printed.tell() - PRINTED_KEPT))
    return printed.read().decode("utf-8", "replace")
