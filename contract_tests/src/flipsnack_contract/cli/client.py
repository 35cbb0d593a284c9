"""The commands `flipsnack-contract client` and `flipsnack-contract replay`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from flipsnack_contract import report
from flipsnack_contract.adapter.launch import greeting_of, playing
from flipsnack_contract.adapter.messages import CAPABILITIES
from flipsnack_contract.checks.check import Check
from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.cli.adapter import EPILOG, chosen_fake, client_options, failing_clearly, launch_mode_of, say
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import Outputs, known_options, output_options, outputs_of
from flipsnack_contract.scenarios.artifacts import VERSION, BadReplay, Replay, read_replay, write_artifacts
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import broken_checks, evaluate
from flipsnack_contract.scenarios.scenario import operation
from flipsnack_contract.scenarios.scenario_cache import ScenarioCache
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.selection import NothingFits, select
from flipsnack_contract.target.result import Exit, Outcome, Result

__all__ = ["client", "replay_command"]

EXAMPLES = 300
# Where a sleep is a sleep, a scenario takes seconds.
EXAMPLES_REAL = 5
BROKEN = (Outcome.FAILED, Outcome.WARNED, Outcome.BROKEN)


@click.command("client", epilog=EPILOG)
@client_options
@click.option(
    "-k", "patterns", multiple=True, metavar="TEXT", help="Only duties with TEXT in their name; * fits anything."
)
@click.option("--examples", type=click.IntRange(1), help=f"Drawn scenarios: {EXAMPLES}, in real time {EXAMPLES_REAL}.")
@click.option("--seed", type=int, help="Draw by this seed; without one every run draws the same.")
@click.option(
    "--evidence", type=click.Path(file_okay=False, path_type=Path), help="Leave the files of each failure there."
)
@output_options
@known_options
@click.pass_obj
def client(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Judge a client in any language, through its adapter."""
    with failing_clearly(), ExitStack() as stack:
        outputs = outputs_of(options, partial=bool(options["patterns"]))
        duties = _selected(options["patterns"])
        runner = _runner(stack, options, environment or {}, name="client")
        known = replace(outputs.known, version=runner.hello.client.version)
        raise SystemExit(_judge(duties, runner, options, replace(outputs, known=known)))


@click.command("replay", epilog=EPILOG, short_help="Play a failure of a client again.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@client_options
@click.pass_obj
def replay_command(environment: Mapping[str, str] | None, /, file: Path, **options: Any) -> None:
    """Play the scenario in FILE (a replay.json) again, once, and say which duties the client breaks in it."""
    with failing_clearly(), ExitStack() as stack:
        kept = _read(file)
        runner = _runner(stack, options, environment or {}, name="replay")
        raise SystemExit(_replay(kept, runner))


def _selected(patterns: Sequence[str]) -> tuple[Check, ...]:
    try:
        return select(client_checks(), patterns)
    except NothingFits as slip:
        say(str(slip))
        sys.exit(Exit.INCONCLUSIVE)


def _read(file: Path) -> Replay:
    try:
        return read_replay(file)
    except (BadReplay, OSError) as wrong:
        raise click.UsageError(str(wrong)) from None


def _runner(
    stack: ExitStack, options: Mapping[str, Any], environment: Mapping[str, str], *, name: str
) -> ScenarioRunner:
    mode = launch_mode_of(options, environment)
    greeting = greeting_of(version("flipsnack-kit"))
    fake = stack.enter_context(chosen_fake(options))
    player = stack.enter_context(playing(mode, greeting))
    return ScenarioRunner(player, fake, name=f"{name}-{greeting.run}")


def _judge(duties: tuple[Check, ...], runner: ScenarioRunner, options: Mapping[str, Any], outputs: Outputs) -> int:
    console = window()
    cache = ScenarioCache(runner)
    plan = Plan(examples=options["examples"] or (EXAMPLES if runner.virtual else EXAMPLES_REAL), seed=options["seed"])
    _announce(runner, plan, console)
    results_as_they_come = outputs.kept(evaluate(duties, cache, plan))
    followed = report.follow(results_as_they_come, duties, console, more=lambda: f"({len(cache.runs)} scenarios)")
    results = list(_evident(followed, runner, cache, options["evidence"]))
    report.print_skipped(results, console)
    report.print_summary(results, console)
    console.print(
        f"{len(cache.runs)} scenarios played, {cache.hours:,.1f} hours of the accounts' time, "
        f"{cache.suspended_hours:,.1f} of them while the client's machine was suspended",
        highlight=False,
    )
    if not cache.succeeded and operation("download") in runner.capabilities:
        console.print("no download came to an end in any of them: mend that first, little else could be judged")
    return outputs.finish(results, console)


def _announce(runner: ScenarioRunner, plan: Plan, console: Console) -> None:
    who = runner.hello.client
    who_can = runner.hello.capabilities
    console.print(f"judging {who.name} {who.version} ({who.language}): {', '.join(who_can)}")
    if unknown := [name for name in who_can if name not in CAPABILITIES]:
        say(f"warning: nobody knows the capability {', '.join(unknown)}; there are {', '.join(CAPABILITIES)}")
    if not runner.virtual:
        console.print(
            f"it does not sleep by asking the kit to, so time is real: only scenarios that take no time, "
            f"and {plan.examples} drawn ones",
            highlight=False,
        )


def _evident(
    results: Iterable[Result], runner: ScenarioRunner, cache: ScenarioCache, folder: Path | None
) -> Iterator[Result]:
    for result in results:
        guilty = cache.counterexamples.get(result.check)
        if folder is not None and guilty is not None and result.outcome in BROKEN:
            run, archive = runner.export(guilty)
            kept = Replay(
                version=VERSION,
                check=result.check,
                rule=result.rule,
                message=result.message,
                client=runner.hello.client,
                scenario=guilty,
            )
            say(f"  left in {write_artifacts(folder, kept, run, archive=archive)}")
        yield result


def _replay(kept: Replay, runner: ScenarioRunner) -> int:
    if missing := sorted(kept.scenario.needs - runner.capabilities):
        raise click.UsageError(f"the client lacks what the scenario needs: {', '.join(missing)}")
    run = runner.play(kept.scenario)
    for line in run.lines():
        click.echo(f" | {line}")
    broken = list(broken_checks(client_checks(), run))
    for duty, violation in broken:
        click.echo(f"{'FAILED' if duty.name == kept.check else 'also':<7}{duty.name}: {violation}")
    if not any(duty.name == kept.check for duty, _ in broken):
        click.echo(f"ok     {kept.check}: it is kept now; it was broken by {kept.client.name} {kept.client.version}")
    return Exit.FAILURES if broken else Exit.AS_EXPECTED
