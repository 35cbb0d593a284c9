import json
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from contract_tests.tests.adapter.cases import SECRET, case

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import CaseOptions
from flipsnack_contract.adapter.program import BadTemplate, Program
from flipsnack_contract.adapter.timeline import RealTimeline

TELL = "import json,os,sys; json.dump([sys.argv[1:], dict(os.environ)], open(sys.argv[2], 'w'))"


def _case(folder: Path, **changes: Any) -> Case:
    return case(op="download", args={"collection": "f000001", "dest": str(folder / "made")}, **changes)


def _run(script: str, folder: Path, *, timeout: float = 30.0, **changes: Any) -> Report:
    template = (sys.executable, "-c", script, "{collection}", "{dest}", "--for={deadline_s}", "{format}")
    program = Program(template, {"OWN": "1"}, timeout=timeout)
    return program.run(_case(folder, **changes), RealTimeline(), calls=lambda: 0)


def test_a_program_is_told_the_case_by_arguments_and_environment(tmp_path: Path) -> None:
    """The secret is in the environment, not among the arguments that everybody can read."""
    report = _run(TELL, tmp_path, options=CaseOptions(format="xml", deadline_ms=2500))
    arguments, environment = json.loads((tmp_path / "made").read_text())
    assert CaseOutcome.OK == report.outcome
    assert ["f000001", str(tmp_path / "made"), "--for=2.5", "xml"] == arguments
    told = {name: environment[name] for name in environment if name.startswith("FLIPSNACK_") or name == "OWN"}
    assert {
        "FLIPSNACK_BASE_URL": "http://127.0.0.1:9/v1/",
        "FLIPSNACK_API_KEY": "a-key",
        "FLIPSNACK_SECRET": SECRET,
        "OWN": "1",
    } == told


def test_an_exit_code_other_than_0_is_an_error(tmp_path: Path) -> None:
    """Whatever number it is; what it printed is kept, from both streams."""
    report = _run("import sys; print('out'); sys.stdout.flush(); sys.exit('no')", tmp_path)
    assert (CaseOutcome.ERROR, "it ended with exit code 1", "out\nno\n") == (report.outcome, report.why, report.printed)
    assert report.error_class is None


def test_a_program_that_calls_gets_parameters_as_arguments_and_gives_its_value_on_stdout() -> None:
    """Each parameter is one argument, each file too; what it prints on stderr is kept apart."""
    script = "import json,sys; print('note', file=sys.stderr); print(json.dumps({'arguments': sys.argv[1:]}))"
    program = Program((sys.executable, "-c", script, "{action}", "{params}", "--for={deadline_s}"), {})
    args: dict[str, Any] = {"action": "x.y", "params": {"a": "1 2", "b": ""}, "files": {"file": "/tmp/x.pdf"}}
    report = program.run(case(op="call", args=args, options=CaseOptions(deadline_ms=1000)), RealTimeline())
    assert report.result is not None
    assert {"arguments": ["x.y", "a=1 2", "b=", "file=@/tmp/x.pdf", "--for=1"]} == report.result.value
    assert (("call",), "note\n") == (program.open().ops, report.printed)


def test_death_by_a_signal_is_a_fault(tmp_path: Path) -> None:
    """It is no answer of the program's."""
    report = _run("import os; os.kill(os.getpid(), 9)", tmp_path)
    assert (CaseOutcome.FAULT, "crash", "it was killed by SIGKILL") == (report.outcome, report.fault, report.why)


def test_a_program_that_does_not_end_is_a_fault(tmp_path: Path) -> None:
    """After its deadline and the kit's timeout it is ended."""
    report = _run("import signal; signal.pause()", tmp_path, timeout=0.0, options=CaseOptions(deadline_ms=1))
    assert (CaseOutcome.FAULT, "hang") == (report.outcome, report.fault)


def test_a_program_that_calls_without_end_is_stopped(tmp_path: Path) -> None:
    """The fake has seen enough."""
    program = Program((sys.executable, "-c", "import signal; signal.pause()", "{collection}", "{dest}"), {})
    report = program.run(_case(tmp_path, most_calls=10), RealTimeline(), calls=lambda: 11)
    assert (CaseOutcome.STOPPED, "it made 11 calls and did not end") == (report.outcome, report.why)


def test_a_program_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    """Of each case: nothing else was tried before."""
    report = Program(("no-such-program", "{collection}", "{dest}"), {}).run(_case(tmp_path), RealTimeline())
    assert (CaseOutcome.FAULT, "no-start") == (report.outcome, report.fault)


@pytest.mark.parametrize("template", [("fetch",), ("fetch", "{dest}"), ("fetch", "{collection}")])
def test_a_template_must_have_the_placeholders_of_its_operation(template: tuple[str, ...]) -> None:
    """Otherwise every case would be the same."""
    with pytest.raises(BadTemplate, match=r"something like: fetch \{collection\} \{dest\}"):
        Program(template, {})


def test_a_template_that_calls_must_have_the_parameters() -> None:
    """The action alone is not a call."""
    with pytest.raises(BadTemplate, match=r"has no \{params\}; expected something like: fetch \{action\} \{params\}"):
        Program(("fetch", "{action}"), {})


def test_a_program_downloads_in_real_time() -> None:
    """It cannot ask to sleep."""
    hello = Program(("/bin/sh", "{collection}", "{dest}"), {}, capabilities=("json", "xml")).open()
    assert ("sh", ("download",), ("json", "xml")) == (hello.client.name, hello.ops, hello.capabilities)


def test_a_program_that_cannot_be_started_is_no_adapter() -> None:
    """Told once, before any case."""
    with pytest.raises(AdapterFault, match=r"no-start: no-such-program .*: no such command on the PATH"):
        Program(("no-such-program", "{collection}", "{dest}"), {}).open()


@pytest.mark.parametrize(
    ("slip", "meant"), [("{deadline}", "{deadline_s}"), ("--u={base-url}", "{base_url}"), ("{print}", "")]
)
def test_a_slip_in_a_placeholder_is_told(slip: str, meant: str) -> None:
    """What only looks a little like one is the program's own."""
    template = ("fetch", "{collection}", "{dest}", slip)
    with pytest.raises(BadTemplate, match=f"did you mean {re.escape(meant)}") if meant else nullcontext():
        Program(template, {})
