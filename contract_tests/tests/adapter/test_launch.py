import json
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from contract_tests.tests.adapter.cases import GREETING, SECRET, case

from flipsnack_contract.adapter.case import Case, CaseOutcome, Report, Timeline
from flipsnack_contract.adapter.launch import BadUse, LaunchMode, Program, greeting_of, playing
from flipsnack_contract.adapter.messages import AdapterFault, CaseOptions
from flipsnack_contract.adapter.process import MARK

TELL = "import json,os,sys; json.dump([sys.argv[1:], dict(os.environ)], open(sys.argv[2], 'w'))"
CALL = "import json,sys; print('note', file=sys.stderr); print(json.dumps({'arguments': sys.argv[1:]}))"
PAUSE = "import signal; signal.pause()"
FETCH = ("fetch", "{collection}", "{dest}")


def _case(folder: Path, **changes: Any) -> Case:
    return case(op="download", args={"collection": "f000001", "dest": str(folder / "made")}, **changes)


def _run(script: str, folder: Path, *, timeout: float = 30.0, calls: int = 0, **changes: Any) -> Report:
    command = (sys.executable, "-c", script, "{collection}", "{dest}", "--for={deadline_s}", "{format}")
    program = Program(LaunchMode(command, "exec", timeout, environment={"OWN": "1"}))
    return program.run(_case(folder, **changes), Timeline(), calls=lambda: calls)


@pytest.mark.parametrize(
    ("mode", "command", "text"),
    [
        ("persistent", (), "give it after --"),
        ("exec", (), "give it after --"),
        ("persistent", ("fetch", "{collection}"), "only filled in with --mode exec"),
        ("persistent", ("fetch", "--do={action}"), "only filled in with --mode exec"),
        ("exec", ("fetch",), "something like: fetch {collection} {dest}"),
        ("exec", ("fetch", "{dest}"), "no {collection}; expected something like: fetch {collection} {dest}"),
        ("exec", ("fetch", "{collection}"), "no {dest}; expected something like: fetch {collection} {dest}"),
        ("exec", ("fetch", "{action}"), "no {params}; expected something like: fetch {action} {params}"),
        ("exec", (*FETCH, "{deadline}"), "did you mean {deadline_s}"),
        ("exec", (*FETCH, "--u={base-url}"), "did you mean {base_url}"),
        ("exec", (*FETCH, "{print}"), ""),
        ("persistent", ("fetch", "{print}"), ""),
    ],
)
def test_a_command_fits_its_mode(mode: str, command: tuple[str, ...], text: str) -> None:
    """Placeholders are for programs, which need those of their operation; other braces are the program's own."""
    with pytest.raises(BadUse, match=re.escape(text)) if text else nullcontext():
        LaunchMode(command, mode)


def test_an_unknown_capability_is_refused() -> None:
    """With those that there are."""
    with pytest.raises(BadUse, match="unknown capability telepathy; expected some of virtual_sleep"):
        LaunchMode(("fetch",), capabilities=("telepathy",))


def test_a_run_without_a_name_gets_a_new_one() -> None:
    """Two runs are told apart."""
    assert greeting_of("1").run != greeting_of("1").run
    assert "mine" == greeting_of("1", "mine").run


@pytest.mark.parametrize(
    ("words", "op"), [(("{collection}", "{dest}"), "download"), (("{action}", "{params}"), "call")]
)
def test_a_program_has_the_operation_of_its_placeholders(words: tuple[str, ...], op: str) -> None:
    """It says nothing itself: its capabilities are those of the options."""
    with playing(LaunchMode(("/bin/sh", *words), "exec", capabilities=("json", "xml")), GREETING) as player:
        hello = player.open()
    assert ("sh", (op,), ("json", "xml")) == (hello.client.name, hello.ops, hello.capabilities)


def test_a_program_is_told_the_case_by_arguments_and_environment(tmp_path: Path) -> None:
    """The secret is in the environment, not among the arguments that everybody can read."""
    report = _run(TELL, tmp_path, options=CaseOptions(format="xml", deadline_ms=2500))
    arguments, environment = json.loads((tmp_path / "made").read_text())
    assert CaseOutcome.OK == report.outcome
    assert ["f000001", str(tmp_path / "made"), "--for=2.5", "xml"] == arguments
    given = {"FLIPSNACK_BASE_URL": "http://127.0.0.1:9/v1/", "FLIPSNACK_API_KEY": "a-key", "FLIPSNACK_SECRET": SECRET}
    told = {name: environment[name] for name in environment if name.startswith("FLIPSNACK_") or name == "OWN"}
    assert told.pop(MARK)
    assert {**given, "OWN": "1"} == told


def test_an_exit_code_other_than_0_is_an_error(tmp_path: Path) -> None:
    """Whatever number it is; what it printed is kept, from both streams."""
    report = _run("import sys; print('out'); sys.stdout.flush(); sys.exit('no')", tmp_path)
    assert (CaseOutcome.ERROR, "it ended with exit code 1", "out\nno\n") == (report.outcome, report.why, report.printed)
    assert report.error_class is None


def test_a_program_that_calls_gets_parameters_as_arguments_and_gives_its_value_on_stdout() -> None:
    """Each parameter is one argument, each file too; what it prints on stderr is kept apart."""
    program = Program(LaunchMode((sys.executable, "-c", CALL, "{action}", "{params}", "--for={deadline_s}"), "exec"))
    args: dict[str, Any] = {"action": "x.y", "params": {"a": "1 2", "b": ""}, "files": {"file": "/tmp/x.pdf"}}
    report = program.run(case(op="call", args=args, options=CaseOptions(deadline_ms=1000)), Timeline())
    assert report.result is not None
    assert {"arguments": ["x.y", "a=1 2", "b=", "file=@/tmp/x.pdf", "--for=1"]} == report.result.value
    assert "note\n" == report.printed


def test_death_by_a_signal_is_a_fault(tmp_path: Path) -> None:
    """It is no answer of the program's."""
    report = _run("import os; os.kill(os.getpid(), 9)", tmp_path)
    assert (CaseOutcome.FAULT, "crash", "it was killed by SIGKILL") == (report.outcome, report.fault, report.why)


def test_a_program_that_does_not_end_is_a_fault(tmp_path: Path) -> None:
    """After its deadline and the kit's timeout it is ended."""
    report = _run(PAUSE, tmp_path, timeout=0.0, options=CaseOptions(deadline_ms=1))
    assert (CaseOutcome.FAULT, "hang") == (report.outcome, report.fault)


def test_a_program_that_calls_without_end_is_stopped(tmp_path: Path) -> None:
    """The fake has seen enough."""
    report = _run(PAUSE, tmp_path, calls=11, most_calls=10)
    assert CaseOutcome.STOPPED == report.outcome
    assert "it made 11 calls in " in report.why


def test_a_program_that_cannot_be_started_is_no_adapter(tmp_path: Path) -> None:
    """Told once, before any case; a case would be a fault."""
    program = Program(LaunchMode(("no-such-program", "{collection}", "{dest}"), "exec"))
    with pytest.raises(AdapterFault, match=r"no-start: no-such-program .*: no such command on the PATH"):
        program.open()
    report = program.run(_case(tmp_path), Timeline())
    assert (CaseOutcome.FAULT, "no-start") == (report.outcome, report.fault)
