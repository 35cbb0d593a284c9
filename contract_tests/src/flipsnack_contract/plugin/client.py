"""A client as pytest judges it: an item is a group of scenarios, each played once and held against every check."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest

from flipsnack_contract.adapter.fake_server import NoAddress, NoFake, fake_at, started_fake
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.launch import BadUse, LaunchMode, greeting_of, playing
from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.adapter.program import BadTemplate
from flipsnack_contract.adapter.sandbox import NoPackage
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.plugin.judged import Judged, NotJudgeable, Part, merged
from flipsnack_contract.plugin.known_failures import KnownFailures
from flipsnack_contract.plugin.options import Options
from flipsnack_contract.scenarios.artifacts import VERSION, Replay, folder_for, write_evidence
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.groups import ADAPTER, Group, ScenarioCache, evaluate, groups, shrink
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_runner import Theatre
from flipsnack_contract.target.control import Refused
from flipsnack_contract.target.result import Exit, Outcome, Result
from flipsnack_contract.target.target import Unreachable

__all__ = ["EXAMPLES", "EXAMPLES_REAL", "open_client", "open_runner"]

EXAMPLES = 300
# Where a sleep takes its time, a scenario takes seconds.
EXAMPLES_REAL = 5
BROKEN = (Outcome.FAILED, Outcome.WARNED, Outcome.ADAPTER)


def open_client(
    options: Options, stack: ExitStack, worker: str, known: KnownFailures, on_play: Callable[[], None]
) -> Judged:
    """The client that the options name, ended with `stack`. `on_play` is called after each scenario.

    Raises `pytest.UsageError`, and `NotJudgeable` where there is no adapter or no fake.
    """
    runner = open_runner(options, stack, worker)
    cache = ScenarioCache(runner, on_play)
    checks = tuple(one for one in client_checks() if options.selects(one.rule.id))
    plan = Plan(options["examples"] or (EXAMPLES if runner.virtual else EXAMPLES_REAL), seed=options["seed"])
    every = groups(runner.capabilities, plan)
    closing = _Closing(options, {one.name: one for one in every}, {one.name: one for one in checks}, cache, known)
    who = runner.hello.client
    return Judged(
        side="client",
        name=f"{who.name} {who.version} ({who.language})",
        notes=_notes(runner, every),
        parts=tuple(
            Part(one.name, checks, partial(_judge, one, checks, cache, known), scenarios=one.size) for one in every
        ),
        replay=closing.replay,
        finish=closing.finish,
    )


def open_runner(options: Options, stack: ExitStack, name: str) -> Theatre:
    """What plays scenarios to the client at the fake. Raises as `open_client` does."""
    try:
        mode = LaunchMode(
            command=options.command,
            mode=options["mode"],
            timeout=options["timeout"],
            capabilities=tuple(options["capability"] or ("json",)),
            environment=options.environment,
        )
        greeting = greeting_of(version("flipsnack-kit"))
        url = options["fake"]
        token = options["admin-token"] or options.environment.get("FLIPSNACK_ADMIN_TOKEN")
        fake = stack.enter_context(fake_at(url, token=token) if url else started_fake())
        player = stack.enter_context(playing(mode, greeting))
        return Theatre(player, fake, name=f"client-{name}{greeting.run}")
    except (BadUse, BadTemplate, NoAddress) as wrong:
        raise pytest.UsageError(str(wrong)) from None
    except AdapterFault as fault:
        raise NotJudgeable(Exit.ADAPTER, f"no adapter to judge by: {fault}") from None
    except (NoFake, Refused, Unreachable) as trouble:
        raise NotJudgeable(Exit.UNREACHABLE, str(trouble)) from None


def _notes(runner: Theatre, every: Sequence[Group]) -> tuple[str, ...]:
    unknown = [name for name in runner.hello.capabilities if name not in CAPABILITIES]
    notes = [
        f"capabilities: {', '.join(runner.hello.capabilities)}",
        f"{sum(one.size for one in every)} scenarios in {len(every)} groups",
    ]
    if unknown:
        notes.append(f"unknown capability {', '.join(unknown)}; expected some of {', '.join(CAPABILITIES)}")
    if not runner.virtual:
        notes.append("no virtual sleep: only scenarios that take no time are played, in real time")
    return tuple(notes)


def _judge(
    group: ScenarioGroup | DrawnBatch, checks: Sequence[Check], cache: ScenarioCache, known: KnownFailures
) -> tuple[Result, ...]:
    """A result for each check. Each scenario runs once, and every check is held against it."""
    capabilities, began = cache.runner.capabilities, stopwatch()
    tallies = [_Tally(one, known) for one in checks if one.needs <= capabilities]
    try:
        for scenario in group.scenarios:
            run = cache.watch(scenario)
            for tally in tallies:
                tally.hold_against(run)
    except AdapterFault as fault:
        return (Result(ADAPTER_RULE, ADAPTER_RULE, Outcome.ADAPTER, str(fault), group=group.name),)
    except (NoPackage, Refused, Unreachable) as trouble:
        return (Result(ADAPTER_RULE, ADAPTER_RULE, Outcome.UNREACHABLE, str(trouble), group=group.name),)
    seconds = (stopwatch() - began) / max(1, len(tallies))
    lacking = [one for one in checks if not one.needs <= capabilities]
    return (*(one.result(group.name, seconds) for one in tallies), *(_skipped(one, capabilities) for one in lacking))


def _skipped(check: Check, capabilities: frozenset[str]) -> Result:
    missing = tuple(sorted(check.needs - capabilities))
    return Result(check.name, check.rule.id, Outcome.SKIPPED, f"needs {', '.join(missing)}", missing=missing)


@dataclass
class _Tally:
    """One check over the scenarios of a group: how often it was held, and how it broke first, an unlisted way before all."""

    check: Check
    known: KnownFailures
    examples: int = 0
    found: ScenarioRun | None = None
    violation: Violation | None = None
    listed: dict[str, None] = field(default_factory=dict)

    def hold_against(self, run: ScenarioRun) -> None:
        """Count the run, and keep how the check broke in it."""
        if run.outcome is CaseOutcome.FAULT and self.check.rule.id != ADAPTER_RULE:
            return
        self.examples += 1
        if violation := violation_in(self.check, run):
            line = self.known.line_of(self.check.rule.id, str(violation))
            if self.violation is None or (self._is_listed and not line):
                self.found, self.violation = run, violation
            if line:
                self.listed[line] = None

    @property
    def _is_listed(self) -> bool:
        return bool(self.known.line_of(self.check.rule.id, str(self.violation)))

    def result(self, group: str, seconds: float) -> Result:
        """What came of the check."""
        return replace(
            result_of(self.check, self.found, self.violation, group),
            outcome=self._outcome,
            examples=self.examples,
            seconds=seconds,
            listed=tuple(self.listed),
        )

    @property
    def _outcome(self) -> Outcome:
        if self.violation is None:
            return Outcome.PASSED if self.examples else Outcome.SKIPPED
        return Outcome.KNOWN if self._is_listed else outcome_of_violation(self.check)


@dataclass
class _Closing:
    """What is done once, after all groups: one result for each check, shrunk and with its files where it broke."""

    options: Options
    groups: dict[str, Group]
    checks: dict[str, Check]
    cache: ScenarioCache
    known: KnownFailures

    def finish(self, results: Sequence[Result]) -> tuple[Result, ...]:
        """One result for each check."""
        order = list(self.groups)
        in_order = sorted(results, key=lambda one: order.index(one.group))
        return tuple(self._closed(one) if one.outcome in BROKEN else one for one in merged(in_order))

    def replay(self, result: Result) -> str:
        """The command that plays it again."""
        command = f"-- {shlex.join(self.options.command)}"
        if self.options["artifacts"] and result.scenario:
            file = folder_for(Path(self.options["artifacts"]), result.check) / "replay.json"
            return f"flipsnack-contract replay {self.options.words('mode', 'capability')}{shlex.quote(str(file))} {command}"
        return self.options.command_line("", f"--rule {result.rule} -k {result.group} {command}")

    def _closed(self, result: Result) -> Result:
        # Without adapter or fake the result stays as it was found.
        with suppress(AdapterFault, Refused, Unreachable):
            result = self._shrunk(result)
            if self.options["artifacts"] and result.scenario:
                self._write(result)
        return result

    def _shrunk(self, result: Result) -> Result:
        group, check = self.groups[result.group], self.checks[result.check]
        simplest = shrink(check, group, self.cache, self.known.line_of) if group.examples else None
        if simplest is None:
            return result
        return replace(
            simplest, outcome=result.outcome, examples=result.examples, seconds=result.seconds, listed=result.listed
        )

    def _write(self, result: Result) -> None:
        scenario, runner = Scenario.from_json(result.scenario), self.cache.runner
        run, archive = runner.export(scenario)
        kept = Replay(
            version=VERSION,
            check=result.check,
            rule=result.rule,
            message=result.message,
            client=runner.hello.client,
            scenario=scenario,
        )
        write_evidence(Path(self.options["artifacts"]), kept, run, archive=archive)


def _judge(group: Group, checks: Sequence[Check], cache: ScenarioCache, known: KnownFailures) -> tuple[Result, ...]:
    try:
        return evaluate(group, checks, cache, known.line_of)
    except AdapterFault as fault:
        return (Result(ADAPTER, ADAPTER, Outcome.ADAPTER, str(fault), group=group.name),)
    except (NoPackage, Refused, Unreachable) as trouble:
        return (Result(ADAPTER, ADAPTER, Outcome.UNREACHABLE, str(trouble), group=group.name),)
