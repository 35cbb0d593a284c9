"""The commands that judge: `server`, `client` and `recording` call pytest with the plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flipsnack_contract.target.result import SHOWN

__all__ = ["client", "recording", "server"]

_Command = Callable[..., Any]
PASSED_ON: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "-k": (("-k", "expression"), {"metavar": "EXPRESSION", "help": "Only items whose name fits, as in pytest."}),
    "-x": (("-x", "exitfirst"), {"is_flag": True, "help": "Stop after the first failure."}),
    "-n": (("-n", "workers"), {"metavar": "NUMBER", "help": "Run with so many workers (pytest-xdist)."}),
    "-q": (("-q", "quiet"), {"count": True, "help": "Say less."}),
    "-v": (("-v", "verbose"), {"count": True, "help": "Say more."}),
    "--lf": (("--lf",), {"is_flag": True, "help": "Only what failed last time."}),
    "--co": (("--co",), {"is_flag": True, "help": "Only list the items."}),
    "--durations": (("--durations",), {"metavar": "N", "help": "Show the N slowest items."}),
    "--junitxml": (("--junitxml",), {"metavar": "FILE", "help": "Write JUnit XML, one test case a rule."}),
    "--html": (("--html",), {"metavar": "FILE", "help": "Write a page for people (pytest-html)."}),
    "--report-log": (("--report-log",), {"metavar": "FILE", "help": "Write lines of JSON (pytest-reportlog)."}),
}
"""pytest's own options that every one of these commands takes; others go into PYTEST_ADDOPTS."""
EPILOG = "\b\nExit codes: " + "; ".join(
    (
        "0 as expected",
        *(f"{one.code} {one.means}" for one in SHOWN.values() if one.code),
        "4 wrong usage",
        "130 interrupted",
    )
)
