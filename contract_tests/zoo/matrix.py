"""The kill matrix, rules by mutants: `python -m contract_tests.zoo.matrix`.

Each mutant must be caught by the rule that it breaks, each rule must catch a mutant that no other rule catches, and
correct servers and clients must pass. A time-out or a crash counts as not caught.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

import click
from contract_tests.zoo.equivalent_rules import EQUIVALENT_RULES, EquivalentRule
from contract_tests.zoo.mutant import Mutant, MutantResult, MutantStatus, Suite
from contract_tests.zoo.mutation_pool import PROCESSES, TIMEOUT_S, Job, run_all
from contract_tests.zoo.suites import SUITES

from flipsnack_contract.checks.check import Plan
from flipsnack_contract.contract.clock import stopwatch

# The checks of the broken rule may search for long; the others must only not find what is not theirs. A counterexample
# is not shrunk: that there is one is enough.
OWN = Plan(examples=50, seed=1, shrink=False)
OTHER = Plan(examples=6, rows=6, seed=1, shrink=False)
CORRECT = Plan(examples=20, seed=1, shrink=False)


def job_of(suite: Suite, mutant: Mutant, *, others: bool = True, complete: bool = False) -> Job:
    """The checks of the rule that `mutant` breaks, then the others, last those that look at everything again."""
    if not mutant.rule:
        return Job(suite.name, mutant.name, "", tuple((check, CORRECT) for check in suite.checks), complete=True)
    own = [(check, OWN) for check, rule in suite.checks.items() if rule == mutant.rule]
    rest = [check for check, rule in suite.checks.items() if rule != mutant.rule]
    few = [(check, OTHER) for check in rest if check not in suite.repeating]
    repeating = [(check, OWN) for check in rest if check in suite.repeating]
    return Job(suite.name, mutant.name, mutant.rule, (*own, *few, *repeating), others, complete)


def problems(suite: Suite, results: Iterable[MutantResult], entries: Sequence[EquivalentRule] = ()) -> list[str]:
    """A sentence for each mutant or correct one that got the wrong verdict, and for each rule that needs a mutant."""
    done = list(results)
    broken = [result for result in done if result.rule]
    strays = [f"{one.mutant!r} breaks {one.rule}, which has no check" for one in broken if one.rule not in suite.rules]
    missed = [f"{one.mutant!r} breaks {one.rule}, but {_instead(one)}" for one in broken if not one.right]
    alarms = [f"{one.mutant!r} is correct, but {_instead(one)}" for one in done if _is_alarm(one)]
    return [*strays, *missed, *alarms, *_not_alone(suite, broken, entries)]


def _is_alarm(result: MutantResult) -> bool:
    return not result.rule and result.status is not MutantStatus.SURVIVED


def _instead(result: MutantResult) -> str:
    cell = next((cell for cell in result.cells if cell.status is result.status), None)
    message = f" ({cell.check}: {cell.message})" if cell and cell.message else ""
    if result.status is MutantStatus.KILLED:
        return f"{', '.join(sorted(result.killers))} caught it{message}"
    words = {MutantStatus.TIMEOUT: "it ran out of time", MutantStatus.FAULT: "a check crashed"}
    return words.get(result.status, "it survived") + message


def _not_alone(suite: Suite, results: Sequence[MutantResult], entries: Sequence[EquivalentRule]) -> Iterator[str]:
    excused = {entry.rule: entry for entry in entries}
    yield from (f"equivalent_rules: {rule} is not a rule of this suite" for rule in excused.keys() - {*suite.rules})
    for rule in suite.rules:
        own = [result for result in results if result.rule == rule and result.right]
        entry = excused.get(rule)
        if any(has_own(suite, result) for result in own):
            if entry:
                yield f"equivalent_rules: {rule} has a mutant that it alone catches; remove its entry"
        elif not (entry and any(result.killers <= {rule, *entry.others} for result in own)):
            yield f"{rule} has no mutant that it alone catches: {_nearest(own)}"


def _nearest(own: Sequence[MutantResult]) -> str:
    if not own:
        return "it catches none"
    nearest = min(own, key=lambda result: len(result.killers))
    others = ", ".join(sorted(nearest.killers - {nearest.rule}))
    return f"{others} catches {nearest.mutant!r} too" if others else f"nothing else was tried on {nearest.mutant!r}"


def has_own(suite: Suite, result: MutantResult) -> bool:
    """Whether all checks but the repeating ones were run, and only those of the rule that it breaks found something."""
    own = {check for check, rule in suite.checks.items() if rule == result.rule}
    tried = {cell.check for cell in result.cells} | own | suite.repeating
    return result.killers == {result.rule} and tried >= suite.checks.keys()


def summary(suite: Suite, results: Sequence[MutantResult]) -> str:
    """The matrix in one line."""
    broken = [result for result in results if result.rule]
    shown = ", ".join(f"{sum(one.status is status for one in broken)} {status}" for status in MutantStatus)
    alone = {result.rule for result in broken if has_own(suite, result)}
    return (
        f"{suite.name}: {len(broken)} mutants: {shown}; {sum(one.right for one in broken)} for the right reason; "
        f"{len(alone)} of {len(suite.rules)} rules have a mutant of their own; "
        f"{sum(map(_is_alarm, results))} false alarms on {len(results) - len(broken)} correct"
    )


def run_suite(
    suite: Suite, entries: Sequence[EquivalentRule], *, processes: int, timeout: float, say: Callable[[str], None]
) -> list[MutantResult]:
    """Run the checks on every mutant and every correct one, with a line for each.

    Once a rule has a mutant that it alone catches, only its own checks are run on its further mutants.
    """
    results: list[MutantResult] = []
    alone: set[str] = set()
    for result in run_all(_jobs(suite, entries, alone), processes=processes, timeout=timeout):
        results.append(result)
        alone |= {result.rule} if has_own(suite, result) else set()
        also = "".join(f", also {rule}" for rule in sorted(result.killers - {result.rule}))
        say(f"{len(results):4} {result.status:<8} {result.rule or 'correct'}: {result.mutant}{also}")
    return results


def _jobs(suite: Suite, entries: Sequence[EquivalentRule], alone: set[str]) -> Iterator[Job]:
    excused = {entry.rule for entry in entries}
    yield from (job_of(suite, one) for one in suite.correct)
    for one in _by_turns(suite.mutants):
        yield job_of(suite, one, others=one.rule not in alone, complete=one.rule in excused)


def _by_turns(mutants: Sequence[Mutant]) -> list[Mutant]:
    # The first mutant of each rule, then the second of each: by then it is known whether all checks must be run on it.
    # So a mutant that its rule alone catches stands before the others of its rule.
    by_rule: dict[str, list[Mutant]] = {}
    for one in mutants:
        by_rule.setdefault(one.rule, []).append(one)
    return [one for turn in zip_longest(*by_rule.values()) for one in turn if one is not None]


@click.command(help=__doc__)
@click.argument("suites", nargs=-1, type=click.Choice(sorted(SUITES)))
@click.option("--processes", default=PROCESSES, show_default=True, type=click.IntRange(min=1), help="how many at once")
@click.option("--timeout", default=TIMEOUT_S, show_default=True, help="seconds for one mutant")
@click.option("--quiet", is_flag=True, help="print only problems and one line for each suite")
def main(suites: tuple[str, ...], processes: int, timeout: float, quiet: bool) -> None:
    """Run the named suites, or all."""
    wrong = 0
    for name in suites or SUITES:
        suite, entries, started = SUITES[name], EQUIVALENT_RULES[name], stopwatch()
        say = (lambda _line: None) if quiet else click.echo
        results = run_suite(suite, entries, processes=processes, timeout=timeout, say=say)
        found = problems(suite, results, entries)
        wrong += len(found)
        for sentence in found:
            click.echo(f"wrong: {sentence}", err=True)
        click.echo(f"{summary(suite, results)} ({stopwatch() - started:.0f} s)")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
