"""Measures one side of the judge by its zoo: what is caught, why, how soon and how small, and what is not to be caught.

Everything comes from trials; what is written down are plain numbers.
"""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from contract_tests.zoo.court import PROCESSES, Charge, try_all
from contract_tests.zoo.matrix import OWN, charge_of, has_own
from contract_tests.zoo.mutant import Cell, Fate, Mutant, Side, Trial
from contract_tests.zoo.mutants import counts, tried

from flipsnack_contract.checks.plan import Plan

__all__ = ["PARTS", "SEEDS", "Part", "circumstances", "machine_made", "measured"]

SEEDS = 20
# Generous: what is measured shall not depend on what else the machine does.
PATIENCE = 900.0
Say = Callable[[str], None]
Facts = dict[str, Any]


class Part(NamedTuple):
    """One thing that is measured of a side: what is tried for it by these plans, and what that says."""

    title: str
    charges: Callable[[Side, Sequence[Plan]], list[Charge]]
    facts: Callable[[Side, Sequence[Trial], int], Facts]


def measured(
    side: Side,
    *,
    say: Say,
    seeds: int = SEEDS,
    processes: int = PROCESSES,
    parts: Iterable[str] | None = None,
) -> Facts:
    """What the scoreboard says of one side: all of it, or only these of `PARTS`."""
    plans = [Plan(examples=OWN.examples, seed=seed, shrink=False) for seed in range(1, seeds + 1)]
    facts: Facts = {"rules": list(side.rules)}
    for part in [PARTS[name] for name in parts or PARTS]:
        charges = part.charges(side, plans)
        say(f"{side.name}: {part.title} ({len(charges)} trials)")
        facts |= part.facts(side, list(try_all(charges, processes=processes, patience=PATIENCE)), seeds)
    return facts


def machine_made(side: Side, *, say: Say, processes: int = PROCESSES) -> Facts:
    """How the machine-made mutants of one side ended."""
    say(f"{side.name}: machine-made mutants ({len(side.mutants)} trials)")
    trials = list(tried(side, side.mutants, processes=processes, patience=PATIENCE))
    modules = dict.fromkeys(one.rule for one in side.mutants)
    return {module: counts(trial for trial in trials if trial.rule == module) for module in modules}


def circumstances() -> Facts:
    """What the numbers of time depend on."""
    load = round(os.getloadavg()[0], 1)
    return {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count(), "load": load}


# --- what is tried


def _matrix(side: Side, _plans: Sequence[Plan]) -> list[Charge]:
    return [charge_of(side, one, whole=True) for one in side.mutants]


def _searches(side: Side, plans: Sequence[Plan]) -> list[Charge]:
    # Where checks share their examples a second search in the same process would know the first one's.
    parts = [[plan] for plan in plans] if side.shared else [list(plans)]
    return [_own(side, one, part) for one in side.mutants for part in parts]


def _shrinkings(side: Side, _plans: Sequence[Plan]) -> list[Charge]:
    return [_own(side, one, [Plan(OWN.examples, seed=1)]) for one in side.mutants]


def _calm(side: Side, plans: Sequence[Plan]) -> list[Charge]:
    calm = [Plan(examples=20, seed=plan.seed, shrink=False) for plan in plans]
    return [
        Charge(side.name, one.name, "", ((plan, tuple(side.checks)),), afresh=True)
        for one in side.correct
        for plan in calm
    ]


def _own(side: Side, mutant: Mutant, plans: Sequence[Plan]) -> Charge:
    checks = tuple(check for check, rule in side.checks.items() if rule == mutant.rule)
    return Charge(side.name, mutant.name, mutant.rule, tuple((plan, checks) for plan in plans), afresh=True)


# --- what it says


def _caught(side: Side, trials: Sequence[Trial], _seeds: int) -> Facts:
    return {"mutants": _mutants(trials), "own": sorted({trial.rule for trial in trials if has_own(side, trial)})}


def _mutants(trials: Iterable[Trial]) -> list[Facts]:
    facts = [
        {"name": trial.mutant, "rule": trial.rule, "fate": str(trial.fate), "killers": sorted(trial.killers)}
        for trial in trials
    ]
    return sorted(facts, key=lambda one: (one["rule"], one["name"]))


def _found(side: Side, trials: Sequence[Trial], seeds: int) -> Facts:
    groups = range(1 if side.shared else seeds)
    searches = [[cell for cell in trial.cells if cell.group == group] for trial in trials for group in groups]
    hits = [cells for cells in searches if cells and cells[-1].fate is Fate.KILLED]
    found = {
        "seeds": seeds,
        "searches": len(searches),
        "missed": len(searches) - len(hits),
        # The examples of a result are those that passed; the one that did not is one more.
        "examples": _spread([1 + _examples(side, cells) for cells in hits]),
        "seconds": _spread([round(sum(cell.seconds for cell in cells), 4) for cells in hits]),
    }
    return {"found": found}


def _shrunk(_side: Side, trials: Sequence[Trial], _seeds: int) -> Facts:
    return {"shrunk": _spread([cell.steps for trial in trials for cell in _kills(trial)])}


def _blamed(side: Side, trials: Sequence[Trial], _seeds: int) -> Facts:
    return {"correct": {one.name: _correct(side, [t for t in trials if t.mutant == one.name]) for one in side.correct}}


def _kills(trial: Trial) -> list[Cell]:
    return [cell for cell in trial.cells if cell.fate is Fate.KILLED and cell.broke == trial.rule]


def _examples(side: Side, cells: Iterable[Cell]) -> int:
    made = [cell.examples for cell in cells]
    return max(made, default=0) if side.shared else sum(made)


def _correct(side: Side, trials: Sequence[Trial]) -> Facts:
    cells = [cell for trial in trials for cell in trial.cells]
    made = [cell for cell in cells if cell.examples]
    examples, seconds = sum(_examples(side, trial.cells) for trial in trials), sum(cell.seconds for cell in made)
    return {
        "runs": len(trials),
        "examples": examples,
        "alarms": sum(1 for cell in cells if cell.fate is Fate.KILLED),
        "inconclusive": sum(1 for cell in cells if cell.fate in (Fate.TIMEOUT, Fate.FAULT)),
        "examples_per_second": round(examples / seconds) if seconds else 0,
        "checks_per_second": round(len(made) / seconds, 1) if seconds else 0,
    }


def _spread(values: Sequence[float]) -> Facts:
    """Median and 95th percentile by nearest rank, and the largest."""
    ranked = sorted(values)
    if not ranked:
        return {"median": None, "p95": None, "most": None}
    return {"median": _rank(ranked, 0.5), "p95": _rank(ranked, 0.95), "most": ranked[-1]}


def _rank(ranked: Sequence[float], part: float) -> float:
    return ranked[max(0, math.ceil(part * len(ranked)) - 1)]


PARTS: Mapping[str, Part] = {
    "matrix": Part("the whole matrix", _matrix, _caught),
    "found": Part("how soon", _searches, _found),
    "shrunk": Part("how small", _shrinkings, _shrunk),
    "correct": Part("false alarms", _calm, _blamed),
}
"""What is measured of a side."""
