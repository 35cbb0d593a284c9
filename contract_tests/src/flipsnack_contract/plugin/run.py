"""One run of the plugin: what was asked for, what is judged, and its items, whose reports carry the results."""

import datetime
import shlex
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.outcomes import Exit as PytestExit

from flipsnack_contract.contract.clock import stopwatch, today
from flipsnack_contract.contract.named_file import read_named_text
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part, explained
from flipsnack_contract.plugin.known_failures import KnownFailures, read_known_failures
from flipsnack_contract.plugin.option_table import OPTIONS, PACKAGE, REPORTS
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.plugin.server import open_server
from flipsnack_contract.plugin.text import shown
from flipsnack_contract.target.outcome import SHOWN, Exit, Outcome
from flipsnack_contract.target.result import Result, worst

if TYPE_CHECKING:
    from flipsnack_contract.plugin.client import OnRun

FRONT = "flipsnack-contract"
_Ended: type[PytestExit] = type("error", (PytestExit,), {})
"""What ends pytest before it begins; pytest writes the name of the class before the text."""


@dataclass(frozen=True)
class Run:
    """What was asked for and what is judged, from `began` on; `command` has the words that the user typed."""

    options: Options
    known: KnownFailures
    judged: Judged
    command: Sequence[str]
    began: float = field(default_factory=stopwatch)
    day: datetime.date = field(default_factory=today)

    @cached_property
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
        return shlex.join((*_replayed(self.command[:at]), *narrowed, *self.command[at:]))


def _replayed(words: Iterable[str]) -> Iterator[str]:
    """The words of a command without its selection, and without the reports that a replay would overwrite."""
    rest = iter(words)
    for word in rest:
        if word in _NOT_REPLAYED:
            next(rest, "")
        elif word.partition("=")[0] not in _NOT_REPLAYED:
            yield word


_NOT_REPLAYED = ("-k", "--junit-xml", *REPORTS.values())
RUN = pytest.StashKey[Run]()


def open_run(config: pytest.Config, environment: Mapping[str, str], stack: ExitStack, on_run: "OnRun") -> Run:
    """The run that pytest's options ask for; what is judged is closed with `stack`.

    Ends pytest with one line and an exit code of ours where there is nothing to judge.
    """
    worker = str(getattr(config, "workerinput", {}).get("workerid", ""))
    try:
        with explained():
            options = Options({one.name: config.getoption(f"--flipsnack-{one.name}") for one in OPTIONS}, environment)
            known = read_known_failures(options["known"])
            if options.side == "recording":
                judged = _open_recording(options)
            elif options.side == "client":
                judged = _open_client(options, stack, worker, known, on_run)
            else:
                judged = open_server(options, stack, worker)
        if not judged.parts:
            raise NotJudgeable(f"no check of a {options.side} is for {', '.join(options['rule'])}")
    except NotJudgeable as trouble:
        raise ended(config, str(trouble), trouble.code) from None
    return Run(options, known, judged, _command(config, options["admin-token"]))


def ended(config: pytest.Config, text: str, code: Exit) -> PytestExit:
    """What ends pytest with one line, when it is raised."""
    # pytest would tell it twice: on stderr, and as an interruption in the report.
    config.pluginmanager.unregister(name="terminalreporter")
    return _Ended(text, returncode=code)


# What a client or a recording needs is imported for one: a run of a server starts sooner, in each of its workers.


def _open_client(options: Options, stack: ExitStack, worker: str, known: KnownFailures, on_run: "OnRun") -> Judged:
    from flipsnack_contract.plugin.artifacts import BadReplay
    from flipsnack_contract.plugin.client import open_client

    try:
        return open_client(options, stack, worker, known, on_run)
    except BadReplay as damage:
        raise NotJudgeable(str(damage)) from None


def _open_recording(options: Options) -> Judged:
    from flipsnack_contract.recordings.judging import judge_history, recording_checks
    from flipsnack_contract.recordings.reading import BadHistory, read_history

    file = Path(options["recording"])
    try:
        events = read_history(read_named_text(file), file.name)
    except BadHistory as damage:
        raise NotJudgeable(str(damage)) from None
    checks = (one for one in recording_checks() if options.selects(one.rule.id))
    return Judged(
        name=f"{file.name} ({len(events)} requests)",
        notes=(),
        parts=tuple(Part(one.name, one.rule.id, partial(judge_history, (one,), events)) for one in checks),
    )


def _command(config: pytest.Config, token: str | None) -> list[str]:
    front = Path(sys.argv[0]).parent.name == PACKAGE.name or Path(sys.argv[0]).stem == FRONT
    words = [FRONT, *sys.argv[1:]] if front else ["pytest", *map(str, config.invocation_params.args)]
    return ["…" if token and word.endswith(token) else word for word in words]


class Contract(pytest.Directory):
    """The package as pytest collects it: an item for each part of what is judged."""

    def collect(self) -> Iterator[pytest.Item]:
        is_worker = hasattr(self.config, "workerinput")
        for part in self.config.stash[RUN].judged.parts:
            # pytest-xdist reads the group from the end of the id; its marker has no effect with pytest 9.2.
            name = f"{part.name}@flipsnack-alone" if part.alone and is_worker else part.name
            yield PartItem.from_parent(self, name=name, part=part)


class PartItem(pytest.Item):
    """One part: a check of a server or a recording, a group of scenarios of a client."""

    def __init__(self, *, part: Part, **rest: Any) -> None:
        super().__init__(**rest)
        self.part = part
        self.run = self.config.stash[RUN]
        self.results: tuple[Result, ...] = ()
        if self.config.pluginmanager.hasplugin("timeout"):
            # Each part has bounds of its own; a time limit of the suite is meant for its own tests.
            self.add_marker(pytest.mark.timeout(0))

    def runtest(self) -> None:
        try:
            judged = self.part.judge()
            results = (judged,) if isinstance(judged, Result) else tuple(judged)
        except Exception:  # an error of ours is reported as ours, not as a broken rule
            text = traceback.format_exc(limit=-3)
            results = (Result(self.part.name, self.part.rule, Outcome.INTERNAL, text, group=self.part.name),)
        strict = self.run.options["strict"]
        self.results = tuple(self.run.known.settled(one, strict=strict) for one in results)

    def reportinfo(self) -> tuple[Any, None, str]:
        return self.path, None, ""  # there is no better place, and the id says the rest

    def decide(self, report: pytest.TestReport) -> None:
        """Give the report the outcome of the worst result, and all results."""
        told = [one.as_json() for one in self.results] if report.when == "call" else []
        report.flipsnack = {"part": self.part.name, **self.run.facts, "results": told}  # type: ignore[attr-defined]
        if told:
            report.outcome, report.longrepr, report.when = shown(self.results, self.run.replay)
            if SHOWN[worst(one.outcome for one in self.results)].category == "xfailed":
                lines = (line for one in self.results for line in one.listed)
                report.wasxfail = f"known failure: {', '.join(dict.fromkeys(lines))}"


def results_in(report: pytest.TestReport | pytest.CollectReport) -> tuple[Result, ...]:
    """The results that a report carries; none when it is not of an item of ours."""
    carried = getattr(report, "flipsnack", None)
    return tuple(Result.from_json(one) for one in carried["results"]) if carried else ()
