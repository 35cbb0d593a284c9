"""A client as pytest judges it: an item is a group of scenarios, each run once and held against every check."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.fake_server import NoAddress, NoFake, fake_at, started_fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import BadUse, LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.messages import CAPABILITIES, preferred
from flipsnack_contract.adapter.program import BadTemplate
from flipsnack_contract.adapter.sandbox import NoPackage
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.assertions import Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part, merged
from flipsnack_contract.plugin.known_failures import KnownFailures
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.scenarios.artifacts import VERSION, Replay, folder_for, write_artifacts
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER_RULE, NotBroken, result_of, shrink, violation_in
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_cache import ScenarioCache
from flipsnack_contract.scenarios.scenario_groups import DrawnBatch, ScenarioGroup, scenario_groups
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit, Outcome, Result
from flipsnack_contract.target.target import Unreachable

__all__ = ["open_client", "open_runner"]

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
    runner = open_runner(options, stack, worker)
    plan = Plan(options["examples"] or (EXAMPLES if runner.virtual else EXAMPLES_REAL), seed=options["seed"])
    groups = {one.name: one for one in scenario_groups(runner.capabilities, plan)}
    checks = {one.name: one for one in client_checks() if options.selects(one.rule.id)}
    judge = _ClientJudge(options, groups, checks, ScenarioCache(runner, on_run), known)
    who = runner.hello.client
    return Judged(
        side="client",
        name=f"{who.name} {who.version} ({who.language})",
        notes=_notes(runner, sum(map(_size, groups.values())), len(groups)),
        parts=tuple(
            Part(name, tuple(checks.values()), partial(judge.results, one), scenarios=_size(one))
            for name, one in groups.items()
        ),
        replay=judge.replay,
        finish=judge.finish,
        advice=judge.advice,
    )


def open_runner(options: Options, stack: ExitStack, worker: str = "") -> ScenarioRunner:
    """What runs scenarios with the client at the fake. Raises as `open_client` does."""
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
    except (BadUse, BadTemplate, NoAddress) as wrong:
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


def _size(group: ScenarioGroup | DrawnBatch) -> int:
    return group.examples if isinstance(group, DrawnBatch) else len(group.scenarios)


def _notes(runner: ScenarioRunner, scenarios: int, groups: int) -> tuple[str, ...]:
    can = runner.hello.capabilities
    notes = [f"capabilities: {', '.join(can)}", f"{scenarios} scenarios in {groups} groups"]
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

    def result(self, group: str, seconds: float) -> Result:
        found = result_of(self.check, self.counterexample)
        outcome = Outcome.KNOWN if self.is_listed else found.outcome if self.examples else Outcome.SKIPPED
        return replace(
            found,
            outcome=outcome,
            examples=self.examples,
            seconds=seconds,
            group=group,
            listed=tuple(self.listed),
        )


@dataclass
class _ClientJudge:
    """Judges group by group, and sums up once, after all of them."""

    options: Options
    groups: Mapping[str, ScenarioGroup | DrawnBatch]
    checks: Mapping[str, Check]
    cache: ScenarioCache
    known: KnownFailures

    def results(self, group: ScenarioGroup | DrawnBatch) -> tuple[Result, ...]:
        """A result for each check. Each scenario of the group runs once."""
        can, began = self.cache.runner.capabilities, stopwatch()
        able = [_CheckRun(one, self.known) for one in self.checks.values() if one.needs <= can]
        try:
            for scenario in group.scenarios:
                run = self.cache.watch(scenario)
                for one in able:
                    one.hold_against(run)
        except AdapterFault as fault:
            return (Result(ADAPTER_RULE, ADAPTER_RULE, Outcome.ADAPTER, str(fault), group=group.name),)
        except (NoPackage, Refused, Unreachable) as trouble:
            return (Result(ADAPTER_RULE, ADAPTER_RULE, Outcome.UNREACHABLE, str(trouble), group=group.name),)
        seconds = (stopwatch() - began) / max(1, len(able))
        lacking = [(one, tuple(sorted(one.needs - can))) for one in self.checks.values() if not one.needs <= can]
        return (
            *(one.result(group.name, seconds) for one in able),
            *(
                Result(
                    one.name,
                    one.rule.id,
                    Outcome.SKIPPED,
                    f"needs {', '.join(missing)}",
                    missing=missing,
                    group=group.name,
                )
                for one, missing in lacking
            ),
        )

    def finish(self, results: Sequence[Result]) -> tuple[Result, ...]:
        """One result for each check, shrunk where it broke, and with its files where they are asked for."""
        order = list(self.groups)
        in_order = sorted(results, key=lambda one: order.index(one.group))
        return tuple(self._closed(one) if one.outcome in BROKEN else one for one in merged(in_order))

    def advice(self, results: Sequence[Result]) -> str:
        """What to mend first: the simplest download, where even that fails."""
        simplest = Scenario(format=preferred(self.cache.runner.capabilities))
        if not any(one.outcome in BROKEN for one in results) or not simplest.needs <= self.cache.runner.capabilities:
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
            how = self.options.words("mode", "capability")
            return f"flipsnack-contract replay {how}{shlex.quote(str(file))} {command}"
        return self.options.command_line("", f"--rule {result.rule} -k {result.group} {command}")

    def _closed(self, result: Result) -> Result:
        # Where adapter or fake are gone the result stays as it was found.
        with suppress(AdapterFault, NotBroken, Refused, Unreachable):
            result = self._shrunk(result)
            if self.options["artifacts"]:
                self._write(result)
        return result

    def _shrunk(self, result: Result) -> Result:
        if result.check not in self.checks:
            return result
        check = self.checks[result.check]
        run = shrink(replace(check, run=partial(_unlisted, check, self.known)), self.groups[result.group], self.cache)
        return replace(
            result_of(check, run),
            outcome=result.outcome,
            examples=result.examples,
            seconds=result.seconds,
            group=result.group,
            listed=result.listed,
        )

    def _write(self, result: Result) -> None:
        runner, scenario = self.cache.runner, Scenario.from_json(result.scenario)
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


def _unlisted(check: Check, known: KnownFailures, run: ScenarioRun) -> None:
    """The check, broken only in ways that are not listed."""
    try:
        check.run(run)
    except Violation as violation:
        if not known.line_of(check.rule.id, str(violation)):
            raise
