"""The command `flipsnack-contract live`: the API itself, by reads alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from flipsnack_contract import report
from flipsnack_contract.checks.check import Check
from flipsnack_contract.cli.console import window
from flipsnack_contract.cli.outputs import known_options, output_options, outputs_of
from flipsnack_contract.cli.target_options import KEY, SECRET, credentials_in, http_target
from flipsnack_contract.contract.clock import Clock, WallClock
from flipsnack_contract.live.budget import Budget
from flipsnack_contract.live.call import ReadAction
from flipsnack_contract.live.caller import Caller
from flipsnack_contract.live.probes import read_only_checks
from flipsnack_contract.live.run import calls_of, least_seconds, run_probes
from flipsnack_contract.live.state import BadState, State, of_whom
from flipsnack_contract.selection import NothingFits, select
from flipsnack_contract.target.rate_pacer import REAL_MARGIN, RatePacer
from flipsnack_contract.target.result import Exit, Result
from flipsnack_contract.target.target import Target
from flipsnack_contract.target.target_under_test import Credentials

__all__ = ["Visit", "live"]

API = "https://api.flipsnack.com/v1/"


@click.command("live")
@click.option("--base-url", default=API, show_default=True, help="Where the API is.")
@click.option(
    "-k", "patterns", multiple=True, metavar="TEXT", help="Only probes with TEXT in their name; * fits anything."
)
@click.option("--collection", envvar="FLIPSNACK_COLLECTION", help="The hash of a collection of the key.")
@click.option("--slow", is_flag=True, help="Wait for the minute of a resource URL too.")
@click.option("--alone", is_flag=True, help="Nobody else uses the key: a limit that refuses a call is wrong then.")
@click.option("--budget", type=click.IntRange(0), help="Make at most so many calls now; the rest is for a later run.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep there what was done, and go on.")
@click.option("--plan", is_flag=True, help="Only say what would be done, and call nobody.")
@output_options
@known_options
@click.pass_obj
def live(environment: Mapping[str, str] | None, /, **options: Any) -> None:
    """Judge the API itself, by reads alone and within both limits.

    Needs FLIPSNACK_API_KEY and FLIPSNACK_SECRET in the environment, and a collection for what concerns packages. Only
    collection.downloadHTML is called. With --state an interrupted run goes on where it was, and repeats nothing.
    """
    credentials = credentials_in(environment or {}, options["collection"])
    if credentials is None:
        raise click.UsageError(f"whose calls are these? Set {KEY} and {SECRET} in the environment")
    with ExitStack() as stack:
        target = http_target(options["base_url"], stack, knock=False)
        visit = Visit(target, credentials, _state(options, target, credentials), WallClock())
        raise SystemExit(_run(visit, options, window()))


@dataclass(frozen=True)
class Visit:
    """One run at one target: who calls, what is known of earlier runs, and by which clock."""

    target: Target
    credentials: Credentials
    state: State
    clock: Clock

    def caller(self, pace: RatePacer, budget: Budget) -> Caller:
        """Who calls for one probe; pace and budget are those of the whole run."""
        return Caller(
            self.target, self.credentials, clock=self.clock, pace=pace, budget=budget, on_call=self.state.called
        )


def _run(visit: Visit, options: Mapping[str, Any], console: Console) -> int:
    outputs = outputs_of(options, partial=bool(options["patterns"]))
    probes = _selected(options["patterns"])
    have = {"credentials", "socket"} | ({"collection"} if visit.credentials.collection else set())
    have |= {name for name in ("slow", "alone") if options[name]}
    to_do = [one for one in probes if one.name not in visit.state.finished and one.needs <= have]
    budget = Budget(calls_of(to_do) if options["budget"] is None else min(options["budget"], calls_of(to_do)))
    _announce(visit, probes, to_do, budget, console)
    if options["plan"]:
        return Exit.AS_EXPECTED
    results = run_probes(
        probes, _opener(visit, budget), have=frozenset(have), budget=budget, finished=visit.state.finished
    )
    kept = list(report.follow(outputs.kept(_remembered(results, visit.state)), probes, console))
    report.print_skipped(kept, console)
    report.print_summary(kept, console)
    return outputs.finish(kept, console)


def _opener(visit: Visit, budget: Budget) -> Callable[[], Caller]:
    pace = RatePacer(visit.clock, margin=REAL_MARGIN, made=visit.state.calls)
    return lambda: visit.caller(pace, budget)


def _remembered(results: Iterable[Result], state: State) -> Iterator[Result]:
    for result in results:
        if result.check not in state.finished:
            state.judged(result)
        yield result


def _selected(patterns: tuple[str, ...]) -> tuple[Check, ...]:
    try:
        return select(read_only_checks(), patterns)
    except NothingFits as slip:
        click.echo(str(slip), err=True)
        raise SystemExit(Exit.INCONCLUSIVE) from None


def _state(options: Mapping[str, Any], target: Target, credentials: Credentials) -> State:
    try:
        return State.open(options["state"], of_whom(target.base_url, credentials))
    except (BadState, OSError, UnicodeDecodeError) as wrong:
        raise click.UsageError(f"--state: {wrong}") from None


def _announce(visit: Visit, probes: Sequence[Check], to_do: Sequence[Check], budget: Budget, console: Console) -> None:
    seconds = least_seconds(to_do, made=visit.state.calls, now=visit.clock.now)
    for line in (
        f"judging {visit.target.base_url} by reads: only {', '.join(ReadAction)} is called, by GET",
        f"{len(probes)} probes, {len(visit.state.finished)} finished before, {len(to_do)} to do",
        f"budget: at most {budget.left} calls of the {calls_of(to_do)} that this takes, "
        f"never more than 5 in a second or 60 in a minute; all of it takes {seconds:.0f} s or more",
    ):
        console.print(line, highlight=False)
