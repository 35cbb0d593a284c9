"""The kill matrix, rules by mutants, as a gate: `python -m contract_tests.zoo.matrix`.

Every mutant is caught by the rule that it breaks, and every rule has a mutant that it alone catches. A mutant that runs
out of time, or before which a check falls over, counts as not caught.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

import click
from contract_tests.zoo.court import PATIENCE, PROCESSES, Charge, try_all
from contract_tests.zoo.inseparable import Inseparable, inseparable
from contract_tests.zoo.mutant import Fate, Mutant, Side, Trial
from contract_tests.zoo.sides import SIDES, side_named

from flipsnack_contract.checks.plan import Plan
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["charge_of", "has_own", "problems", "summary"]

# Its own checks may look for long; the others must only not see what is not theirs.
OWN = Plan(examples=100, seed=1, shrink=False)
OTHERS = Plan(examples=6, seed=1, shrink=False)


def charge_of(side: Side, mutant: Mutant, *, others: Plan | None = OTHERS, whole: bool = False) -> Charge:
    """How a mutant is tried: by the checks of its own rule, then by the others, unless those are left out.

    Of the others only the first that catches it matters, unless it is tried by the `whole` kit.
    """
    mine = tuple(check for check, rule in side.checks.items() if rule == mutant.rule)
    rest = tuple(check for check in side.checks if check not in mine) if others else ()
    plans = ((OWN, mine), (others, rest)) if others else ((OWN, mine),)
    return Charge(side.name, mutant.name, mutant.rule, plans, whole=whole)


def problems(side: Side, trials: Iterable[Trial], entries: Sequence[Inseparable] = ()) -> list[str]:
    """A sentence for each mutant that is not caught as it should be, and for each rule that catches none alone."""
    done = list(trials)
    known = set(side.rules)
    strangers = [
        f"{trial.mutant!r} breaks {trial.rule}, which no check stands for" for trial in done if trial.rule not in known
    ]
    return [*strangers, *_missed(done), *_together(side, done, entries)]


def _missed(trials: Iterable[Trial]) -> list[str]:
    return [f"{trial.mutant!r} breaks {trial.rule}, and {_instead(trial)}" for trial in trials if not trial.right]


def _instead(trial: Trial) -> str:
    cell = next((cell for cell in trial.cells if cell.fate is trial.fate), None)
    said = f" ({cell.check}: {cell.message})" if cell and cell.message else ""
    if trial.fate is Fate.KILLED:
        return f"only {', '.join(sorted(trial.killers))} caught it{said}"
    return {Fate.TIMEOUT: "its time was up", Fate.FAULT: "a check fell over"}.get(trial.fate, "survived") + said


def _together(side: Side, trials: Sequence[Trial], entries: Sequence[Inseparable]) -> list[str]:
    excused = {entry.rule: entry for entry in entries}
    found = [
        f"inseparable.toml names {rule}, which is no rule of this side" for rule in excused if rule not in side.rules
    ]
    for rule in side.rules:
        own = [trial for trial in trials if trial.rule == rule and trial.right]
        alone = any(has_own(side, trial) for trial in own)
        entry = excused.get(rule)
        if alone and entry:
            found.append(f"{rule} has a mutant that it alone catches: take it out of inseparable.toml")
        if not alone and not (entry and any(trial.killers <= {rule, *entry.others} for trial in own)):
            found.append(f"{rule} has no mutant that it alone catches: {_nearest(own)}")
    return found


def _nearest(own: Sequence[Trial]) -> str:
    if not own:
        return "it catches none at all"
    near = min(own, key=lambda trial: len(trial.killers))
    return f"{near.mutant!r} is caught by {', '.join(sorted(near.killers - {near.rule}))} too"


def summary(side: Side, trials: Sequence[Trial]) -> str:
    """The matrix in one line."""
    counts = {fate: sum(1 for trial in trials if trial.fate is fate) for fate in Fate}
    right = sum(1 for trial in trials if trial.right)
    alone = {trial.rule for trial in trials if has_own(side, trial)}
    shown = ", ".join(f"{count} {fate}" for fate, count in counts.items())
    rules = f"{len(alone)} of {len(side.rules)} rules have a mutant of their own"
    return f"{side.name}: {len(trials)} mutants: {shown}; {right} for the right reason; {rules}"


def tried(
    side: Side, *, entries: Sequence[Inseparable], processes: int, patience: float, say: Callable[[str], None]
) -> list[Trial]:
    """Every mutant of the side before the checks, a line for each.

    Once a rule is known to have one that it alone catches, only its own checks are made for its further mutants.
    """
    trials: list[Trial] = []
    alone: set[str] = set()
    excused = {entry.rule for entry in entries}
    charges = (
        charge_of(side, one, others=None if one.rule in alone else OTHERS, whole=one.rule in excused)
        for one in side.mutants
    )
    for trial in try_all(charges, processes=processes, patience=patience):
        trials.append(trial)
        alone |= {trial.rule} if has_own(side, trial) else set()
        others = f", also {', '.join(sorted(trial.killers - {trial.rule}))}" if trial.killers - {trial.rule} else ""
        say(f"{len(trials):4}/{len(side.mutants)} {trial.fate:<8} {trial.rule}: {trial.mutant}{others}")
    return trials


def has_own(side: Side, trial: Trial) -> bool:
    """Whether every check was made, and only those of the rule that the mutant breaks found something."""
    everywhere = {cell.check for cell in trial.cells} | {c for c, rule in side.checks.items() if rule in trial.killers}
    return trial.killers == {trial.rule} and everywhere >= side.checks.keys()


@click.command(help=__doc__)
@click.argument("sides", nargs=-1, type=click.Choice(sorted(SIDES)))
@click.option("--processes", default=PROCESSES, show_default=True, type=click.IntRange(min=1), help="side by side")
@click.option("--patience", default=PATIENCE, show_default=True, help="seconds that one mutant has")
@click.option("--quiet", is_flag=True, help="say what is wrong, and one line for each side")
def main(sides: tuple[str, ...], processes: int, patience: float, quiet: bool) -> None:
    """Try every mutant of the named sides, or of all."""
    began, wrong = stopwatch(), 0
    for name in sides or SIDES:
        side = side_named(name)
        say = (lambda _line: None) if quiet else click.echo
        entries = inseparable(name)
        trials = tried(side, entries=entries, processes=processes, patience=patience, say=say)
        found = problems(side, trials, entries)
        wrong += len(found)
        for sentence in found:
            click.echo(f"wrong: {sentence}", err=True)
        click.echo(f"{summary(side, trials)} ({stopwatch() - began:.0f} s)")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
