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
from flipsnack_contract.cli.adapter import EPILOG, chosen_fake, client_options, failing_clearly, manner_of, say
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import Outputs, known_options, output_options, outputs_of
from flipsnack_contract.scenarios.artifacts import VERSION, BadReplay, Replay, read_replay, write_evidence
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import Bench, broken_in, judge
from flipsnack_contract.scenarios.scenario import operation
from flipsnack_contract.scenarios.scenario_runner import Theatre
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
        theatre = _theatre(stack, options, environment or {}, name="client")
        known = replace(outputs.known, version=theatre.hello.client.version)
        raise SystemExit(_judge(duties, theatre, options, replace(outputs, known=known)))


@click.command("replay", epilog=EPILOG, short_help="Play a failure of a client again.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@client_options
@click.pass_obj
def replay_command(environment: Mapping[str, str] | None, /, file: Path, **options: Any) -> None:
    """Play the scenario in FILE (a replay.json) again, once, and say which duties the client breaks in it."""
    with failing_clearly(), ExitStack() as stack:
        kept = _read(file)
        theatre = _theatre(stack, options, environment or {}, name="replay")
        raise SystemExit(_replay(kept, theatre))


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


def _theatre(stack: ExitStack, options: Mapping[str, Any], environment: Mapping[str, str], *, name: str) -> Theatre:
    manner = manner_of(options, environment)
    greeting = greeting_of(version("flipsnack-kit"))
    fake = stack.enter_context(chosen_fake(options))
    player = stack.enter_context(playing(manner, greeting, say=say))
    return Theatre(player, fake, name=f"{name}-{greeting.run}")


def _judge(duties: tuple[Check, ...], theatre: Theatre, options: Mapping[str, Any], outputs: Outputs) -> int:
    console = window()
    bench = Bench(theatre)
    plan = Plan(examples=options["examples"] or (EXAMPLES if theatre.virtual else EXAMPLES_REAL), seed=options["seed"])
    _announce(theatre, plan, console)
    results_as_they_come = outputs.kept(judge(duties, bench, plan))
    followed = report.follow(results_as_they_come, duties, console, more=lambda: f"({len(bench.plays)} scenarios)")
    results = list(_evident(followed, theatre, bench, options["evidence"]))
    report.print_skipped(results, console)
    report.print_summary(results, console)
    console.print(
        f"{len(bench.plays)} scenarios played, {bench.hours:,.1f} hours of the accounts' time, "
        f"{bench.suspended_hours:,.1f} of them while the client's machine was suspended",
        highlight=False,
    )
    if not bench.succeeded and operation("download") in theatre.capabilities:
        console.print("no download came to an end in any of them: mend that first, little else could be judged")
    return outputs.finish(results, console)


def _announce(theatre: Theatre, plan: Plan, console: Console) -> None:
    who = theatre.hello.client
    who_can = theatre.hello.capabilities
    console.print(f"judging {who.name} {who.version} ({who.language}): {', '.join(who_can)}")
    if unknown := [name for name in who_can if name not in CAPABILITIES]:
        say(f"warning: nobody knows the capability {', '.join(unknown)}; there are {', '.join(CAPABILITIES)}")
    if not theatre.virtual:
        console.print(
            f"it does not sleep by asking the kit to, so time is real: only scenarios that take no time, "
            f"and {plan.examples} drawn ones",
            highlight=False,
        )


def _evident(results: Iterable[Result], theatre: Theatre, bench: Bench, folder: Path | None) -> Iterator[Result]:
    for result in results:
        guilty = bench.guilty.get(result.check)
        if folder is not None and guilty is not None and result.outcome in BROKEN:
            performance, archive = theatre.export(guilty)
            kept = Replay(
                version=VERSION,
                check=result.check,
                rule=result.rule,
                message=result.message,
                client=theatre.hello.client,
                scenario=guilty,
            )
            say(f"  left in {write_evidence(folder, kept, performance, archive=archive)}")
        yield result


def _replay(kept: Replay, theatre: Theatre) -> int:
    if missing := sorted(kept.scenario.needs - theatre.capabilities):
        raise click.UsageError(f"the client lacks what the scenario needs: {', '.join(missing)}")
    performance = theatre.play(kept.scenario)
    for line in performance.lines():
        click.echo(f" | {line}")
    broken = list(broken_in(client_checks(), performance))
    for duty, violation in broken:
        click.echo(f"{'FAILED' if duty.name == kept.check else 'also':<7}{duty.name}: {violation}")
    if not any(duty.name == kept.check for duty, _ in broken):
        click.echo(f"ok     {kept.check}: it is kept now; it was broken by {kept.client.name} {kept.client.version}")
    return Exit.FAILURES if broken else Exit.AS_EXPECTED
