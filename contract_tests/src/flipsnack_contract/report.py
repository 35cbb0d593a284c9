"""For a person: a line while it runs, each broken rule in full, what was skipped and why, and the sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from flipsnack_contract.contract.ledger import rule
from flipsnack_contract.target.result import Outcome, Result

__all__ = ["Named", "follow", "print_skipped", "print_summary"]

STEPS_SHOWN = 12


class Named(Protocol):
    """Whatever is judged by, as far as a report is concerned: a check of a server, a duty of a client."""

    @property
    def name(self) -> str:
        """Its name."""


COLOURS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.WARNED: "yellow",
    Outcome.SKIPPED: "dim",
    Outcome.BROKEN: "magenta",
    Outcome.EXPECTED: "yellow",
    Outcome.FLAKY: "yellow",
}


@dataclass
class _Standing:
    """Where a run stands, as it is at the moment when the terminal is refreshed."""

    said: str
    more: Callable[[], str]

    def __rich__(self) -> Text:
        return Text(f"{self.said} {self.more()}".rstrip())


def follow(
    results: Iterable[Result], checks: Sequence[Named], console: Console, *, more: Callable[[], str] = str
) -> Iterator[Result]:
    """Pass the results of `checks` on, one each; show where the run stands, and at once what is not as it should be.

    `more` is asked again and again for what else there is to say of where it stands.
    """
    iterator = iter(results)
    with console.status("") as status:
        for number, check in enumerate(checks, 1):
            status.update(_Standing(f"{number}/{len(checks)} {check.name}", more))
            result = next(iterator)
            if not console.is_terminal:
                _print_line(result, number, len(checks), console)
            if result.outcome in (Outcome.FAILED, Outcome.WARNED, Outcome.BROKEN):
                _print_broken(result, console)
            yield result


def _print_line(result: Result, number: int, total: int, console: Console) -> None:
    console.print(f"{number:>3}/{total} {result.outcome:<7} {result.check}", highlight=False, markup=False)


def _print_broken(result: Result, console: Console) -> None:
    colour = COLOURS[result.outcome]
    console.print()
    console.print(f"[{colour} bold]{result.outcome.upper()}[/] [bold]{result.rule}[/] ({escape(result.check)})")
    console.print(f"  rule  {escape(rule(result.rule).statement)}", highlight=False)
    console.print(f"  found {escape(result.message)}", highlight=False)
    if result.broke and result.broke != result.rule:
        console.print(f"  which breaks the rule {result.broke}", highlight=False)
    for name, value in result.counterexample.items():
        console.print(f"  with  {escape(name)} = {escape(value)}", highlight=False)
    for step in _last(result.steps):
        console.print(f"   | {escape(step)}", highlight=False, style="dim")
    console.print(f"  more: flipsnack-contract explain {result.rule}", style="dim", highlight=False)


def _last(steps: Sequence[str]) -> list[str]:
    if len(steps) <= STEPS_SHOWN:
        return list(steps)
    return [f"… {len(steps) - STEPS_SHOWN} steps before", *steps[-STEPS_SHOWN:]]


def print_skipped(results: Iterable[Result], console: Console) -> None:
    """Name each check that was skipped, under what it would have needed."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        if result.outcome is Outcome.SKIPPED:
            by_reason.setdefault(result.message, []).append(result.check)
    for reason, names in by_reason.items():
        console.print(f"\nskipped, {escape(reason)}:", highlight=False)
        for name in names:
            console.print(f"  {escape(name)}", highlight=False, style="dim")


def print_summary(results: Sequence[Result], console: Console) -> None:
    """How many of what, in how many examples and seconds."""
    counts = Counter(result.outcome for result in results)
    parts = [f"[{COLOURS[outcome]}]{counts[outcome]} {outcome}[/]" for outcome in Outcome if counts[outcome]]
    examples = sum(result.examples for result in results)
    seconds = sum(result.seconds for result in results)
    rules = len({result.rule for result in results if result.outcome is not Outcome.SKIPPED})
    console.print(
        f"\n{', '.join(parts) or 'nothing ran'}; {rules} rules, {examples} examples in {seconds:.1f} s", highlight=False
    )
