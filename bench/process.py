"""A server process on one core, and what the kernel knows of it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SERVER_CORE, LOAD_CORE = 0, 1
START_SECONDS = 20
URL = re.compile(r"https?://[\w.]+:\d+")
TOOLS = Path(sys.executable).parent
FAKE = [str(TOOLS / "flipsnack-mock"), "serve"]
HELLO = [sys.executable, "-m", "bench.hello"]

# Every code but 20 becomes an HTTP error, so that a load generator sees a refusal as one.
REFUSALS_ARE_ERRORS = {"FLIPSNACK_MOCK_HTTP_STATUSES": json.dumps(dict.fromkeys((30, 31, 32, 40, 41, 42, 43, 44), 500))}


def pinned(core: int, argv: list[str]) -> list[str]:
    """The command line that runs `argv` on one core, where there are two and `taskset`."""
    if shutil.which("taskset") and len(os.sched_getaffinity(0)) > 1:
        return ["taskset", "--cpu-list", str(core), *argv]
    return argv


@dataclass(frozen=True)
class Serving:
    """A server that answers at `url`."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that the server has used, in user and kernel mode: fields 14 and 15 of /proc/PID/stat."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def number(self, field: str) -> int:
        """A line of /proc/PID/status: VmRSS is the memory held now, VmHWM the most ever held (kB)."""
        match = re.search(rf"^{field}:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)
        assert match, f"the kernel does not tell {field}"
        return int(match[1])

    def megabytes(self, field: str = "VmRSS") -> float:
        """The same in megabytes."""
        return self.number(field) * 1024 / 1_000_000


@contextmanager
def serving(argv: list[str], env: Mapping[str, str] | None = None) -> Iterator[Serving]:
    """`argv` on the server's core and a free port; ready when it has said where it listens, gone on exit.

    What it prints goes to a file, as a log does, so that nobody has to read along.
    """
    with tempfile.TemporaryFile("w+") as log:
        process = start(argv, stdout=log, env=env)
        try:
            yield Serving(_announced(process, log), process.pid)
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def answering(
    argv: list[str], env: Mapping[str, str], port: int, target: str, authorization: str = ""
) -> Iterator[tuple[Serving, float]]:
    """`argv` on the server's core, listening on `port`, and the seconds it took to its first answer to `target`."""
    begin = time.perf_counter()
    process = start(argv, stdout=subprocess.DEVNULL, env=env)
    try:
        _await_answer(process, port, target, {"Authorization": authorization} if authorization else {})
        yield Serving(f"http://127.0.0.1:{port}", process.pid), time.perf_counter() - begin
    finally:
        process.terminate()
        process.wait()


def _await_answer(process: subprocess.Popen[str], port: int, target: str, headers: dict[str, str]) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        with closing(connection), suppress(OSError):
            connection.request("GET", target, headers=headers)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.002)
    raise RuntimeError(f"{process.args!r} did not answer at {target} (exit code {process.poll()})")


def start(argv: list[str], *, stdout: IO[str] | int, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """The process `argv` on the server's core, listening on a free port as soon as it can."""
    environment = {**os.environ, "FLIPSNACK_MOCK_PORT": "0", **REFUSALS_ARE_ERRORS, **(env or {})}
    return subprocess.Popen(
        pinned(SERVER_CORE, argv), env=environment, stdout=stdout, stderr=subprocess.DEVNULL, text=True
    )


def _announced(process: subprocess.Popen[str], log: IO[str]) -> str:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        log.seek(0)
        if match := URL.search(log.readline()):
            return match[0]
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} did not say where it listens (exit code {process.poll()})")
