"""A client as pytest judges it: an item is a group of scenarios, each run once and held against every check."""

import shlex
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.fake_server import Fake, NoPackage, fake_at, started_fake
from flipsnack_contract.adapter.launch import LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.messages import CAPABILITIES, AdapterFault, preferred
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.contract.assertions import Inconclusive, Violation
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.plugin.artifacts import VERSION, Replay, read_replay, write_artifacts
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part
from flipsnack_contract.plugin.known_failures import KnownFailures
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import ADAPTER_RULE, NotBroken, result_of, shrink, violation_in
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_groups import ScenarioGroup, fixed_group, scenario_groups
from flipsnack_contract.scenarios.scenario_run import ScenarioRun
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.outcome import Exit, Outcome
from flipsnack_contract.target.result import Result, summed_up

EXAMPLES = 200
# Where a sleep takes its time, a scenario takes seconds.
EXAMPLES_REAL = 5
KNOWN = ", ".join(CAPABILITIES)
NOT_VIRTUAL = "no virtual sleep: only scenarios that take no time, in real time"
BROKEN = (Outcome.FAILED, Outcome.WARNED, Outcome.ADAPTER)
GONE = (AdapterFault, NoPackage, Inconclusive)
"""What is raised where the adapter or the fake has ended."""

OnRun = Callable[[ScenarioRun], None]


def open_client(options: Options, stack: ExitStack, worker: str, known: KnownFailures, on_run: OnRun) -> Judged:
    """The client that the options name, ended with `stack`. `on_run` is called after each scenario.

    Raises `NotJudgeable`, and what `explained` turns into it.
    """
    if options["artifacts"]:
        Path(options["artifacts"]).mkdir(parents=True, exist_ok=True)
    mode, greeting = launch_mode(options), greeting_of(version("flipsnack-kit"))
    player = stack.enter_context(playing(mode, greeting))
    runner = ScenarioRunner(player, open_fake(options, stack), f"client-{worker}{greeting.run}", on_run)
    groups = {one.name: one for one in _groups(options, runner)}
    checks = [one for one in client_checks() if options.selects(one.rule.id)]
    judge = _ClientJudge(options, groups, checks, runner, known)
    who = runner.hello.client
    unknown = [name for name in runner.hello.capabilities if name not in CAPABILITIES]
    return Judged(
        name=cut(f"{who.name} {who.version} ({who.language})", 200),
        notes=(
            cut(f"capabilities: {', '.join(runner.hello.capabilities)}"),
            f"{sum(one.size for one in groups.values())} scenarios in {len(groups)} groups",
            *([cut(f"unknown capability {', '.join(unknown)}") + f"; expected some of {KNOWN}"] if unknown else []),
            *(() if runner.virtual else (NOT_VIRTUAL,)),
        ),
        parts=tuple(
            Part(name, ADAPTER_RULE, partial(judge.results, name), scenarios=one.size)
            for name, one in groups.items()
            if checks
        ),
        finish=judge.finish,
        advice=judge.advice,
    )


def launch_mode(options: Options) -> LaunchMode:
    """How the client's command is run. Raises `BadUse`."""
    return LaunchMode(
        command=tuple(shlex.split(options["client"])),
        mode=options["mode"],
        timeout=options["timeout"],
        capabilities=tuple(options["capability"] or ("json",)),
        environment=options.environment,
    )


def open_fake(options: Options, stack: ExitStack) -> Fake:
    """The fake that the options name, else one that is started and ends with `stack`. Raises `NoFake`."""
    running = options["fake"]
    return stack.enter_context(fake_at(running, token=options["admin-token"]) if running else started_fake())


def _groups(options: Options, runner: ScenarioRunner) -> Sequence[ScenarioGroup]:
    if options["replay"]:
        return (fixed_group("replay", (read_replay(Path(options["replay"])).scenario,)),)
    examples = options["examples"] or (EXAMPLES if runner.virtual else EXAMPLES_REAL)
    if groups := scenario_groups(runner.capabilities, Plan(examples, seed=options["seed"])):
        return groups
    raise NotJudgeable("the client can be put into no scenario; which formats does it read?", Exit.NOTHING_JUDGED)


def _unlisted(check: Check, known: KnownFailures, listed: dict[str, str]) -> Check:
    """The check, broken only in ways that are not listed; those that are go into `listed`, with their messages."""

    def run(run: ScenarioRun) -> None:
        try:
            check.run(run)
        except Violation as violation:
            line = known.line_of(check.rule.id, str(violation))
            if not line:
                raise
            listed.setdefault(line, str(violation))

    return replace(check, run=run)


@dataclass
class _ClientJudge:
    """Judges group by group, and sums up once, after all of them."""

    options: Options
    groups: Mapping[str, ScenarioGroup]
    checks: Sequence[Check]
    runner: ScenarioRunner
    known: KnownFailures

    def results(self, name: str) -> list[Result]:
        """A result for each check. Each scenario of the group runs once."""
        began = stopwatch()
        try:
            runs = [self.runner.watch(scenario) for scenario in self.groups[name].scenarios]
        except GONE as trouble:
            outcome = Outcome.ADAPTER if isinstance(trouble, AdapterFault) else Outcome.UNREACHABLE
            return [Result(ADAPTER_RULE, ADAPTER_RULE, outcome, str(trouble), group=name)]
        results = [self._result(one, runs) for one in self.checks]
        seconds = (stopwatch() - began) / len(results)
        return [replace(one, group=name, seconds=seconds) for one in results]

    def _result(self, check: Check, runs: Sequence[ScenarioRun]) -> Result:
        missing = tuple(sorted(check.needs - self.runner.capabilities))
        judged = [one for one in runs if one.outcome is not CaseOutcome.FAULT or check.rule.id == ADAPTER_RULE]
        if missing or not judged:
            needs = f"needs {', '.join(missing)}, which the adapter does not declare"
            why = needs if missing else "the client can be put into no scenario"
            return Result(check.name, check.rule.id, Outcome.SKIPPED, why, missing=missing)
        listed: dict[str, str] = {}
        unlisted = _unlisted(check, self.known, listed)
        try:
            broken = [one for one in judged if violation_in(unlisted, one)]
        except Exception:  # a mistake in one check must not cost the results of the others
            return Result(check.name, check.rule.id, Outcome.INTERNAL, traceback.format_exc(limit=-2))
        found = replace(result_of(unlisted, next(iter(broken), None)), examples=len(judged), listed=tuple(listed))
        if listed and not broken:
            return replace(found, outcome=Outcome.KNOWN, message=next(iter(listed.values())))
        return found

    def finish(self, results: Sequence[Result]) -> tuple[Result, ...]:
        """One result for each check, shrunk where it broke, and with its files where they are asked for."""
        order = list(self.groups)
        return tuple(map(self._shrunk, summed_up(sorted(results, key=lambda one: order.index(one.group)))))

    def _shrunk(self, result: Result) -> Result:
        if not result.scenario or result.outcome not in BROKEN:
            return result
        # Where adapter or fake are gone the result stays as it was found.
        with suppress(NotBroken, *GONE):
            (check,) = (_unlisted(one, self.known, {}) for one in self.checks if one.name == result.check)
            simplest = result_of(check, shrink(check, self.groups[result.group], self.runner))
            told = ("outcome", "examples", "seconds", "group", "listed")
            result = replace(simplest, **{name: getattr(result, name) for name in told})
            if self.options["artifacts"]:
                self._write(result)
        return result

    def _write(self, result: Result) -> None:
        scenario = msgspec.json.decode(result.scenario, type=Scenario)
        kept = Replay(
            version=VERSION,
            check=result.check,
            rule=result.rule,
            message=result.message,
            client=self.runner.hello.client,
            scenario=scenario,
        )
        run, archive = self.runner.export(scenario)
        write_artifacts(Path(self.options["artifacts"]), kept, run, archive=archive)

    def advice(self, results: Sequence[Result]) -> str:
        """What to mend first: the simplest download, where even that fails."""
        can = self.runner.capabilities
        simplest = Scenario(format=preferred(can))
        if not any(one.outcome in BROKEN for one in results) or not simplest.needs <= can:
            return ""
        with suppress(*GONE):
            if self.runner.watch(simplest).outcome is CaseOutcome.OK:
                return ""
        return "even the simplest download fails; mend that first, because little else can be judged"
