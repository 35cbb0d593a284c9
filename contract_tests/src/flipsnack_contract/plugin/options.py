"""The options of the plugin: read once into a value."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flipsnack_contract.adapter.launch import MODES
from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.target.rate_pacer import PER_MINUTE

LEFT_OUT = ("app", "rule", "strict", "known", "budget", "replay", "artifacts", "admin-token")

__all__ = ["OPTIONS", "Option", "Options", "add_options", "options_of"]


@dataclass(frozen=True)
class Option:
    """One option: its name after `--flipsnack-`, what it is for, and how its value is read; `of` what it is."""

    name: str
    help: str
    of: str = "server client recording"
    type: type = str
    default: Any = None
    many: bool = False
    choices: tuple[str, ...] = ()


OPTIONS = (
    Option("base-url", "The server to judge, as http://127.0.0.1:3547/v1/.", ""),
    Option("app", "The WSGI app to judge in this process, as module:factory.", "server"),
    Option("client", "The command of the client's adapter to judge.", ""),
    Option("recording", "The recording to judge: a HAR file, or the fake's journal as lines of JSON.", ""),
    Option("rule", "Judge only rules whose id begins so; may be given again.", many=True),
    Option("seed", "Draw by this seed; without one every run draws the same.", "server client", int),
    Option("examples", "How many examples a check draws, or how many scenarios are drawn.", "server client", int),
    Option("strict", "A broken SHOULD fails, too.", type=bool, default=False),
    Option("known", "The file that lists known failures."),
    Option("admin-token", "Token of the control plane; else FLIPSNACK_ADMIN_TOKEN.", "server client"),
    Option("collection", "The hash of a collection of the key, where none can be created.", "server"),
    Option("calls-per-minute", "The pace for a target without a control plane; 0: none.", "server", int, PER_MINUTE),
    Option("alone", "Nothing else uses the target: maintenance may be on for all keys.", "server", bool, False),
    Option("slow", "Wait for a minute of real time where no clock can be moved.", "server", bool, False),
    Option("read-only", "Send reads only, within both limits of the key.", "server", bool, False),
    Option("budget", "With --read-only: make at most so many calls.", "server", int),
    Option("fake", "A fake that runs already, for the client to call.", "client"),
    Option("mode", "How the client's command is run.", "client", default="persistent", choices=tuple(MODES)),
    Option("capability", "A capability of a program of mode exec; may be given again.", "client", many=True),
    Option("timeout", "Seconds without a message after which the adapter hangs.", "client", float, 10.0),
    Option("replay", "Run only the scenario in this replay.json.", "client"),
    Option("artifacts", "The folder for the files of each failure of a client.", "client"),
)


@dataclass(frozen=True)
class Options:
    """What was asked for. `values` are those of `OPTIONS`, by name; `environment` is that of the process."""

    values: Mapping[str, Any]
    environment: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def known(self) -> Path | None:
        """The file of known failures."""
        return Path(self["known"]) if self["known"] else None

    @property
    def side(self) -> str:
        """What is judged: a server, a client or a recording. Raises `pytest.UsageError` unless it is just one."""
        given = {"server": self.base_url or self["app"], "client": self["client"], "recording": self["recording"]}
        named = [side for side, value in given.items() if value]
        if len(named) != 1 or (self.base_url and self["app"]):
            raise pytest.UsageError(
                "name one thing to judge: --flipsnack-base-url URL (or FLIPSNACK_BASE_URL), --flipsnack-app "
                "module:factory, --flipsnack-client COMMAND or --flipsnack-recording FILE"
            )
        return named[0]

    @property
    def base_url(self) -> str:
        """The address of the server; that of the environment counts only when nothing else is named."""
        others = self["app"] or self["client"] or self["recording"]
        return str(self["base-url"] or ("" if others else self.environment.get("FLIPSNACK_BASE_URL", "")))

    @property
    def command(self) -> tuple[str, ...]:
        """The words of the client's command."""
        return tuple(shlex.split(self["client"]))

    def command_line(self, what: str, more: str) -> str:
        """The command that judges `what` again with the same draws; `more` follows."""
        told = [one for one in OPTIONS if self.side in one.of and one.name not in LEFT_OUT]
        values = [(one.name, each) for one in told for each in _each(one, self[one.name]) if each != one.default]
        words = (word for name, each in values for word in (f"--{name}", *(() if each is True else (str(each),))))
        target = (*(("--app",) if self["app"] else ()), *((what,) if what else ()))
        return f"{shlex.join(('flipsnack-contract', self.side, *target, *words))} {more}"

    def selects(self, rule: str) -> bool:
        """Whether the rule is to be judged."""
        return not self["rule"] or any(rule.startswith(one) for one in self["rule"])


def _each(option: Option, value: Any) -> tuple[Any, ...]:
    return tuple(value or ()) if option.many else (value,)


def add_options(parser: pytest.Parser) -> None:
    """Declare every option, in a group of its own."""
    group = parser.getgroup("flipsnack", "contract of the Flipsnack API")
    for one in OPTIONS:
        reading: dict[str, Any] = (
            {"action": "append"} if one.many else {"type": one.type, "choices": one.choices or None}
        )
        if one.type is bool:
            reading = {"action": "store_true"}
        group.addoption(f"--flipsnack-{one.name}", default=one.default, help=one.help, **reading)


def options_of(config: pytest.Config, environment: Mapping[str, str]) -> Options:
    """The options of a run. Raises `pytest.UsageError` for those that cannot be."""
    options = Options({one.name: config.getoption(f"--flipsnack-{one.name}") for one in OPTIONS}, environment)
    for wanted in options["rule"] or ():
        if not any(rule.startswith(wanted) for rule in rules()):
            raise pytest.UsageError(f"no rule begins with {wanted!r}; `flipsnack-contract list` shows all of them")
    for name, least in (("examples", 1), ("budget", 0), ("calls-per-minute", 0)):
        if options[name] is not None and options[name] < least:
            raise pytest.UsageError(f"--flipsnack-{name} is {options[name]}; expected {least} or more")
    return options
