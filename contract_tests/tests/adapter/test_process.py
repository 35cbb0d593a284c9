import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from contract_tests.tests.adapter.cases import faulty

from flipsnack_contract.adapter.messages import AdapterFault
from flipsnack_contract.adapter.process import Process, end_group, exit_text, last_error_line, start, tail

PARENT = "import subprocess as s; child = s.Popen(['sleep','600']{}); print(child.pid, flush=True); child.wait()"
# A child of a child, as a daemon begins.
AWAY = (
    "import os,sys,time\nif os.fork(): time.sleep(600)\nos.setsid()\nif os.fork(): os._exit(0)\n"
    "print(os.getpid(), flush=True); time.sleep(600)"
)
STARTS = {"a child": PARENT.format(""), "a daemon": AWAY, "a bare one": PARENT.format(",env={},start_new_session=True")}
JAVA = 'Exception in thread "main" java.io.IOException: gone'
DEAF = "import signal as s; s.signal(s.SIGTERM, s.SIG_IGN); print('x', flush=True); s.pause()"


def _file(folder: Path, text: str, *, mode: int) -> str:
    file = folder / "client"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def _why(*command: str) -> str:
    with pytest.raises(AdapterFault) as caught:
        start(command)
    assert "no-start" == caught.value.kind
    return caught.value.text


def test_a_program_that_is_there_is_started_by_its_path_and_by_its_name(tmp_path: Path) -> None:
    """The PATH is the one that it is given."""
    program = _file(tmp_path, "#!/bin/sh\nexit 7\n", mode=0o755)
    for name in (program, "client"):
        with start([name], environment={"PATH": str(tmp_path)}) as process:
            pass
        assert 7 == process.returncode


def test_why_a_program_cannot_be_started_is_told_with_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault names the command; a file in this folder is found by ./ only."""
    monkeypatch.chdir(tmp_path)
    assert "./client: no such file" == _why("./client")
    assert "no-such-command --flag: no such command on the PATH" == _why("no-such-command", "--flag")
    assert f"{tmp_path}: it is a folder" == _why(str(tmp_path))
    program = _file(tmp_path, "#!/bin/sh\n", mode=0o644)
    assert f"it is not executable; run `chmod +x {program}`, or put its interpreter first" in _why(program)
    _file(tmp_path, "#!/bin/sh\n", mode=0o755)
    assert _why("client").endswith("it is not on the PATH; to run the file in this folder, write ./client")
    assert "embedded null byte" in _why(program, "\0")


@pytest.mark.parametrize("first_line", ["print 1\n", "#!/no/such/interpreter\n"])
def test_a_script_that_names_no_interpreter_is_told_so(tmp_path: Path, first_line: str) -> None:
    """The system says that its format is wrong, or that a file which is there is not."""
    assert "the interpreter that its first line names does not exist" in _why(_file(tmp_path, first_line, mode=0o755))


@pytest.mark.parametrize(
    ("command", "code"), [(faulty("correct"), 0), ([sys.executable, "-c", "raise SystemExit(7)"], 7)]
)
def test_shutting_down_gives_the_exit_code(command: list[str], code: int) -> None:
    """Of a process that obeys bye, and of one that is gone already."""
    assert code == Process(command).shutdown()


@pytest.mark.parametrize("child", STARTS)
def test_what_a_process_started_ends_with_it(child: str) -> None:
    """Not even a child in a session of its own is left behind: one whose parent has ended, or with no environment."""
    with start([sys.executable, "-c", STARTS[child]]) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        end_group(process)
        # The child holds this pipe too: its end shows that the child is gone.
        assert process.stdout.read() == b""


def test_what_ignores_sigterm_is_killed() -> None:
    """After a while it has no choice."""
    with start([sys.executable, "-c", DEAF]) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end_group(process)
    assert -signal.SIGKILL == process.returncode


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (3, "it ended with exit code 3"),
        (-11, "it was killed by SIGSEGV"),
        (-40, "it was killed by the signal 40"),
        (None, "it is still running"),
    ],
)
def test_an_exit_is_put_into_words(code: int | None, text: str) -> None:
    """A signal is named, and is no exit code."""
    assert text == exit_text(code)


def test_of_a_flood_the_last_64_kib_are_kept() -> None:
    """Whoever wrote last."""
    with tempfile.TemporaryFile("a+b", buffering=0) as printed:
        for number in range(40):
            os.write(printed.fileno(), str(number).encode().rjust(4096, b"."))
        assert (64 * 1024, "39") == (len(tail(printed)), tail(printed)[-2:])


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("one\ntwo\n\n", "two"),
        ("", ""),
        ("Error: no such module\n    at run (a.js:1)\n\nNode.js v20\n", "Error: no such module"),
        ("Traceback\nValueError: no\n", "ValueError: no"),
        ('Exception in thread "main" java.io.IOException: gone\n\tat A.main(A.java)\n', JAVA),
        ("a.sh: line 1: jq: command not found\n", "a.sh: line 1: jq: command not found"),
    ],
)
def test_the_last_error_line_is_the_one_that_names_an_error(printed: str, shown: str) -> None:
    """Where a runtime prints more after it; else the last line, and nothing where there is none."""
    assert shown == last_error_line(printed)


LEAVES = (
    "import tempfile as t; open(t.gettempdir() + '/kept', 'w').write('x'); open('log', 'w').write('y'); "
    "open('known', 'a').write('z'); print('done', flush=True); input()"
)


def test_what_an_adapter_leaves_in_its_folders_is_found_and_its_temporary_folder_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "known").write_text("before")
    (tmp_path / "other").write_text("not its own")
    os.utime(tmp_path / "known", ns=(1, 1))
    process = Process([sys.executable, "-c", LEAVES])
    assert b"done" == process.channel.receive(timeout=20)
    assert {"kept": b"x", "log": b"y", "known": b"beforez"} == process.left()
    process.kill()
    assert {"log", "known"} == process.left().keys()
