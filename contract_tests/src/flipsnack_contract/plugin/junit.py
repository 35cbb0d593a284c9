"""JUnit by rule: pytest's own writer, given one report for each rule instead of one for each item."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from _pytest.junitxml import LogXML, xml_key

from flipsnack_contract.plugin.text import shown
from flipsnack_contract.target.result import Result

SUITE = "flipsnack_contract"
ASKED = ("logfile", "prefix", "suite_name", "logging", "report_duration", "family", "log_passing_tests")


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
