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
from flipsnack_contract.adapter.start_error import start_error
from flipsnack_contract.adapter.stderr import StderrFile
from flipsnack_contract.contract.clock import stopwatch

__all__ = ["Process", "end_group", "exit_text", "start"]

GRACE_AFTER_BYE = 3.0
GRACE_AFTER_TERM = 2.0
REAP = 1.0
Stream = int | IO[bytes]


def start(
    command: Sequence[str],
    *,
    stdin: Stream = subprocess.PIPE,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, with unbuffered pipes unless told otherwise.

    Raises `AdapterFault`.
    """
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=None if environment is None else dict(environment),
            start_new_session=True,
            bufsize=0,
        )
    except (OSError, ValueError) as error:
        why = start_error(command[0], error, path=(environment or {}).get("PATH"))
        raise AdapterFault("no-start", f"{shlex.join(command)}: {why}") from None


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started: SIGTERM, and SIGKILL to what still runs 2 s later."""
    _signal(process, signal.SIGTERM)
    try:
        process.wait(GRACE_AFTER_TERM)
    except subprocess.TimeoutExpired:
        pass
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()


def exit_text(code: int | None) -> str:
    """An exit code in words; a signal is named."""
    if code is None:
        return "it is still running"
    return f"it ended with exit code {code}" if code >= 0 else f"it was killed by {signal.Signals(-code).name}"


class Process:
    """One running adapter, and the channel to it. A context manager that leaves no process behind."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it; raises `AdapterFault`."""
        self.stderr = StderrFile()
        try:
            self._process = start(command, stderr=self.stderr.file)
        except AdapterFault:
            self.stderr.close()
            raise
        self._ended = False
        assert self._process.stdout is not None  # `start` makes pipes
        assert self._process.stdin is not None
        self.channel = Channel(self._process.stdout, self._process.stdin)

    @property
    def pid(self) -> int:
        """Its process id, which is also the id of its group."""
        return self._process.pid

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter that closed its stdout."""
        try:
            code = self._process.wait(REAP)
        except subprocess.TimeoutExpired:
            return AdapterFault("closed", "it closed its stdout, but the process still runs")
        printed = self.stderr.last_error_line
        hint = f"; it printed: {printed}" if printed else ""
        return AdapterFault("crash", f"{exit_text(code)} before it answered{hint}")

    def shutdown(self) -> int | None:
        """Send bye, close its input, and wait up to 3 s; the exit code, or None when it had to be killed."""
        if self._ended:
            return None
        self.channel.send(encode(Bye()))
        self.channel.close_writing()
        self._read_to_the_end()
        code = self._process.poll()
        self.kill()  # its children may still run
        return code

    def kill(self) -> None:
        """End it and its children now."""
        if not self._ended:
            self._ended = True
            end_group(self._process)
            self.channel.close()
            self.stderr.close()

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
                self.channel.receive(timeout=left)
        except Closed:
            self.exit_fault()
        except (ReadTimeout, AdapterFault):
            pass


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
