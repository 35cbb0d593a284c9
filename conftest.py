"""What holds for every test of the repository."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

# How long an example takes says nothing on a machine that other work shares.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A machine that has everything says so, and then a skipped test is a hole in the net: `.ci/run` sets this.
NO_SKIPS = "FLIPSNACK_KIT_NO_SKIPS"


def pytest_configure() -> None:
    """Let Ctrl-C reach the processes that tests start.

    A shell starts what runs in its background with SIGINT ignored, and that is inherited: a test that interrupts a
    process would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores, for `-n auto`: tests wait for processes and browsers a quarter of their time."""
    return (os.cpu_count() or 1) + 1


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get(NO_SKIPS) != "1" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"{reason}\n{NO_SKIPS}=1 forbids to skip: give the machine what this test needs"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where skips are forbidden."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failed one where skips are forbidden."""
    report = yield
    _refuse_skip(report)
    return report
