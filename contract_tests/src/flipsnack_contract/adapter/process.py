"""An adapter as a process: started in a process group of its own, and ended with all of its children."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from flipsnack_contract.adapter.channel import Channel, Closed, ReadTimeout
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import Bye, encode
from flipsnack_contract.adapter.start_error import refused
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Process", "end_group", "exit_text", "start"]

GRACE_AFTER_BYE = 3.0
GRACE_AFTER_TERM = 2.0
REAP = 1.0


def start(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """The process of `command`, in a group of its own; raises `AdapterFault`.

    It has pipes, or, with `output`, no input and everything it prints in that file.
    """
    pipes = subprocess.PIPE if output is None else None
    try:
        return subprocess.Popen(
            command,
            stdin=pipes or subprocess.DEVNULL,
            stdout=pipes or output,
            stderr=pipes or output,
            env=None if environment is None else dict(environment),
            start_new_session=True,
            bufsize=0,
        )
    except (OSError, ValueError) as refusal:
        why = refused(command[0], refusal, path=(environment or {}).get("PATH"))
        raise AdapterFault("no-start", f"{shlex.join(command)}: {why}") from None


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started: SIGTERM, and SIGKILL to those who are still there 2 s later."""
    _signal(process, signal.SIGTERM)
    try:
        process.wait(GRACE_AFTER_TERM)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def exit_text(code: int | None) -> str:
    """An exit code in words; death by a signal is never a number."""
    if code is None:
        return "it is still running"
    return f"it ended with exit code {code}" if code >= 0 else f"it was killed by {signal.Signals(-code).name}"


class Process:
    """One running adapter, and the channel to it. A context manager that leaves no process behind."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it; raises `AdapterFault`."""
        self._process = start(command)
        self._ended = False
        pipes = (self._process.stdout, self._process.stdin, self._process.stderr)
        reading, writing, aside = (_taken(pipe) for pipe in pipes)
        self.channel = Channel(reading, writing, aside=aside)

    @property
    def pid(self) -> int:
        """Its id, which is that of its group too."""
        return self._process.pid

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter whose stdout is at its end."""
        try:
            code = self._process.wait(REAP)
        except subprocess.TimeoutExpired:
            return AdapterFault("closed", "stdout is at its end, but the process goes on")
        said = self.channel.last_error_line
        words = f"; the last it printed: {said}" if said else ""
        return AdapterFault("crash", f"{exit_text(code)} while it was expected to speak{words}")

    def shutdown(self) -> int | None:
        """Say bye, end its input, and wait up to 3 s; the exit code, or None when it had to be ended."""
        if self._ended:
            return None
        with suppress(ReadTimeout, Closed):
            self.channel.send(encode(Bye()), patience=GRACE_AFTER_BYE)
        self.channel.close_writing()
        self._read_to_the_end()
        code = self._process.poll()
        self.kill()  # its children may still be there
        return code

    def kill(self) -> None:
        """End it and its children now."""
        if not self._ended:
            self._ended = True
            end_group(self._process)
            self.channel.close()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: object, _trace: object) -> None:
        if kind is None:
            self.shutdown()
        else:
            self.kill()

    def _read_to_the_end(self) -> None:
        until = stopwatch() + GRACE_AFTER_BYE
        try:
            while (left := until - stopwatch()) > 0:
                self.channel.receive(patience=left)
        except Closed:
            self.exit_fault()
        except (ReadTimeout, AdapterFault):
            pass


def _taken(pipe: IO[bytes] | None) -> int:
    """The descriptor of a pipe, which is the caller's from here on."""
    assert pipe is not None  # `start` asks for three pipes
    with pipe:
        return os.dup(pipe.fileno())


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
