"""A client as pytest judges it: an item is a group of scenarios, each run once and held against every check."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.fake_server import NoAddress, NoFake, NoPackage, fake_at, started_fake
from flipsnack_contract.adapter.launch import BadUse, LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.messages import CAPABILITIES, AdapterFault, preferred
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part, merged
from flipsnack_contract.plugin.known_failures import KnownFailures
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.scenarios.artifacts import VERSION, BadReplay, Replay, folder_for, read_replay, write_artifacts
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER_RULE, NotBroken, result_of, shrink, violation_in
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_groups import ScenarioGroup, fixed_group, scenario_groups
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioCache, ScenarioRunner
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit, Outcome, Result
from flipsnack_contract.target.target import Unreachable

__all__ = ["open_client"]

EXAMPLES = 300
# Where a sleep takes its time, a scenario takes seconds.
EXAMPLES_REAL = 5
BROKEN = (Outcome.FAILED, Outcome.WARNED, Outcome.ADAPTER)


def open_client(
    options: Options, stack: ExitStack, worker: str, known: KnownFailures, on_run: Callable[[ScenarioRun], None]
) -> Judged:
    """The client that the options name, ended with `stack`. `on_run` is called after each scenario.

    Raises `pytest.UsageError`, and `NotJudgeable` where there is no adapter or no fake.
    """
    _make_folder(options["artifacts"])
    runner = _open_runner(options, stack, worker)
    plan = Plan(options["examples"] or (EXAMPLES if runner.virtual else EXAMPLES_REAL), seed=options["seed"])
    groups = {one.name: one for one in _replayed(options["replay"]) or scenario_groups(runner.capabilities, plan)}
    if not groups:
        raise NotJudgeable(Exit.NOTHING_JUDGED, "the client can be put into no scenario; which formats does it read?")
    checks = {one.name: one for one in client_checks() if options.selects(one.rule.id)}
    judge = _ClientJudge(options, groups, checks, ScenarioCache(runner, on_run), known)
    sizes = {name: one.size for name, one in groups.items()}
    who = runner.hello.client
    return Judged(
        side="client",
        name=f"{who.name} {who.version} ({who.language})",
        notes=(*_notes(runner), f"{sum(sizes.values())} scenarios in {len(sizes)} groups"),
        parts=tuple(
            Part(name, tuple(checks.values()), partial(judge.results, name), scenarios=size)
            for name, size in sizes.items()
        ),
        replay=judge.replay,
        finish=judge.finish,
        advice=judge.advice,
    )


def _replayed(file: str | None) -> tuple[ScenarioGroup, ...]:
    try:
        return (fixed_group("replay", (read_replay(Path(file)).scenario,)),) if file else ()
    except (BadReplay, OSError) as wrong:
        raise pytest.UsageError(str(wrong)) from None


def _open_runner(options: Options, stack: ExitStack, worker: str) -> ScenarioRunner:
    token = options["admin-token"] or options.environment.get("FLIPSNACK_ADMIN_TOKEN")
    try:
        mode = LaunchMode(
            command=options.command,
            mode=options["mode"],
            timeout=options["timeout"],
            capabilities=tuple(options["capability"] or ("json",)),
            environment=options.environment,
        )
        greeting = greeting_of(version("flipsnack-kit"))
        fake = stack.enter_context(fake_at(options["fake"], token=token) if options["fake"] else started_fake())
        player = stack.enter_context(playing(mode, greeting))
        return ScenarioRunner(player, fake, name=f"client-{worker}{greeting.run}")
    except (BadUse, NoAddress) as wrong:
        raise pytest.UsageError(str(wrong)) from None
    except AdapterFault as fault:
        raise NotJudgeable(Exit.ADAPTER, f"no adapter to judge by: {fault}") from None
    except (NoFake, Refused, Unreachable) as trouble:
        raise NotJudgeable(Exit.UNREACHABLE, str(trouble)) from None


def _make_folder(folder: str | None) -> None:
    try:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise pytest.UsageError(f"cannot write to {folder}: {wrong.strerror}") from None


def _notes(runner: ScenarioRunner) -> tuple[str, ...]:
    can = runner.hello.capabilities
    notes = [f"capabilities: {', '.join(can)}"]
    if unknown := [name for name in can if name not in CAPABILITIES]:
        notes.append(f"unknown capability {', '.join(unknown)}; expected some of {', '.join(CAPABILITIES)}")
    if not runner.virtual:
        notes.append("no virtual sleep: only scenarios that take no time, in real time")
    return tuple(notes)


@dataclass
class _CheckRun:
    """One check over the scenarios of a group. An unlisted counterexample is kept rather than a listed one."""

    check: Check
    known: KnownFailures
    examples: int = 0
    counterexample: ScenarioRun | None = None
    is_listed: bool = False
    listed: dict[str, None] = field(default_factory=dict)

    def hold_against(self, run: ScenarioRun) -> None:
        self.examples += run.outcome is not CaseOutcome.FAULT or self.check.rule.id == ADAPTER_RULE
        if violation := violation_in(self.check, run):
            line = self.known.line_of(self.check.rule.id, str(violation))
            if line:
                self.listed[line] = None
            if self.counterexample is None or (self.is_listed and not line):
                self.counterexample, self.is_listed = run, bool(line)

    def result(self, missing: tuple[str, ...]) -> Result:
        found = replace(result_of(self.check, self.counterexample), examples=self.examples, listed=tuple(self.listed))
        if self.is_listed:
            return replace(found, outcome=Outcome.KNOWN)
        if not self.examples:
            why = f"needs {', '.join(missing)}" if missing else "the client can be put into no scenario"
            return replace(found, outcome=Outcome.SKIPPED, message=why, missing=missing)
        return found


@dataclass
class _ClientJudge:
    """Judges group by group, and sums up once, after all of them."""

    options: Options
    groups: Mapping[str, ScenarioGroup]
    checks: Mapping[str, Check]
    cache: ScenarioCache
    known: KnownFailures

    def results(self, name: str) -> tuple[Result, ...]:
        """A result for each check. Each scenario of the group runs once."""
        can, began = self.cache.runner.capabilities, stopwatch()
        check_runs = [_CheckRun(one, self.known) for one in self.checks.values()]
        try:
            for scenario in self.groups[name].scenarios:
                run = self.cache.watch(scenario)
                for one in check_runs:
                    if one.check.needs <= can:
                        one.hold_against(run)
        except (AdapterFault, NoPackage, Refused, Unreachable) as trouble:
            outcome = Outcome.ADAPTER if isinstance(trouble, AdapterFault) else Outcome.UNREACHABLE
            return (Result(ADAPTER_RULE, ADAPTER_RULE, outcome, str(trouble), group=name),)
        seconds = (stopwatch() - began) / len(check_runs)
        results = (one.result(tuple(sorted(one.check.needs - can))) for one in check_runs)
        return tuple(replace(one, group=name, seconds=seconds) for one in results)

    def finish(self, results: Sequence[Result]) -> tuple[Result, ...]:
        """One result for each check, shrunk where it broke, and with its files where they are asked for."""
        order = list(self.groups)
        in_order = sorted(results, key=lambda one: order.index(one.group))
        return tuple(self._closed(one) if one.scenario and one.outcome in BROKEN else one for one in merged(in_order))

    def advice(self, results: Sequence[Result]) -> str:
        """What to mend first: the simplest download, where even that fails."""
        can = self.cache.runner.capabilities
        simplest = Scenario(format=preferred(can))
        if not any(one.outcome in BROKEN for one in results) or not simplest.needs <= can:
            return ""
        with suppress(AdapterFault, NoPackage, Refused, Unreachable):
            if self.cache.watch(simplest).outcome is CaseOutcome.OK:
                return ""
        return "even the simplest download fails; mend that first, because little else can be judged"

    def replay(self, result: Result) -> str:
        """The command that runs the broken scenario, or its group, again."""
        command = f"-- {shlex.join(self.options.command)}"
        if self.options["artifacts"] and result.scenario:
            file = folder_for(Path(self.options["artifacts"]), result.check) / "replay.json"
            return self.options.command_line("", f"--replay {shlex.quote(str(file))} {command}")
        return self.options.command_line("", f"--rule {result.rule} -k {result.group} {command}")

    def _closed(self, result: Result) -> Result:
        # Where adapter or fake are gone the result stays as it was found.
        with suppress(AdapterFault, NotBroken, Refused, Unreachable):
            check = self.checks[result.check]
            unlisted = replace(check, run=partial(_run_unlisted, check, self.known))
            simplest = result_of(check, shrink(unlisted, self.groups[result.group], self.cache))
            found = replace(simplest, outcome=result.outcome, examples=result.examples, seconds=result.seconds)
            result = replace(found, group=result.group, listed=result.listed)
            if self.options["artifacts"]:
                self._write(result)
        return result

    def _write(self, result: Result) -> None:
        runner, scenario = self.cache.runner, msgspec.json.decode(result.scenario, type=Scenario)
        kept = Replay(
            version=VERSION,
            check=result.check,
            rule=result.rule,
            message=result.message,
            client=runner.hello.client,
            scenario=scenario,
        )
        run, archive = runner.export(scenario)
        write_artifacts(Path(self.options["artifacts"]), kept, run, archive=archive)


def _run_unlisted(check: Check, known: KnownFailures, run: ScenarioRun) -> None:
    """The check, broken only in ways that are not listed."""
    try:
        check.run(run)
    except Violation as violation:
        if not known.line_of(check.rule.id, str(violation)):
            raise
