"""A handful of cases against the fake: does anything work at all? Before the first real run, and after each change."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.fake_server import Fake
from flipsnack_contract.adapter.messages import Hello, Options
from flipsnack_contract.adapter.sandbox import Sandbox
from flipsnack_contract.adapter.timeline import Timeline

__all__ = ["TRIALS", "Player", "Smoked", "Trial", "smoke"]

KEY, SECRET = "smoke", "a secret of the kit"
DEADLINE_MS = 30_000
SIGNATURE = "key and secret are right, so the signature is not: `flipsnack-contract explain signature.digest`"
NO_SLEEP = "it declares virtual_sleep, and polled again without asking the kit to sleep"


class Player(Protocol):
    """Whatever plays cases: a session with an adapter, or a program."""

    def open(self) -> Hello:
        """Who it is and what it can do; raises `AdapterFault`."""

    def run(self, case: Case, timeline: Timeline, *, calls: Callable[[], int]) -> Report:
        """What came of a case."""


@dataclass(frozen=True)
class Trial:
    """One case: the collection's schedule, whether the secret is right, and how it must end.

    `waits`: it cannot end well without a pause.
    """

    promise: str
    schedule: str
    outcome: CaseOutcome
    error_class: str | None = None
    right_secret: bool = True
    waits: bool = False


TRIALS = (
    Trial("a package that is built is downloaded", "immediate", CaseOutcome.OK),
    Trial("a package that is being built is waited for", "after-1-polls", CaseOutcome.OK, waits=True),
    Trial("a job that fails is an error of class job_failed", "failed", CaseOutcome.ERROR, "job_failed"),
    Trial("a wrong secret is an error of class auth", "immediate", CaseOutcome.ERROR, "auth", right_secret=False),
)


@dataclass(frozen=True)
class Smoked:
    """A trial and what came of it: `wrong` is empty when it ended as it must."""

    trial: Trial
    report: Report
    wrong: str


def smoke(player: Player, fake: Fake) -> Iterator[Smoked]:
    """Each of `TRIALS` and what came of it, one by one. Raises `AdapterFault` when there is no adapter at all."""
    hello = player.open()
    with tempfile.TemporaryDirectory() as folder:
        for number, trial in enumerate(TRIALS, 1):
            dest = Path(folder) / f"smoke-{number}.zip"
            yield _tried(player, fake, trial, name=f"smoke-{number}", dest=dest, hello=hello)


def _tried(player: Player, fake: Fake, trial: Trial, *, name: str, dest: Path, hello: Hello) -> Smoked:
    with Sandbox(fake, name, key=KEY, secret=SECRET) as stage:
        collection = stage.account.create_collection(schedule=trial.schedule)
        case = Case(
            id=name,
            op="download",
            base_url=stage.base_url,
            key=KEY,
            secret=SECRET if trial.right_secret else "not the secret",
            args={"collection": collection, "dest": str(dest)},
            options=Options(format=hello.format, deadline_ms=DEADLINE_MS),
        )
        virtual = "virtual_sleep" in hello.capabilities
        report = player.run(case, stage.timeline(virtual=virtual), calls=stage.calls)
        wrong = _wrong(trial, report) or (
            "" if report.outcome is not CaseOutcome.OK else _file(stage, collection, dest)
        )
        if virtual and trial.waits and not wrong and not report.sleeps:
            wrong = NO_SLEEP
        return Smoked(trial, report, wrong)


def _wrong(trial: Trial, report: Report) -> str:
    if report.outcome is not trial.outcome:
        got = " ".join(f"{report.outcome} {report.error_class or ''} {report.why}".split())
        hint = f"; {SIGNATURE}" if trial.right_secret and report.error_class == "auth" else ""
        return f"expected {trial.outcome}, got {got}{hint}"
    # A program without the protocol names no class.
    if report.result is not None and report.error_class != trial.error_class:
        return f"expected an error of class {trial.error_class}, got {report.error_class}"
    return ""


def _file(stage: Sandbox, collection: str, dest: Path) -> str:
    if not dest.is_file():
        return "it said ok, and there is no file"
    served, made = stage.package(collection), dest.read_bytes()
    if served == made:
        return ""
    return f"the file is not what was served: {_shown(made)} instead of {_shown(served)}"


def _shown(content: bytes) -> str:
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:12]}…"
