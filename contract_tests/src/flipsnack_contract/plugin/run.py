"""One run of the plugin: what was asked for, what is judged, and what every report says of it."""

from __future__ import annotations

import datetime
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from flipsnack_contract.contract.clock import stopwatch, today
from flipsnack_contract.plugin.client import open_client
from flipsnack_contract.plugin.judged import Judged, NotJudgeable
from flipsnack_contract.plugin.known_failures import BadKnownFailures, KnownFailures
from flipsnack_contract.plugin.options import Options, options_of
from flipsnack_contract.plugin.recording import open_recording
from flipsnack_contract.plugin.server import open_server

__all__ = ["PACKAGE", "RUN", "Run", "asked_for"]

PACKAGE = Path(__file__).parents[1]
NAME, FRONT = PACKAGE.name, "flipsnack-contract"


def asked_for(config: pytest.Config) -> bool:
    """Whether the package is among what pytest is to collect."""
    here = config.invocation_params.dir
    named = (argument.partition("::")[0] for argument in config.args)
    return any(one == NAME or (here / one).resolve() == PACKAGE for one in named)


@dataclass
class Run:
    """What is judged is opened on first use and closed by `close`. `on_run` is called after each scenario."""

    config: pytest.Config
    options: Options
    known: KnownFailures
    on_run: Callable[[], None] = lambda: None
    began: float = field(default_factory=stopwatch)
    day: datetime.date = field(default_factory=today)
    _stack: ExitStack = field(default_factory=ExitStack)
    _judged: Judged | None = None

    @classmethod
    def of(cls, config: pytest.Config, environment: Mapping[str, str]) -> Run:
        """The run that the command line asks for. Raises `pytest.UsageError`."""
        options = options_of(config, environment)
        try:
            return cls(config, options, KnownFailures.read(options.known))
        except BadKnownFailures as wrong:
            raise pytest.UsageError(str(wrong)) from None

    @property
    def judged(self) -> Judged:
        """What is judged. Ends pytest, with its own exit code, where there is nothing to judge."""
        if self._judged is None:
            try:
                self._judged = self._opened()
            except NotJudgeable as trouble:
                pytest.exit(str(trouble), returncode=trouble.code)
            if not any(part.checks for part in self._judged.parts):
                raise pytest.UsageError(f"no check of a {self.options.side} is for {', '.join(self.options['rule'])}")
        return self._judged

    def _opened(self) -> Judged:
        worker = str(getattr(self.config, "workerinput", {}).get("workerid", ""))
        if self.options.side == "recording":
            return open_recording(self.options)
        if self.options.side == "client":
            return open_client(self.options, self._stack, worker, self.known, lambda _run: self.on_run())
        return open_server(self.options, self._stack, worker)

    def close(self) -> None:
        """End what was started."""
        self._stack.close()

    @property
    def facts(self) -> dict[str, str]:
        """What every report says: what was judged, by which kit, when, with which seed and command."""
        seed = self.options["seed"]
        return {
            "judged": self.judged.name,
            "kit": f"flipsnack-kit {version('flipsnack-kit')}",
            "date": self.day.isoformat(),
            "seed": "0, the default" if seed is None else str(seed),
            "command": _command(self.config, self.options["admin-token"]),
        }

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return stopwatch() - self.began


RUN = pytest.StashKey[Run]()


def _command(config: pytest.Config, token: str | None) -> str:
    front = Path(sys.argv[0]).parent.name == NAME or Path(sys.argv[0]).stem == FRONT
    words = [FRONT, *sys.argv[1:]] if front else ["pytest", *map(str, config.invocation_params.args)]
    return shlex.join("…" if token and word.endswith(token) else word for word in words)
