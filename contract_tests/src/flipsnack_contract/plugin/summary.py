"""The results of all items as they come and summed up by rule: in the terminal, in JUnit, and for GitHub."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from _pytest.junitxml import LogXML, xml_key
from _pytest.terminal import TerminalReporter

from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.plugin.run import PartItem, Run, results_in
from flipsnack_contract.plugin.text import report_lines, shown
from flipsnack_contract.target.outcome import SHOWN, Exit, Outcome
from flipsnack_contract.target.result import Result, exit_code, summed_up, worst

LETTERS = {"passed": ".", "failed": "F", "error": "E", "skipped": "s", "warned": "w", "xfailed": "x"}
SUITE = "flipsnack_contract"
ASKED = ("logfile", "prefix", "suite_name", "logging", "report_duration", "family", "log_passing_tests")


class Progress:
    """One line that is written over and over. Without a terminal nothing is shown: pytest's own lines must do."""

    def __init__(self, config: pytest.Config) -> None:
        self.total = 0  # how many scenarios are played, at most
        self._terminal: TerminalReporter | None = config.pluginmanager.getplugin("terminalreporter")
        self._capture = config.pluginmanager.getplugin("capturemanager")
        self._played = 0
        self._began = stopwatch()

    @property
    def is_shown(self) -> bool:
        terminal = self._terminal
        return self.total > 0 and terminal is not None and bool(terminal.isatty) and terminal.verbosity == 0

    def add(self, played: int) -> None:
        self._played += played
        passed, left = stopwatch() - self._began, max(0, self.total - self._played)
        # The first seconds are those in which everything starts: they say nothing about the others.
        guess = f", about {passed / max(1, self._played) * left:.0f} s left" if passed > 3 else ""
        self.show(f"{self._played} of {self.total} scenarios played{guess}")

    def show(self, text: str) -> None:
        if self._terminal is not None and self.is_shown:
            with self._capture.global_and_fixture_disabled():
                self._terminal.rewrite(text, erase=True)


class RuleXml(LogXML):
    """pytest's writer, but for the reports of our items: their rules are written once, at the end."""

    @classmethod
    def install(cls, config: pytest.Config) -> None:
        """Take the place of pytest's writer, where a JUnit file is asked for."""
        if plain := config.stash.get(xml_key, None):
            config.pluginmanager.unregister(plain)
            config.stash[xml_key] = cls(**{name: getattr(plain, name) for name in ASKED})
            config.pluginmanager.register(config.stash[xml_key])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, "flipsnack"):
            super().pytest_runtest_logreport(report)

    def write_rules(self, results: Sequence[Result], facts: Mapping[str, str], replay: Callable[[Result], str]) -> None:
        """Write a test case for each rule, and what was judged as properties of the suite."""
        for name, value in facts.items():
            self.add_global_property(name, value)
        for rule in dict.fromkeys(one.rule for one in results):
            same = [one for one in results if one.rule == rule]
            name, place = f"{SUITE}::{rule}", (SUITE, None, rule)
            seconds = sum(one.seconds for one in same)
            call = pytest.TestReport(name, place, {}, *shown(same, replay), duration=seconds)
            super().pytest_runtest_logreport(call)
            super().pytest_runtest_logreport(pytest.TestReport(name, place, {}, "passed", None, "teardown"))


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
        # Only the scenarios that were selected; with workers this is not called, and all of them count.
        self._progress.total = sum(item.part.scenarios for item in session.items if isinstance(item, PartItem))

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
        results = results_in(report)
        if not results:
            return None
        category = SHOWN[worst(one.outcome for one in results)].category
        letter, word = ("", "") if self._progress.is_shown else (LETTERS[category], category.upper())
        return category, letter, word

    @pytest.hookimpl(wrapper=True, tryfirst=True)  # before the terminal's and JUnit's
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        run = self._run
        self._progress.show("")
        if self._found and session.exitstatus == Exit.INTERRUPTED and not session.shouldstop:
            # After Ctrl-C what was found is told as it is: nothing more is played, shrunk or written.
            self._results = summed_up(self._found)
        elif self._found:
            results = run.judged.finish(self._found)
            complete = not run.options["rule"] and self._parts >= {part.name for part in run.judged.parts}
            met = {line for one in results for line in one.listed}
            self._results = (*results, *run.known.stale(met, complete=complete, today=run.day))
            self._advice = run.judged.advice(self._results)
            if session.exitstatus in (Exit.AS_EXPECTED, Exit.FAILURES) and session.testsfailed == self._failed_items:
                session.exitstatus = int(exit_code(one.outcome for one in self._results))
        xml = session.config.stash.get(xml_key, None)
        if isinstance(xml, RuleXml):
            xml.write_rules(self._results, self._facts, run.replay)
        if self._github and self._results:
            with Path(self._github).open("a", encoding="utf-8") as file:
                # Its name, which a server chooses, is in the lines: there it is no Markdown.
                heading = f"### Contract of the Flipsnack API: {run.options.side}"
                file.write("\n".join((heading, "", "```text", *self._lines(), "```", "")))
        yield

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str]) -> None:
        if self._found:
            prefix += [f"<p>{name}: {escape(value)}</p>" for name, value in self._facts.items()]

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_report_title(self, report: Any) -> None:
        report.title = f"Contract of the Flipsnack API: {self._run.judged.name}"

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """Make the name of each row an address, so that one can be sent a link to it."""
        if results_in(report):
            name = report.flipsnack["part"]
            link = f'<a id="{escape(name)}" href="#{quote(name)}">{escape(name)}</a>'
            cells[:] = [f'<td class="col-testId">{link}</td>' if "col-testId" in cell else cell for cell in cells]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: TerminalReporter, exitstatus: int) -> Iterator[None]:
        stats = terminalreporter.stats
        # Our failures are told in a section of our own, grouped by cause, instead of one by one.
        whole: dict[str, list[object]] = {name: stats[name] for name in ("failed", "error") if name in stats}
        for name, reports in whole.items():
            stats[name] = [one for one in reports if not hasattr(one, "flipsnack")]
        yield
        stats.update(whole)
        if self._found:
            terminalreporter.write_sep("=", "flipsnack contract")
            for line in self._lines():
                terminalreporter.write_line(line)
        elif exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            names = ", ".join(part.name for part in self._run.judged.parts[:3])
            terminalreporter.write_line(f"nothing was selected; names are {names}, …: --collect-only -q lists all")

    def _lines(self) -> Iterator[str]:
        return report_lines(self._results, self._run.replay, self._facts, self._advice)

    @property
    def _facts(self) -> Mapping[str, str]:
        """What every report says, with the result."""
        rules = dict.fromkeys(one.rule for one in self._results)
        counts = Counter(worst(one.outcome for one in self._results if one.rule == rule) for rule in rules)
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        what = "scenarios" if self._run.options.side == "client" else "examples"
        judged = f"{len(rules)} rule{'s' * (len(rules) != 1)}: {told}"
        return {
            **self._run.facts,
            "result": f"{judged}; {self._tried} {what} in {stopwatch() - self._run.began:.1f} s",
        }
