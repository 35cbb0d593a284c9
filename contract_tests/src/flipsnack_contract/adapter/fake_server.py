"""The fake that cases run at: a process that the kit starts, or one that runs already. It is never imported."""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.parent_watchdog import watched_command
from flipsnack_contract.adapter.process import end_group, exit_text, start
from flipsnack_contract.target.control import Control, Refused, find_control
from flipsnack_contract.target.target import HttpTarget

MODULE = "flipsnack_mock"
FLAGS = ("--port", "0", "--log", "off", "--max-namespaces", "1000000")
LISTENING = re.compile(rb"listening on (http://\S+)")


class NoFake(Exception):
    """There is no fake; the text says why, and how to get one."""


class NoAddress(NoFake):
    """The text is not the address of a fake."""


class Fake:
    """A running fake. Each of its namespaces is a server of its own, made on first use."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        """`url` is the fake's scheme, host and port; `token` is sent to its control plane."""
        self.url = url.rstrip("/")
        self._token = token
        self.target = HttpTarget(f"{self.url}/v1/")

    def base_url(self, namespace: str) -> str:
        """The API of a namespace."""
        return f"{self.url}/t/{namespace}/v1/"

    def control(self, namespace: str) -> Control:
        """The control plane of a namespace."""
        return Control(self.target, f"{self.url}/t/{namespace}/", token=self._token)

    def forget(self, namespace: str) -> None:
        """Delete a namespace."""
        with suppress(Refused):
            Control(self.target, f"{self.url}/", token=self._token).call("DELETE", f"/namespaces/{namespace}")

    def check(self) -> None:
        """Raise `NoFake` unless a fake with a control plane answers."""
        if find_control(self.target, token=self._token) is None:
            raise NoFake(
                f"no fake with a control plane answers at {self.url}; start one with `flipsnack-mock serve` "
                "(give its --admin-token, if it has one)"
            )

    def close(self) -> None:
        """Close the connections to it."""
        self.target.close()


@contextmanager
def fake_at(url: str, *, token: str | None = None) -> Iterator[Fake]:
    """The fake that runs at `url`, with or without its /v1/. Raises `NoFake`, `NoAddress` for what cannot be one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NoAddress(f"{url!r} is not the address of a fake; expected something like http://127.0.0.1:3547")
    fake = Fake(f"{parts.scheme}://{parts.netloc}", token=token)
    try:
        fake.check()
        yield fake
    finally:
        fake.close()


@contextmanager
def started_fake() -> Iterator[Fake]:
    """A fake that the kit starts; it ends with the block, and with this process. Raises `NoFake`."""
    if importlib.util.find_spec(MODULE) is None:
        raise NoFake(
            "the fake is not installed: run pip install 'flipsnack-kit[mock]', or name a running one with --fake URL"
        )
    try:
        process = start(watched_command(MODULE, "serve", *FLAGS))
    except AdapterFault as fault:
        raise NoFake(f"the fake does not start: {fault.text}") from None
    with process:
        try:
            with fake_at(_address(process)) as fake:
                yield fake
        finally:
            end_group(process)


def _address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None  # `start` makes pipes
    assert process.stderr is not None
    line = process.stdout.readline()
    if match := LISTENING.search(line):
        return match[1].decode()
    said = repr(line) if line else process.stderr.read(2000).decode("utf-8", "replace")
    raise NoFake(f"the fake does not start: {exit_text(process.poll())}; it printed: {said.strip()}")
