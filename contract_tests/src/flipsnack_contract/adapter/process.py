"""An adapter as a process: started in a process group of its own, and ended with all of its children.

What it prints on stderr goes into a file without a name, so printing never blocks it. A thread reads the lines that it
writes, and another one writes those for it, so no pipe can block the kit.
"""

import errno
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from typing import IO

from flipsnack_contract.adapter.descendants import descendants, end_marked, kill
from flipsnack_contract.adapter.left_files import Workplace
from flipsnack_contract.adapter.messages import MAX_LINE, AdapterFault, Bye, encode
from flipsnack_contract.contract.clock import stopwatch
from flipsnack_contract.contract.decoding import cut

GRACE_AFTER_BYE = 3.0
GRACE_AFTER_TERM = 2.0
REAP = 1.0
KEPT = 64 * 1024
MOST_PRINTED = 64 * 1024 * 1024
"""Bytes that one case may print beside the protocol."""
MARK = "FLIPSNACK_CONTRACT_PROCESS"
"""The variable that marks a process and all that it starts; a mark is added to those of the processes around it."""
PIECE = 64 * 1024
MOST_PIECES = 16
"""Pieces that are kept unread; the other side has to wait with more, so memory is bounded."""
INTERPRETER = "the interpreter that its first line names does not exist; expected something like #!/usr/bin/env node"
# As Python, Java and JavaScript begin the line that says what went wrong. Node prints its version after all that.
ERROR = re.compile(r"^(Uncaught |Exception in thread \S+ |Caused by: )?[\w.]*(Error|Exception)\b.*:")
Stream = int | IO[bytes]


class Started(subprocess.Popen[bytes]):
    """A process with the mark of all that it starts."""

    mark = ""


def why_not_startable(program: str, *, path: str | None = None) -> str:
    """Why `program` cannot be started, searched on `path` (default: this process's PATH); "" when it can be."""
    if shutil.which(program, path=path):
        return ""
    file = Path(program)
    if not file.exists():
        return "no such file" if "/" in program else "no such command on the PATH"
    if file.is_dir():
        return "it is a folder"
    if "/" not in program:
        return f"it is not on the PATH; to run the file in this folder, write ./{program}"
    return f"it is not executable; run `chmod +x {program}`, or put its interpreter first: node {program}"


def start(
    command: Sequence[str],
    *,
    stdin: Stream = subprocess.PIPE,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
    environment: Mapping[str, str] | None = None,
) -> "Started":
    """Start `command` in a process group of its own, with unbuffered pipes by default. Raises `AdapterFault`."""
    mark = uuid.uuid4().hex
    marked = {**(os.environ if environment is None else environment)}
    marked[MARK] = f"{marked.get(MARK, '')} {mark}".strip()
    try:
        process = Started(
            command, stdin=stdin, stdout=stdout, stderr=stderr, env=marked, start_new_session=True, bufsize=0
        )
        process.mark = mark
        return process
    except (OSError, ValueError) as error:
        is_script = isinstance(error, OSError) and error.errno in (errno.ENOEXEC, errno.ENOENT)
        found = why_not_startable(command[0], path=(environment or {}).get("PATH"))
        why = found or (INTERPRETER if is_script else str(error))
        raise AdapterFault("no-start", f"{shlex.join(command)}: {why}") from None


def end_group(process: Started) -> None:
    """End the process and all that it started: SIGTERM, and SIGKILL to what still runs 2 s later.

    Where the system has /proc, that includes what has left the process group for a session of its own.
    """
    # One without the mark is known by its parents, as long as they run.
    found = list(descendants(process.pid))
    _signal(process, signal.SIGTERM)
    _signal(process, signal.SIGCONT)  # one that is stopped would not notice
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_AFTER_TERM)
    finally:
        _signal(process, signal.SIGKILL)
        process.wait()
        kill(found)
        end_marked(process.mark)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def check_printed(*files: IO[bytes]) -> None:
    """Raise `AdapterFault` where so much was printed that it would fill the disk."""
    if any(os.fstat(one.fileno()).st_size > MOST_PRINTED for one in files):
        raise AdapterFault("too-long", f"it printed more than {MOST_PRINTED} bytes")


def exit_text(code: int | None) -> str:
    """An exit code in words; a signal is named."""
    if code is None:
        return "it is still running"
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        return f"it was killed by {signal.Signals(-code).name}"
    except ValueError:  # those for real time have no names
        return f"it was killed by the signal {-code}"


def tail(printed: IO[bytes]) -> str:
    """The last 64 KiB of a file."""
    printed.seek(0, os.SEEK_END)
    printed.seek(max(0, printed.tell() - KEPT))
    return printed.read().decode("utf-8", "replace")


def last_error_line(text: str) -> str:
    """The last line that names an error, else the last one, cut to 200 characters."""
    lines = [line.strip() for line in text.split("\n")]
    found = [line for line in lines if ERROR.search(line)] or [line for line in lines if line]
    return cut(found[-1], 200) if found else ""


class Closed(Exception):
    """The other side closed its end."""


class Channel:
    """Whole lines over two unbuffered pipes. The channel takes both over, reads at once, and closes them."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        self._incoming: Queue[bytes] = Queue(MOST_PIECES)
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        self._lines: deque[bytes] = deque()
        self._rest = b""
        self._is_closed = False
        for work, pipe in ((self._read_all, reading), (self._write_all, writing)):
            threading.Thread(target=work, args=(pipe,), name="adapter-channel", daemon=True).start()

    def send(self, line: bytes) -> None:
        """Write one line. Returns at once; when the other side does not read it, no answer comes."""
        self._outgoing.put(line)

    def receive(self, *, timeout: float) -> bytes | None:
        """The next line without its end; None when none came within `timeout` seconds.

        Raises `Closed`, and `AdapterFault` for a line that is too long.
        """
        until = stopwatch() + timeout
        while not self._lines:
            try:
                piece = self._incoming.get(timeout=max(0.0, until - stopwatch()))
            except Empty:
                return None
            if not piece:
                self._incoming.put(piece)  # the end stays the end
                if not self._rest:
                    raise Closed
            # What comes before the end without a line end is a line all the same.
            *whole, self._rest = (self._rest + (piece or b"\n")).split(b"\n")
            if any(len(line) >= MAX_LINE for line in (*whole, self._rest)):
                raise AdapterFault("too-long", f"a line has more than {MAX_LINE} bytes")
            self._lines.extend(whole)
        return self._lines.popleft()

    def close_writing(self) -> None:
        """Close the other side's input, once everything is written."""
        self._outgoing.put(None)

    def close(self) -> None:
        """Close the writing end and drop what is read from now on; the reading end closes with the other side's."""
        self.close_writing()
        self._is_closed = True
        with suppress(Empty):
            while True:  # the reader may wait for room
                self._incoming.get_nowait()

    def _write_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:  # the other side may be gone
            while (line := self._outgoing.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[pipe.write(left) :]

    def _read_all(self, pipe: IO[bytes]) -> None:
        with suppress(OSError), pipe:
            while piece := pipe.read(PIECE):
                if not self._is_closed:
                    self._incoming.put(piece)
        self._incoming.put(b"")


class Process:
    """One running adapter, and the channel to it. Raises `AdapterFault` when it cannot be started."""

    def __init__(self, command: Sequence[str]) -> None:
        self.stderr: IO[bytes] = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 - `kill` closes it
        self._place = Workplace()
        try:
            self._process = start(command, stderr=self.stderr, environment=os.environ | self._place.environment)
        except AdapterFault:
            self._close_files()
            raise
        assert self._process.stdout is not None  # `start` makes pipes
        assert self._process.stdin is not None
        self.channel = Channel(self._process.stdout, self._process.stdin)

    def exit_fault(self) -> AdapterFault:
        """The fault of an adapter that closed its stdout."""
        try:
            code = self._process.wait(REAP)
        except subprocess.TimeoutExpired:
            return AdapterFault("closed", "it closed its stdout, but the process still runs")
        printed = last_error_line(tail(self.stderr))
        hint = f"; it printed: {printed}" if printed else ""
        return AdapterFault("crash", f"{exit_text(code)} before it answered{hint}")

    def shutdown(self) -> int | None:
        """Send bye, close its input, and wait up to 3 s; the exit code, or None when it had to be killed."""
        self.channel.send(encode(Bye()))
        self.channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_AFTER_BYE)
        code = self._process.poll()
        self.kill()  # its children may still run
        return code

    def kill(self) -> None:
        """End it and its children now."""
        end_group(self._process)
        self.channel.close()
        self._close_files()

    def left(self) -> Mapping[str, bytes]:
        """The files that it has left: all in its temporary folder, new ones in the present folder."""
        return self._place.left()

    def _close_files(self) -> None:
        self.stderr.close()
        self._place.close()
