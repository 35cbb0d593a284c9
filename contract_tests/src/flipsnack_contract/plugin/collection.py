"""The items: each judges one part, and its report carries the results."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from flipsnack_contract.plugin.judged import Part
from flipsnack_contract.plugin.run import RUN, Run
from flipsnack_contract.plugin.text import paragraphs
from flipsnack_contract.target.result import SHOWN, Outcome, Result, worst

__all__ = ["Contract", "PartItem", "results_in"]

ALONE = "flipsnack-alone"


class Contract(pytest.Directory):
    """The package as pytest collects it: an item for each part of what is judged."""

    def collect(self) -> Iterator[pytest.Item]:
        """The items, in the order of the ledger or of the catalogue."""
        run = self.config.stash[RUN]
        is_worker = hasattr(self.config, "workerinput")
        for part in run.judged.parts:
            # pytest-xdist reads the group from the end of the id; its marker has no effect with pytest 9.2.
            name = f"{part.name}@{ALONE}" if part.alone and is_worker else part.name
            yield PartItem.from_parent(self, name=name, part=part, run=run)


class PartItem(pytest.Item):
    """One part: a check of a server or a recording, a group of scenarios of a client."""

    def __init__(self, *, part: Part, run: Run, **rest: Any) -> None:
        """Bind the part."""
        super().__init__(**rest)
        self.part = part
        self.run = run
        self.results: tuple[Result, ...] = ()
        if self.config.pluginmanager.hasplugin("timeout"):
            # Each part has bounds of its own; a time limit of the suite is meant for its own tests.
            self.add_marker(pytest.mark.timeout(0))

    def runtest(self) -> None:
        """Judge the part. What came of it decides the report, not an exception."""
        try:
            judged = self.part.judge()
            results = (judged,) if isinstance(judged, Result) else tuple(judged)
        except Exception:  # an error of ours is reported as ours, not as a broken rule
            check = self.part.checks[0]
            results = (Result(check.name, check.rule.id, Outcome.INTERNAL, traceback.format_exc(limit=-3)),)
        strict = self.run.options["strict"]
        self.results = tuple(self.run.known.settled(one, strict=strict) for one in results)

    def reportinfo(self) -> tuple[Any, None, str]:
        """The package: there is no better place, and the id says the rest."""
        return self.path, None, ""

    def decide(self, report: pytest.TestReport) -> None:
        """Give the report the outcome of the worst result, and all results."""
        told = [one.as_json() for one in self.results] if report.when == "call" else []
        report.flipsnack = {"part": self.part.name, **self.run.facts, "results": told}  # type: ignore[attr-defined]
        if told:
            self._shape(report)

    def _shape(self, report: pytest.TestReport) -> None:
        decides = worst(one.outcome for one in self.results)
        bad = [one for one in self.results if one.outcome is decides]
        text = "\n\n".join("\n".join(paragraphs(one, self.run.judged.replay(one))) for one in bad)
        category = SHOWN[decides].category
        if category in ("failed", "error"):
            report.outcome, report.longrepr = "failed", text
            report.when = "call" if category == "failed" else "setup"  # pytest's way to tell an error from a failure
        elif category in ("skipped", "warned", "xfailed"):
            reason = "; ".join(dict.fromkeys(f"{one.rule}: {one.message}" for one in bad))
            report.outcome, report.longrepr = "skipped", (str(self.path), 0, reason)
            if category == "xfailed":
                report.wasxfail = f"known failure: {', '.join(line for one in bad for line in one.listed)}"


def results_in(report: pytest.TestReport | pytest.CollectReport) -> Sequence[Result]:
    """The results that a report carries; none when it is not of an item of ours."""
    carried = getattr(report, "flipsnack", None)
    return tuple(Result.from_json(one) for one in carried["results"]) if carried else ()
