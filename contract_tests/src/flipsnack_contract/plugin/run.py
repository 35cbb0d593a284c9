"""One run of the plugin: what was asked for, what is judged, and what every report says of it."""

import datetime
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from flipsnack_contract.contract.clock import stopwatch, today
from flipsnack_contract.plugin.client import OnRun, open_client
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part, explained
from flipsnack_contract.plugin.known_failures import KnownFailures, read_known_failures
from flipsnack_contract.plugin.options import OPTIONS, PACKAGE, Options
from flipsnack_contract.plugin.server import open_server
from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import BadHistory, read_history
from flipsnack_contract.scenarios.artifacts import BadReplay
from flipsnack_contract.target.result import Exit, Result

FRONT = "flipsnack-contract"


@dataclass(frozen=True)
class Run:
    """What was asked for and what is judged, from `began` on; `command` has the words that the user typed."""

    options: Options
    known: KnownFailures
    judged: Judged
    command: Sequence[str]
    began: float = field(default_factory=stopwatch)
    day: datetime.date = field(default_factory=today)

    @property
    def facts(self) -> dict[str, str]:
        """What every report says: what was judged, by which kit, when, with which seed and command."""
        return {
            "judged": self.judged.name,
            "kit": f"flipsnack-kit {version('flipsnack-kit')}",
            "date": self.day.isoformat(),
            "seed": str(self.options["seed"] or 0),
            "command": shlex.join(self.command),
        }

    def replay(self, result: Result) -> str:
        """The command that judges a result again: the one that was typed, narrowed to the check or the group."""
        at = self.command.index("--") if "--" in self.command else len(self.command)
        narrowed = ("-k", result.group or result.check)
        return shlex.join((*self.command[:at], *narrowed, *self.command[at:]))


RUN = pytest.StashKey[Run]()


def open_run(config: pytest.Config, environment: Mapping[str, str], stack: ExitStack, on_run: OnRun) -> Run:
    """The run that pytest's options ask for; what is judged is closed with `stack`.

    Raises `pytest.UsageError`; ends pytest, with an exit code of ours, where there is nothing to judge.
    """
    worker = str(getattr(config, "workerinput", {}).get("workerid", ""))
    with _ending_pytest():
        options = Options({one.name: config.getoption(f"--flipsnack-{one.name}") for one in OPTIONS}, environment)
        known = read_known_failures(options["known"])
        if options.side == "recording":
            judged = _open_recording(options)
        elif options.side == "client":
            judged = open_client(options, stack, worker, known, on_run)
        else:
            judged = open_server(options, stack, worker)
        if not judged.parts:
            raise NotJudgeable(f"no check of a {options.side} is for {', '.join(options['rule'])}")
    return Run(options, known, judged, _command(config, options["admin-token"]))


def _open_recording(options: Options) -> Judged:
    file = Path(options["recording"])
    events = read_history(file.read_text(encoding="utf-8-sig", errors="replace"), file.name)
    checks = (one for one in recording_checks() if options.selects(one.rule.id))
    return Judged(
        name=f"{file.name} ({len(events)} requests)",
        notes=(),
        parts=tuple(Part(one.name, one.rule.id, partial(judge_history, (one,), events)) for one in checks),
    )


@contextmanager
def _ending_pytest() -> Iterator[None]:
    try:
        with explained():
            yield
    except (BadHistory, BadReplay) as wrong:
        raise pytest.UsageError(str(wrong)) from None
    except NotJudgeable as trouble:
        if trouble.code is Exit.USAGE:
            raise pytest.UsageError(str(trouble)) from None
        pytest.exit(str(trouble), returncode=trouble.code)


def _command(config: pytest.Config, token: str | None) -> list[str]:
    front = Path(sys.argv[0]).parent.name == PACKAGE.name or Path(sys.argv[0]).stem == FRONT
    words = [FRONT, *sys.argv[1:]] if front else ["pytest", *map(str, config.invocation_params.args)]
    return ["…" if token and word.endswith(token) else word for word in words]
