"""The command `flipsnack-contract replay`: a failure of a client, once more."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from flipsnack_contract.adapter.launch import greeting_of, playing
from flipsnack_contract.cli.adapter import EPILOG, chosen_fake, client_options, failing_clearly, launch_mode_of
from flipsnack_contract.scenarios.artifacts import BadReplay, Replay, read_replay
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import broken_checks
from flipsnack_contract.scenarios.scenario_runner import ScenarioRunner
from flipsnack_contract.target.result import Exit

__all__ = ["replay"]


@click.command("replay", epilog=EPILOG, short_help="Run a failure of a client again.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@client_options
@click.pass_obj
def replay(environment: Mapping[str, str] | None, /, file: Path, **options: Any) -> None:
    """Run the scenario in FILE (a replay.json) again, once, and say which checks the client breaks in it."""
    with failing_clearly(), ExitStack() as stack:
        kept = _read(file)
        mode, greeting = launch_mode_of(options, environment or {}), greeting_of(version("flipsnack-kit"))
        fake = stack.enter_context(chosen_fake(options))
        player = stack.enter_context(playing(mode, greeting))
        raise SystemExit(_replay(kept, ScenarioRunner(player, fake, name=f"replay-{greeting.run}")))


def _read(file: Path) -> Replay:
    try:
        return read_replay(file)
    except (BadReplay, OSError) as wrong:
        raise click.UsageError(str(wrong)) from None


def _replay(kept: Replay, runner: ScenarioRunner) -> Exit:
    if missing := sorted(kept.scenario.needs - runner.capabilities):
        raise click.UsageError(f"the client lacks what the scenario needs: {', '.join(missing)}")
    run = runner.play(kept.scenario)
    for line in run.lines():
        click.echo(f"  {line}")
    broken = list(broken_checks(client_checks(), run))
    for check, violation in broken:
        click.echo(f"{'FAILED' if check.name == kept.check else 'also':<7}{check.name}: {violation}")
    if not any(check.name == kept.check for check, _ in broken):
        click.echo(f"ok     {kept.check}: kept now; {kept.client.name} {kept.client.version} broke it")
    return Exit.FAILURES if broken else Exit.AS_EXPECTED
