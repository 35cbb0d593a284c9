"""The pytest plugin of the contract test kit: `pytest -p flipsnack_contract.plugin --pyargs flipsnack_contract`.

PYTEST_DONT_REWRITE: there is no assert statement in it, and the commands import it before pytest does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import configuration

from flipsnack_contract.plugin.collection import Contract, PartItem
from flipsnack_contract.plugin.junit import RuleXml
from flipsnack_contract.plugin.options import add_options
from flipsnack_contract.plugin.run import PACKAGE, RUN, Run, asked_for
from flipsnack_contract.plugin.summary import Summary


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


@pytest.hookimpl(trylast=True)  # after pytest's own writer of JUnit, whose place is taken
def pytest_configure(config: pytest.Config) -> None:
    """Read the options, where the package is among what is to be collected."""
    if asked_for(config):
        config.stash[RUN] = Run.of(config, os.environ)
        RuleXml.install(config)
        _keep_hypothesis_out_of_the_folder(config)


def _keep_hypothesis_out_of_the_folder(config: pytest.Config) -> None:
    """Its files go into pytest's cache, unless the suite uses Hypothesis itself and has them already."""
    here = config.invocation_params.dir
    if not (here / ".hypothesis").exists():
        cached = config.pluginmanager.hasplugin("cacheprovider")
        cache = config.rootpath / config.getini("cache_dir") if cached else Path(os.devnull)
        configuration.set_hypothesis_home_dir(cache / "hypothesis")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Open what is judged, so that the header can name it; then nothing runs where there is nothing to judge."""
    config = session.config
    run = config.stash.get(RUN, None)
    if run is None or hasattr(config, "workerinput"):
        return
    workers = config.getoption("numprocesses", None)
    if workers and run.judged.serial:
        raise pytest.UsageError(f"not with -n {workers}: {run.judged.serial}")
    if workers and config.option.dist == "load":
        config.option.dist = "loadgroup"  # what needs the target alone shares one group
    github = os.environ.get("GITHUB_STEP_SUMMARY")
    config.pluginmanager.register(Summary(run, Path(github) if github else None))


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is judged, by which kit, when, with which seed and command."""
    run = config.stash.get(RUN, None)
    if run is None:
        return []
    return [*(f"{name}: {value}" for name, value in run.facts.items()), *run.judged.notes]


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the package's checks in place of its files."""
    if path == PACKAGE and RUN in parent.config.stash:
        # The package's own name, wherever it is installed: else the path from the suite's folder to it.
        return Contract.from_parent(parent, path=path, nodeid=PACKAGE.name)
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Give the reports of our items their results."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if isinstance(item, PartItem):
        item.decide(report)
    return report  # type: ignore[return-value]


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was started."""
    if run := config.stash.get(RUN, None):
        run.close()
