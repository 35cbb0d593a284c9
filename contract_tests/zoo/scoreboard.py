"""The scoreboard of the judge: `python -m contract_tests.zoo.scoreboard`.

`measure` tries everything and writes `contract_tests/scoreboard.json`; `render` writes what that says into the README
of the kit. The numbers are never written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from contract_tests.zoo.default_run import default_run
from contract_tests.zoo.measuring import PARTS, SEEDS, circumstances, machine_made, measured
from contract_tests.zoo.sides import MACHINE_MADE, SIDES, side_named

__all__ = ["ABLATION", "README", "RESULTS", "rendered", "with_scoreboard"]

FOLDER = Path(__file__).resolve().parents[1]
RESULTS = FOLDER / "scoreboard.json"
README = FOLDER / "README.md"
BEGIN, END = "<!-- scoreboard: made by `make scoreboard` -->\n", "<!-- end of scoreboard -->\n"
NOTHING = "-"
DEFAULT_RUN = "default_run"
Facts = Mapping[str, Any]


def rendered(results: Facts) -> str:
    """The scoreboard as Markdown."""
    sides = {name: results["sides"][name] for name in SIDES if name in results.get("sides", {})}
    head = ("", *(f"{name} side" for name in sides))
    rows = [(title, *(make(side) for side in sides.values())) for title, make in ROWS.items()]
    made = results.get("machine_made", {})
    tour = [_default_run(results[DEFAULT_RUN])] if DEFAULT_RUN in results else []
    parts = [_table(head, rows), *tour, *(_machine_made(name, made[name]) for name in MACHINE_MADE if name in made)]
    return "\n".join([*parts, *(_ablation(name, side) for name, side in sides.items())])


def with_scoreboard(page: str, results: Facts) -> str:
    """`page` with the scoreboard between its marks. Raises `ValueError` when these are not there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no place for the scoreboard: {BEGIN.strip()} … {END.strip()}")
    return f"{before}{begin}\n{rendered(results)}\n{end}{after}"


# --- what stands in the table ----------------------------------------------------------------------------------------


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %".replace(".0 %", " %") if whole else NOTHING


def _killed(side: Facts) -> list[Facts]:
    return [one for one in side["mutants"] if one["fate"] == "Killed"]


def _caught(side: Facts) -> str:
    return _share(len(_killed(side)), len(side["mutants"]))


def _right(side: Facts) -> str:
    killed = _killed(side)
    return _share(sum(1 for one in killed if one["rule"] in one["killers"]), len(killed))


def _undecided(side: Facts) -> str:
    fates = [one["fate"] for one in side["mutants"]]
    return f"{fates.count('Timeout')}, {fates.count('Fault')}"


def _own(side: Facts) -> str:
    return f"{len(side['own'])} of {len(side['rules'])}"


def _alarms(side: Facts) -> str:
    total = sum(one["alarms"] for one in side["correct"].values())
    runs = ", ".join(f"{one['runs']} runs of {name}" for name, one in side["correct"].items())
    examples = sum(one["examples"] for one in side["correct"].values())
    return f"{total} in {examples:,} examples: {runs}"


def _spread(facts: Facts, unit: str = "") -> str:
    return f"{_number(facts['median'])}{unit}, {_number(facts['p95'])}{unit}"


def _number(value: float | None) -> str:
    return (
        NOTHING if value is None else f"{value:.2g}" if isinstance(value, float) and value < 10 else f"{round(value):,}"
    )


def _speed(side: Facts) -> str:
    return "; ".join(
        f"{name}: {one['examples_per_second']:,}, {one['checks_per_second']:g}" for name, one in side["correct"].items()
    )


ROWS: Mapping[str, Callable[[Facts], str]] = {
    "broken ones in the zoo": lambda side: str(len(side["mutants"])),
    "caught": _caught,
    "caught by the rule that is broken": _right,
    "time-outs, faults (never counted as caught)": _undecided,
    "rules with a broken one that no other rule catches": _own,
    "false alarms on correct ones": _alarms,
    "examples until one is found: median, 95th of 100": lambda side: _spread(side["found"]["examples"]),
    "seconds until one is found: median, 95th of 100": lambda side: _spread(side["found"]["seconds"], " s"),
    "searches without success": lambda side: f"{side['found']['missed']} of {side['found']['searches']:,}",
    "steps of a shrunk counterexample: median, 95th of 100": lambda side: _spread(side["shrunk"]),
    "examples a second, checks a second": _speed,
}


def _default_run(facts: Facts) -> str:
    return (
        f"`flipsnack-contract client` as it is, on the reference client: {facts['scenarios']:,} scenarios in "
        f"{facts['seconds']:.0f} s, {facts['hours']:,.0f} hours of the accounts' time, {facts['suspended_hours']:,.0f} "
        f"of them while the client's machine was suspended; {facts['passed']} of {facts['duties']} duties kept.\n"
    )


CALLED = {"core": "fake's core", "reference": "reference client"}


def _machine_made(name: str, modules: Facts) -> str:
    words = list(next(iter(modules.values())))
    totals = [sum(ended[word] for ended in modules.values()) for word in words]
    rows = [(f"`{module}`", *map(str, ended.values())) for module, ended in modules.items()]
    who = CALLED.get(name, name)
    title = f"Machine-made mutants of the {who}; every survivor is in `zoo/reviewed.toml` with the reason:\n"
    return f"{title}\n{_table(('module', *words), [*rows, ('all', *map(str, totals))])}"


ABLATION = "rule left out"


def _ablation(name: str, side: Facts) -> str:
    head = (ABLATION, "broken ones that only it catches", "caught without it")
    rows = []
    for rule in side["rules"]:
        only = sum(1 for one in _killed(side) if one["killers"] == [rule])
        rows.append((f"`{rule}`", str(only), _share(len(_killed(side)) - only, len(side["mutants"]))))
    summary = f"<details><summary>What each rule of the {name} side is worth</summary>"
    return f"{summary}\n\n{_table(head, rows)}\n</details>\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)


# --- the command -----------------------------------------------------------------------------------------------------


@click.group(help=__doc__)
def main() -> None:
    """Measure, and write down."""


@main.command()
@click.argument("names", nargs=-1, type=click.Choice([*SIDES, *MACHINE_MADE, DEFAULT_RUN]))
@click.option("--seeds", default=SEEDS, show_default=True, type=click.IntRange(min=1))
@click.option("--part", "parts", multiple=True, type=click.Choice(list(PARTS)), help="of a zoo, only that")
def measure(names: tuple[str, ...], seeds: int, parts: tuple[str, ...]) -> None:
    """Measure the named sides, or all, and keep the results of the others."""
    results: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"version": 1}
    for name in names or (*SIDES, *MACHINE_MADE, DEFAULT_RUN):
        if name == DEFAULT_RUN:
            results[name] = default_run()
        else:
            kind, make = ("sides", _measured(seeds, parts)) if name in SIDES else ("machine_made", _mutated)
            known = results.setdefault(kind, {}).get(name, {}) if parts else {}
            results[kind][name] = {**known, **make(name)}
        results.setdefault("circumstances", {})[name] = circumstances()
        RESULTS.write_text(_written(results), "utf-8")


def _measured(seeds: int, parts: tuple[str, ...]) -> Callable[[str], Facts]:
    return lambda name: measured(side_named(name), say=click.echo, seeds=seeds, parts=parts)


def _mutated(name: str) -> Facts:
    return machine_made(side_named(name), say=click.echo)


def _written(results: Facts) -> str:
    """JSON with each mutant on a line of its own, so that a change of one is a change of one line."""
    text = json.dumps(results, indent=1, ensure_ascii=False)
    return (
        re.sub(r"\{\s*(\"name\"[^{}]*?)\s*\}", lambda found: "{" + re.sub(r"\s*\n\s*", " ", found[1]) + "}", text)
        + "\n"
    )


@main.command()
def render() -> None:
    """Write the scoreboard into the README of the kit."""
    page = README.read_text("utf-8")
    README.write_text(with_scoreboard(page, json.loads(RESULTS.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
