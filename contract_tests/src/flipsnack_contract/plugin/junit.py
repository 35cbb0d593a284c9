"""JUnit by rule: pytest's own writer, given one report for each rule instead of one for each item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pytest
from _pytest.junitxml import LogXML, xml_key

from flipsnack_contract.plugin.text import paragraphs
from flipsnack_contract.target.result import SHOWN, Result, worst

__all__ = ["RuleXml"]

SUITE = "flipsnack_contract"


class RuleXml(LogXML):
    """pytest's writer, but for the reports of our items: their rules are written once, at the end."""

    @classmethod
    def install(cls, config: pytest.Config) -> None:
        """Take the place of pytest's writer, where a JUnit file is asked for."""
        plain = config.stash.get(xml_key, None)
        if plain is None:
            return
        own = cls(
            plain.logfile,
            plain.prefix,
            plain.suite_name,
            plain.logging,
            plain.report_duration,
            plain.family,
            plain.log_passing_tests,
        )
        config.pluginmanager.unregister(plain)
        config.pluginmanager.register(own)
        config.stash[xml_key] = own

    @classmethod
    def of(cls, config: pytest.Config) -> RuleXml | None:
        """The writer that was installed, if any."""
        found = config.stash.get(xml_key, None)
        return found if isinstance(found, cls) else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the report unless it is one of our items."""
        if not hasattr(report, "flipsnack"):
            super().pytest_runtest_logreport(report)

    def write_rules(self, results: Sequence[Result], facts: Mapping[str, str], replays: Mapping[str, str]) -> None:
        """Write a test case for each rule, and what was judged as properties of the suite."""
        for name, value in facts.items():
            self.add_global_property(name, value)
        for rule in dict.fromkeys(one.rule for one in results):
            for report in _reports(rule, [one for one in results if one.rule == rule], replays):
                super().pytest_runtest_logreport(report)


def _reports(rule: str, results: Sequence[Result], replays: Mapping[str, str]) -> tuple[pytest.TestReport, ...]:
    """The reports from which pytest makes the test case of a rule."""
    decides = worst(one.outcome for one in results)
    bad = [one for one in results if one.outcome is decides]
    element = SHOWN[decides].junit
    text = "\n\n".join("\n".join(paragraphs(one, replays.get(one.check, ""))) for one in bad)
    reason = "; ".join(dict.fromkeys(one.message for one in bad))
    outcome: Literal["passed", "failed", "skipped"] = (
        "passed" if not element else "skipped" if element == "skipped" else "failed"
    )
    longrepr = {"": None, "skipped": (SUITE, 0, reason)}.get(element, text)
    when: Literal["setup", "call"] = "setup" if element == "error" else "call"
    seconds = sum(one.seconds for one in results)
    case: tuple[str, tuple[str, None, str], dict[str, Literal[1]]] = (f"{SUITE}::{rule}", (SUITE, None, rule), {})
    return (
        pytest.TestReport(*case, outcome, longrepr, when, duration=seconds),
        pytest.TestReport(*case, "passed", None, "teardown"),
    )
