"""The items: each judges one part, and its report carries the results."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from flipsnack_contract.plugin.judged import Part
from flipsnack_contract.plugin.run import RUN
from flipsnack_contract.plugin.text import shown
from flipsnack_contract.target.result import SHOWN, Outcome, Result, worst

ALONE = "flipsnack-alone"


class Contract(pytest.Directory):
    """The package as pytest collects it: an item for each part of what is judged."""

    def collect(self) -> Iterator[pytest.Item]:
        is_worker = hasattr(self.config, "workerinput")
        for part in self.config.stash[RUN].judged.parts:
            # pytest-xdist reads the group from the end of the id; its marker has no effect with pytest 9.2.
            name = f"{part.name}@{ALONE}" if part.alone and is_worker else part.name
            yield PartItem.from_parent(self, name=name, part=part)


class PartItem(pytest.Item):
    """One part: a check of a server or a recording, a group of scenarios of a client."""

    def __init__(self, *, part: Part, **rest: Any) -> None:
        super().__init__(**rest)
        self.part = part
        self.run = self.config.stash[RUN]
        self.results: tuple[Result, ...] = ()
        if self.config.pluginmanager.hasplugin("timeout"):
            # Each part has bounds of its own; a time limit of the suite is meant for its own tests.
            self.add_marker(pytest.mark.timeout(0))

    def runtest(self) -> None:
        try:
            judged = self.part.judge()
            results = (judged,) if isinstance(judged, Result) else tuple(judged)
        except Exception:  # an error of ours is reported as ours, not as a broken rule
            text = traceback.format_exc(limit=-3)
            results = (Result(self.part.name, self.part.rule, Outcome.INTERNAL, text, group=self.part.name),)
        strict = self.run.options["strict"]
        self.results = tuple(self.run.known.settled(one, strict=strict) for one in results)

    def reportinfo(self) -> tuple[Any, None, str]:
        return self.path, None, ""  # there is no better place, and the id says the rest

    def decide(self, report: pytest.TestReport) -> None:
        """Give the report the outcome of the worst result, and all results."""
        told = [one.as_json() for one in self.results] if report.when == "call" else []
        report.flipsnack = {"part": self.part.name, **self.run.facts, "results": told}  # type: ignore[attr-defined]
        if told:
            report.outcome, report.longrepr, report.when = shown(self.results, self.run.replay)
            if SHOWN[worst(one.outcome for one in self.results)].category == "xfailed":
                lines = (line for one in self.results for line in one.listed)
                report.wasxfail = f"known failure: {', '.join(dict.fromkeys(lines))}"


def results_in(report: pytest.TestReport | pytest.CollectReport) -> tuple[Result, ...]:
    """The results that a report carries; none when it is not of an item of ours."""
    carried = getattr(report, "flipsnack", None)
    return tuple(Result.from_json(one) for one in carried["results"]) if carried else ()
