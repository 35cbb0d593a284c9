"""Tries the whole kit on machine-made mutants: `python -m contract_tests.zoo.mutants`.

A mutant that no check catches is a weakness of the kit or of no consequence: `reviewed.toml` says which, and one that
is not in there fails the run, as does a verdict on nothing. Time-outs and crashes are counted apart.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence

import click
from contract_tests.zoo.court import PATIENCE, PROCESSES, Charge, try_all
from contract_tests.zoo.mutant import Fate, Mutant, Side, Trial
from contract_tests.zoo.review import Review, reviews, stale, unreviewed
from contract_tests.zoo.sides import MACHINE_MADE, side_named

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["chosen", "problems", "tried"]

PLAN = Plan(examples=24, seed=1, shrink=False)
# Those that are caught are not told one by one, but that there is progress is.
EVERY = 50


def chosen(mutants: Sequence[Mutant], *, sample: int | None = None) -> tuple[Mutant, ...]:
    """All of them, or a sample of that size: the same one as long as they are called the same."""
    if sample is None:
        return tuple(mutants)
    kept = set(sorted(mutants, key=lambda one: hashlib.sha256(one.name.encode()).digest())[:sample])
    return tuple(one for one in mutants if one in kept)


def tried(
    side: Side, mutants: Iterable[Mutant], *, processes: int = PROCESSES, patience: float = PATIENCE
) -> Iterator[Trial]:
    """Each mutant before the whole kit, until something catches it."""
    charges = (
        Charge(side.name, one.name, one.rule, ((PLAN, side.checks_for(one)),), first_only=True) for one in mutants
    )
    return try_all(charges, processes=processes, patience=patience)


def problems(side: Side, trials: Sequence[Trial], done: Sequence[Review]) -> list[str]:
    """A sentence for each survivor without a verdict, and for each verdict on nothing.

    When all mutants were tried, a verdict on what is caught is one on nothing.
    """
    survivors = [trial.mutant for trial in trials if trial.fate is Fate.SURVIVED]
    whole = {trial.mutant for trial in trials} == {one.name for one in side.mutants}
    names = survivors if whole else [one.name for one in side.mutants]
    return [f"survived: {name}" for name in unreviewed(survivors, done)] + stale(names, done)


def counts(trials: Iterable[Trial]) -> dict[str, int]:
    """How many ended in each way."""
    fates = [trial.fate for trial in trials]
    return {str(fate): fates.count(fate) for fate in Fate}


@click.command(help=__doc__)
@click.argument("sides", nargs=-1, type=click.Choice(sorted(MACHINE_MADE)))
@click.option("--sample", type=click.IntRange(min=1), help="so many of each side instead of all, always the same")
@click.option("--in", "module", help="only the mutants of this module")
@click.option("--processes", default=PROCESSES, show_default=True, type=click.IntRange(min=1), help="side by side")
@click.option("--patience", default=PATIENCE, show_default=True, help="seconds that one mutant has")
def main(sides: tuple[str, ...], sample: int | None, module: str | None, processes: int, patience: float) -> None:
    """Try the mutants of the named sides, or of all."""
    wrong = 0
    for name in sides or MACHINE_MADE:
        began, side = stopwatch(), side_named(name)
        mutants = chosen([one for one in side.mutants if module in (None, one.rule)], sample=sample)
        trials = list(_told(tried(side, mutants, processes=processes, patience=patience), len(mutants)))
        found = problems(side, trials, reviews(name))
        wrong += len(found)
        for sentence in found:
            click.echo(f"wrong: {sentence}", err=True)
        shown = ", ".join(f"{count} {fate}" for fate, count in counts(trials).items())
        click.echo(f"{name}: {len(trials)} of {len(side.mutants)} mutants: {shown} ({stopwatch() - began:.0f} s)")
    sys.exit(1 if wrong else 0)


def _told(trials: Iterator[Trial], total: int) -> Iterator[Trial]:
    for number, trial in enumerate(trials, 1):
        if trial.fate is not Fate.KILLED:
            click.echo(f"{number:4}/{total} {trial.fate:<8} {trial.mutant}")
        elif number % EVERY == 0:
            click.echo(f"{number:4}/{total}")
        yield trial


if __name__ == "__main__":
    main()
