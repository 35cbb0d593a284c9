"""The plugin inside somebody's own suite, and with parallel workers: processes, as a user has them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from contract_tests.tests.plugin.conftest import SERVERS
from lxml import etree

from flipsnack_contract.target.target import HttpTarget, Request
from flipsnack_mock.testing import MockServer

STRICT = """
[pytest]
addopts = --strict-config --strict-markers -W error -p flipsnack_contract.plugin
filterwarnings = error
timeout = 1
"""


def _pytest(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's suite: a test of its own, warnings are errors, and a time limit that ours would not keep."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "pytest.ini").write_text(STRICT)
    (folder / "test_own.py").write_text("def test_own():\n    pass\n")
    (folder / "servers.py").write_text(SERVERS)
    return folder


def test_a_strict_suite_runs_ours_beside_its_own_tests(suite: Path) -> None:
    """With -W error, --strict-config, --strict-markers and pytest-timeout."""
    words = ("--flipsnack-app=servers:right", "-k", "test_own or every-pair", "test_own.py", "--pyargs")
    run = _pytest(suite, *words, "flipsnack_contract")
    assert 0 == run.returncode, run.stdout + run.stderr
    assert re.search(r"\d+ passed, \d+ deselected in", run.stdout)
    assert [] == [line for line in run.stdout.splitlines() if "warning" in line.lower()]


def test_a_test_of_their_own_that_fails_is_told_as_ever(tmp_path: Path) -> None:
    """With its traceback and its code, and in JUnit beside our rules."""
    (tmp_path / "pytest.ini").write_text(STRICT)
    (tmp_path / "servers.py").write_text(SERVERS)
    (tmp_path / "test_own.py").write_text("def test_own():\n    assert 1 == 2\n")
    words = (
        "--flipsnack-app=servers:right",
        "-k",
        "test_own or code.41",
        "--junitxml=j.xml",
        "test_own.py",
        "--pyargs",
    )
    run = _pytest(tmp_path, *words, "flipsnack_contract")
    assert (1, True) == (run.returncode, "assert 1 == 2" in run.stdout)
    cases = {case.get("name"): len(case) for case in etree.parse(tmp_path / "j.xml").iter("testcase")}
    assert {"test_own": 1, "code.41": 0} == cases


def test_workers_use_namespaces_of_their_own(server: MockServer, tmp_path: Path) -> None:
    """So that even what needs the server alone disturbs no other worker; afterwards the namespaces are gone."""
    words = ("-p", "flipsnack_contract.plugin", "-p", "no:cacheprovider", "-n2", "--flipsnack-alone", "--pyargs")
    chosen = (
        "-k",
        "maintenance or code.41 or code.42 or limit.per-second",
        "--flipsnack-examples=3",
        "--report-log=r.jsonl",
    )
    run = _pytest(tmp_path, *words, "flipsnack_contract", f"--flipsnack-base-url={server.base_url}", *chosen)
    assert 0 == run.returncode, run.stdout + run.stderr
    reports = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    judged = [one for one in reports if (one.get("flipsnack") or {}).get("results")]
    assert {"gw0", "gw1"} == {one["worker_id"] for one in judged}
    alone = {one["worker_id"] for one in judged if one["nodeid"].endswith("@flipsnack-alone")}
    assert 1 == len(alone)
    with HttpTarget(server.base_url) as target:
        root = server.base_url.removesuffix("v1/")
        left = target.send(Request("GET", f"{root}__admin/namespaces")).body.decode()
    assert "kit-gw" not in left
