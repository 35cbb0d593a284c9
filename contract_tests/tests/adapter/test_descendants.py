import os
import sys
from pathlib import Path

from flipsnack_contract.adapter.descendants import adopting
from flipsnack_contract.adapter.process import end_group, start

# A daemon as they begin, but for the environment, which it leaves too.
DAEMON = (
    "import os, sys\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\n"
    "code = 'import os,time; print(os.getpid(), flush=True); time.sleep(600)'\n"
    "os.execve(sys.executable, [sys.executable, '-Sc', code], {})"
)


def test_with_the_block_ends_what_left_parent_session_and_environment() -> None:
    with adopting():
        process = start([sys.executable, "-c", DAEMON])
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        end_group(process)
        assert Path(f"/proc/{pid}").exists()
    # The daemon holds this pipe: its end shows that the daemon is gone.
    with process, process.stdout:
        assert b"" == process.stdout.read()


def test_what_ran_before_the_block_goes_on() -> None:
    with start([sys.executable, "-Sc", "input()"]) as earlier:
        with adopting():
            pass
        assert (0, 0) == os.waitpid(earlier.pid, os.WNOHANG)
        end_group(earlier)
