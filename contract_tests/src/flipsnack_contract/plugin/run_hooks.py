"""The hooks of a run that judges something. PYTEST_DONT_REWRITE: there is no assert statement in it."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from flipsnack_contract.adapter.descendants import end_marked
from flipsnack_contract.adapter.process import MARK
from flipsnack_contract.checks.drawing import keep_files_in
from flipsnack_contract.contract.termination import end_like_interrupted
from flipsnack_contract.plugin.option_table import PACKAGE, SUMMARY
from flipsnack_contract.plugin.run import RUN, Contract, PartItem, ended, open_run
from flipsnack_contract.plugin.summary import Progress, RuleXml, Summary
from flipsnack_contract.target.outcome import Exit


def pytest_configure(config: pytest.Config) -> None:
    """Open what is judged. pytest calls it when this module is registered."""
    here = config.invocation_params.dir
    # Hypothesis' files go into pytest's cache, unless the suite uses Hypothesis itself and has them already.
    if not (here / ".hypothesis").exists():
        cached = config.pluginmanager.hasplugin("cacheprovider")
        keep_files_in(config.rootpath / config.getini("cache_dir") if cached else None)
    end_like_interrupted()
    stack, progress = ExitStack(), Progress(config)
    config.add_cleanup(stack.close)
    if not hasattr(config, "workerinput"):
        stack.enter_context(_ending_what_was_started())
    run = config.stash[RUN] = open_run(config, os.environ, stack, lambda _run: progress.add(1))
    if hasattr(config, "workerinput"):
        return
    workers = config.getoption("numprocesses", None)
    if workers and run.judged.serial:
        raise ended(config, f"not with -n {workers}: {run.judged.serial}", Exit.USAGE)
    if workers and config.option.dist == "load":
        config.option.dist = "loadgroup"  # what needs the target alone shares one group
    RuleXml.install(config)
    progress.total = sum(part.scenarios for part in run.judged.parts)
    config.pluginmanager.register(Summary(run, progress, os.environ.get(SUMMARY)))


@contextmanager
def _ending_what_was_started() -> Iterator[None]:
    """End all that the run started, also what a parallel worker left behind when it was ended itself."""
    outer, mark = os.environ.get(MARK, ""), uuid.uuid4().hex
    os.environ[MARK] = f"{outer} {mark}".strip()
    try:
        yield
    finally:
        os.environ[MARK] = outer
        end_marked(mark)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is judged, by which kit, when, with which seed and command."""
    run = config.stash.get(RUN, None)
    return [*(f"{name}: {value}" for name, value in run.facts.items()), *run.judged.notes] if run else []


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
