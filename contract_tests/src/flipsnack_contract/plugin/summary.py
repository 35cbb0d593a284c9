"""The end of a run: the results of all items summed up by rule, in the terminal, in JUnit, and for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from flipsnack_contract.plugin.collection import results_in
from flipsnack_contract.plugin.junit import RuleXml
from flipsnack_contract.plugin.progress import Progress
from flipsnack_contract.plugin.run import Run
from flipsnack_contract.plugin.text import markdown, report_lines
from flipsnack_contract.target.result import SHOWN, Exit, Outcome, Result, exit_code, worst

__all__ = ["Summary"]

LETTERS = {"passed": ".", "failed": "F", "error": "E", "skipped": "s", "warned": "w", "xfailed": "x"}


class Summary:
    """Collects the reports of all workers, in the process that the user started."""

    def __init__(self, run: Run, github: Path | None) -> None:
        """`github` is the file to which GitHub's job summary is appended."""
        self._run = run
        self._github = github
        self._progress = Progress(run.config, sum(part.scenarios for part in run.judged.parts))
        self._has_workers = bool(run.config.getoption("numprocesses", None))
        self._parts: set[str] = set()
        self._found: list[Result] = []
        self._failed_items = 0
        self._advice = ""
        self.results: tuple[Result, ...] = ()
        if not self._has_workers:
            run.on_run = self._progress.add

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the results that the report carries."""
        if results := results_in(report):
            self._parts.add(report.flipsnack["part"])
            self._found += results
            self._failed_items += report.failed
            if self._has_workers:
                self._progress.add(max(one.examples for one in results))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show our items in the categories of the one table; beside a progress line, no letters."""
        results = results_in(report)
        if not results:
            return None
        category = SHOWN[worst(one.outcome for one in results)].category
        shown = ("", "") if self._progress.is_shown else (LETTERS[category], category.upper())
        return category, *shown

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Iterator[None]:
        """When all items have run, or the run was told to stop after a failure: sum up."""
        try:
            done = yield
        except (session.Failed, session.Interrupted):
            self._close()
            raise
        self._close()
        return done

    def _close(self) -> None:
        if not self._found:
            return
        self._progress.clear()
        judged, known = self._run.judged, self._run.known
        results = judged.finish(self._found)
        complete = not self._run.options["rule"] and self._parts >= {part.name for part in judged.parts}
        met = {line for one in results for line in one.listed}
        stale = known.stale(met, complete=complete, today=self._run.day)
        self._advice = judged.advice(results)
        self.results = (*results, *(Result("known failures", rule, Outcome.STALE, why) for rule, why in stale))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Decide the exit code, and write what is written by rule."""
        if xml := RuleXml.of(session.config):
            xml.write_rules(self.results, self._run.facts, self._replays)
        if self._github is not None and self.results:
            with self._github.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in markdown(self.results, self._facts)))
        others = session.testsfailed - self._failed_items
        if session.exitstatus in (Exit.AS_EXPECTED, Exit.FAILURES) and not others and self._parts:
            session.exitstatus = int(exit_code(one.outcome for one in self.results))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Say on pytest-html's page what was judged, and the sum by rule."""
        prefix += [f"<p>{name}: {escape(value)}</p>" for name, value in self._facts.items()] if self._parts else []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> Iterator[None]:
        """Tell our failures in a section of our own, grouped by cause, instead of one by one."""
        stats = terminalreporter.stats
        ours = {name: [one for one in stats.get(name, ()) if hasattr(one, "flipsnack")] for name in ("failed", "error")}
        for name, reports in ours.items():
            stats[name] = [one for one in stats.get(name, ()) if one not in reports]
        yield
        for name, reports in ours.items():
            stats[name] += reports
        if self._parts:
            terminalreporter.section("flipsnack contract")
            for line in report_lines(self.results, self._replays, self._facts, self._advice):
                terminalreporter.write_line(line)

    @property
    def _replays(self) -> Mapping[str, str]:
        return {one.check: self._run.judged.replay(one) for one in self.results}

    @property
    def _facts(self) -> Mapping[str, str]:
        """What every report says, with the result."""
        rules = dict.fromkeys(one.rule for one in self.results)
        counts = Counter(worst(one.outcome for one in self.results if one.rule == rule) for rule in rules)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        sum_ = f"{len(rules)} rules: {told}; {self._tried} in {self._run.seconds:.1f} s"
        return {**self._run.facts, "result": sum_}

    @property
    def _tried(self) -> str:
        """How much was tried: all examples of a server's checks; of a client, each scenario once for all checks."""
        if self._run.judged.side != "client":
            return f"{sum(one.examples for one in self.results)} examples"
        most: Counter[str] = Counter()
        for one in self._found:
            most[one.group] = max(most[one.group], one.examples)
        return f"{most.total()} scenarios"
