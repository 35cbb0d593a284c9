"""The command as a person runs it: a process with an environment of its own."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flipsnack_mock.testing import AccountAdmin

COMMAND = (sys.executable, "-m", "flipsnack_client")


@dataclass(frozen=True)
class CommandRunner:
    """Runs `flipsnack` in an empty folder with nothing but our variables."""

    folder: Path
    base_url: str
    account: AccountAdmin

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of a user whose credentials are in the environment."""
        return {
            "HOME": str(self.folder),
            "FLIPSNACK_API_KEY": self.account.key,
            "FLIPSNACK_SECRET": f"secret-{self.account.key}",
            "FLIPSNACK_BASE_URL": self.base_url,
            **more,
        }

    def run(self, *arguments: str, command: Sequence[str] = COMMAND, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @contextlib.contextmanager
    def running(self, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """Start, and end at the latest with the block."""
        environment, pipe = self.environment(**more), subprocess.PIPE
        with subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.folder, env=environment, stdout=pipe, stderr=pipe, text=True
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


def interrupted_at(
    process: subprocess.Popen[str], pattern: str, *, times: int = 1, number: int = signal.SIGINT
) -> list[str]:
    """Interrupt the process once it says so; return all that it said."""
    assert process.stderr is not None
    printed: list[str] = []
    waiting = True
    for line in process.stderr:
        printed.append(line)
        if waiting and re.search(pattern, line):
            waiting = False
            for _ in range(times):
                process.send_signal(number)
    return printed


def blocks(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows until its other side is gone."""
    with contextlib.suppress(OSError):
        while block := os.read(terminal, 65536):
            yield block
