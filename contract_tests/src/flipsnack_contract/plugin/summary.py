"""The end of a run: the results of all items summed up by rule, in the terminal, in JUnit, and for GitHub."""

from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

import pytest
from _pytest.junitxml import xml_key
from _pytest.terminal import TerminalReporter

from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.plugin.items import PartItem, results_in
from flipsnack_contract.plugin.junit import RuleXml
from flipsnack_contract.plugin.progress import Progress
from flipsnack_contract.plugin.run import Run
from flipsnack_contract.plugin.text import report_lines
from flipsnack_contract.target.result import SHOWN, Exit, Outcome, Result, exit_code, worst

LETTERS = {"passed": ".", "failed": "F", "error": "E", "skipped": "s", "warned": "w", "xfailed": "x"}


class Summary:
    """Collects the reports of all workers, in the process that the user started.

    `github` is the file to which GitHub's job summary is appended.
    """

    def __init__(self, run: Run, progress: Progress, github: str | None) -> None:
        self._run = run
        self._progress = progress
        self._github = github
        self._parts: set[str] = set()
        self._found: list[Result] = []
        self._results: tuple[Result, ...] = ()
        self._advice = ""
        self._failed_items = 0
        self._tried = 0

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the scenarios that were selected; with workers this is not called, and all of them count."""
        chosen = (item.part.scenarios for item in session.items if isinstance(item, PartItem))
        self._progress.total = sum(chosen)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if results := results_in(report):
            self._parts.add(report.flipsnack["part"])
            self._found += results
            self._failed_items += report.failed
            tried = max(one.examples for one in results)  # a client's scenarios are held against every check
            self._tried += tried
            if hasattr(report, "node"):  # from a worker of pytest-xdist
                self._progress.add(tried)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show our items in the categories of the one table; beside a progress line, no letters."""
        results = results_in(report)
        if not results:
            return None
        category = SHOWN[worst(one.outcome for one in results)].category
        shown = ("", "") if self._progress.is_shown else (LETTERS[category], category.upper())
        return category, *shown

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # before the terminal's and JUnit's
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Sum up, decide the exit code, and write what is written by rule; after Ctrl-C nothing is summed up."""
        self._progress.show("")
        if self._found and (session.exitstatus != Exit.INTERRUPTED or session.shouldstop):
            self._results = self._summed_up()
            self._advice = self._run.judged.advice(self._results)
            if session.exitstatus in (Exit.AS_EXPECTED, Exit.FAILURES) and session.testsfailed == self._failed_items:
                session.exitstatus = int(exit_code(one.outcome for one in self._results))
        xml = session.config.stash.get(xml_key, None)
        if isinstance(xml, RuleXml):
            xml.write_rules(self._results, self._run.facts, self._run.replay)
        if self._github and self._results:
            with Path(self._github).open("a", encoding="utf-8") as file:
                heading = f"### Contract of the Flipsnack API: {self._run.judged.name}"
                file.write("\n".join((heading, "", "```text", *self._lines(), "```", "")))
        yield

    def _summed_up(self) -> tuple[Result, ...]:
        run = self._run
        results = run.judged.finish(self._found)
        complete = not run.options["rule"] and self._parts >= {part.name for part in run.judged.parts}
        met = {line for one in results for line in one.listed}
        return (*results, *run.known.stale(met, complete=complete, today=run.day))

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        """Say on pytest-html's page what was judged, and the sum by rule."""
        if self._found:
            prefix += [f"<p>{name}: {escape(value)}</p>" for name, value in self._facts.items()]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> Iterator[None]:
        """Tell our failures in a section of our own, grouped by cause, instead of one by one."""
        stats = terminalreporter.stats
        whole: dict[str, list[object]] = {name: stats[name] for name in ("failed", "error") if name in stats}
        for name, reports in whole.items():
            stats[name] = [one for one in reports if not hasattr(one, "flipsnack")]
        yield
        stats.update(whole)
        if self._found:
            terminalreporter.write_sep("=", "flipsnack contract")
            for line in self._lines():
                terminalreporter.write_line(line)

    def _lines(self) -> Iterator[str]:
        return report_lines(self._results, self._run.replay, self._facts, self._advice)

    @property
    def _facts(self) -> Mapping[str, str]:
        """What every report says, with the result."""
        rules = dict.fromkeys(one.rule for one in self._results)
        counts = Counter(worst(one.outcome for one in self._results if one.rule == rule) for rule in rules)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        what = "scenarios" if self._run.options.side == "client" else "examples"
        sum_ = f"{len(rules)} rules: {told}; {self._tried} {what} in {stopwatch() - self._run.began:.1f} s"
        return {**self._run.facts, "result": sum_}
