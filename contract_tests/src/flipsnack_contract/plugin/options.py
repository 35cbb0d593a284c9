"""What was asked for by the options of the plugin, or by the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flipsnack_contract.contract.ledger import rules
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.option_table import OPTIONS

BLANKS = " \t\r\n\ufeff"
# Where one of these is not given, its environment variable counts.
VARIABLES = {
    "base-url": "FLIPSNACK_BASE_URL",
    "admin-token": "FLIPSNACK_ADMIN_TOKEN",
    "collection": "FLIPSNACK_COLLECTION",
}


@dataclass(frozen=True)
class Options:
    """What was asked for: `given` has values of `OPTIONS` by name, `environment` is that of the process.

    Raises `NotJudgeable` for values that cannot be.
    """

    given: Mapping[str, Any]
    environment: Mapping[str, str]

    def __post_init__(self) -> None:
        for wanted in self["rule"] or ():
            if not any(rule.startswith(wanted) for rule in rules()):
                raise NotJudgeable(f"no rule begins with {wanted!r}; `flipsnack-contract list` shows all of them")
        for option in OPTIONS:
            if not option.accepts(self[option.name]):
                raise NotJudgeable(f"--{option.name} is {self[option.name]}: expected {option.expected}")

        if self.given.get("budget") is not None and not self["read-only"]:
            raise NotJudgeable("--budget counts the calls of --read-only: expected both, or neither")

    def __getitem__(self, name: str) -> Any:
        option = next(one for one in OPTIONS if one.name == name)
        value = self.given.get(name)
        # An environment file that Windows wrote leaves its line ends around a value.
        found = self.environment.get(VARIABLES.get(name, ""), "").strip(BLANKS) or option.default
        return found if value is None else value

    @property
    def side(self) -> str:
        """What is judged: a server, a client or a recording. Raises `NotJudgeable` unless it is just one."""
        sides = {"base-url": "server", "app": "server", "client": "client", "recording": "recording"}
        named = [side for name, side in sides.items() if self.given.get(name)]
        if not named and self["base-url"]:
            return "server"
        if len(named) != 1:
            raise NotJudgeable(
                "name one thing to judge: --flipsnack-base-url URL (or FLIPSNACK_BASE_URL), --flipsnack-app "
                "module:factory, --flipsnack-client COMMAND or --flipsnack-recording FILE",
            )
        return named[0]

    def selects(self, rule: str) -> bool:
        return not self["rule"] or any(rule.startswith(one) for one in self["rule"])
