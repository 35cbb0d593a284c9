"""The end of a run: the results of all items summed up by rule, in the terminal, in JUnit, and for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from flipsnack_contract.plugin.collection import results_in
from flipsnack_contract.plugin.junit import RuleXml
from flipsnack_contract.plugin.progress import Progress
from flipsnack_contract.plugin.run import Run
from flipsnack_contract.plugin.text import by_cause, paragraphs
from flipsnack_contract.target.result import SHOWN, Exit, Outcome, Result, exit_code, worst

__all__ = ["Summary"]

LETTERS = {"passed": ".", "failed": "F", "error": "E", "skipped": "s", "warned": "w", "xfailed": "x"}
TOLD = (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.ADAPTER, Outcome.INTERNAL, Outcome.WARNED)


class Summary:
    """Collects the reports of all workers, in the process that the user started."""

    def __init__(self, run: Run, github: Path | None) -> None:
        """`github` is the file to which GitHub's job summary is appended."""
        self._run = run
        self._xml = RuleXml.of(run.config)
        self._github = github
        self._progress = Progress(run.config, sum(part.scenarios for part in run.judged.parts))
        self._parts: set[str] = set()
        self._found: list[Result] = []
        self._failed_items = 0
        self._stale: list[tuple[str, str]] = []
        self._advice = ""
        self.results: tuple[Result, ...] = ()
        if run.config.getoption("numprocesses", None) is None:
            run.on_run = self._progress.add

    # --- while it runs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the results that the report carries."""
        results = results_in(report)
        if results:
            self._parts.add(report.flipsnack["part"])
            self._found += results
            self._failed_items += report.failed
            if self._run.config.getoption("numprocesses", None) is not None:
                self._progress.add(max(one.examples for one in results))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show our items in the categories of the one table; beside a progress line, no letters."""
        results = results_in(report) if isinstance(report, pytest.TestReport) else ()
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
        self.results = judged.finish(self._found)
        self._advice = judged.advice(self.results)
        complete = not self._run.options["rule"] and self._parts >= {part.name for part in judged.parts}
        met = {line for one in self.results for line in one.listed}
        self._stale = list(known.stale(met, complete=complete, today=self._run.day))

    # --- at the end

    @property
    def replays(self) -> Mapping[str, str]:
        """The command that judges each result again, by the check's name."""
        return {one.check: self._run.judged.replay(one) for one in self.results}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Decide the exit code, and write what is written by rule."""
        if self._xml is not None:
            self._xml.write_rules(self._with_stale, self._run.facts, self.replays)
        if self._github is not None and self.results:
            with self._github.open("a", encoding="utf-8") as file:
                file.write("\n".join(self._markdown()) + "\n")
        others = session.testsfailed - self._failed_items
        if session.exitstatus in (Exit.AS_EXPECTED, Exit.FAILURES) and not others and self._parts:
            session.exitstatus = int(exit_code(one.outcome for one in self._with_stale))

    @property
    def _with_stale(self) -> tuple[Result, ...]:
        stale = (Result("known failures", rule, Outcome.STALE, why) for rule, why in self._stale)
        return (*self.results, *stale)

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
            self._write(terminalreporter)

    def _write(self, terminal: TerminalReporter) -> None:
        terminal.section("flipsnack contract")
        for line in self._lines():
            terminal.write_line(line)

    def _lines(self) -> Iterator[str]:
        replays = self.replays
        for cause in by_cause(one for one in self.results if one.outcome in TOLD):
            yield from paragraphs(cause[0], replays[cause[0].check])
            if also := [one.check for one in cause[1:]]:
                yield f"  also    {', '.join(also)}"
            yield ""
        yield from self._skipped()
        yield from [f"FIRST   {self._advice}"] if self._advice else []
        yield from (
            f"KNOWN   {one.rule}: {', '.join(one.listed)}" for one in self.results if one.outcome is Outcome.KNOWN
        )
        yield from (f"STALE   {why}" for _, why in self._stale)
        yield from (f"{name:<8} {value}" for name, value in self._run.facts.items())
        yield f"{'result':<8} {self._sum}"

    def _skipped(self) -> Iterator[str]:
        reasons: dict[str, list[str]] = {}
        for one in self.results:
            if one.outcome is Outcome.SKIPPED:
                reasons.setdefault(one.message or "nothing to try", []).append(one.check)
        for reason, checks in reasons.items():
            yield f"SKIPPED {reason}:"
            yield from (f"          {name}" for name in checks)

    @property
    def _by_rule(self) -> Mapping[str, Outcome]:
        rules = dict.fromkeys(one.rule for one in self.results)
        return {rule: worst(one.outcome for one in self.results if one.rule == rule) for rule in rules}

    @property
    def _sum(self) -> str:
        counts = Counter(self._by_rule.values())
        told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
        what = "scenarios" if self._run.judged.side == "client" else "examples"
        return f"{len(self._by_rule)} rules: {told}; {self._examples} {what} in {self._run.seconds:.1f} s"

    @property
    def _examples(self) -> int:
        """How much was tried: all examples of a server's checks; of a client, each scenario once for all checks."""
        if self._run.judged.side != "client":
            return sum(one.examples for one in self.results)
        most: Counter[str] = Counter()
        for one in self._found:
            most[one.group] = max(most[one.group], one.examples)
        return most.total()

    def _markdown(self) -> Iterator[str]:
        yield f"### Contract of the Flipsnack API: {self._run.judged.name}"
        yield ""
        yield from (f"- {name}: `{value}`" for name, value in self._run.facts.items() if name != "judged")
        yield f"- result: {self._sum}"
        yield ""
        bad = [one for one in self._with_stale if SHOWN[one.outcome].code or one.outcome is Outcome.WARNED]
        if rows := [one for one in bad if one.outcome is not Outcome.SKIPPED]:
            yield "| outcome | rule | found |"
            yield "|---|---|---|"
            yield from (f"| {one.outcome} | `{one.rule}` | {_cell(one.message)} |" for one in rows)
            yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
