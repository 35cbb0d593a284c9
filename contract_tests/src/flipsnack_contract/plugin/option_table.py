"""The options of the plugin, and of the commands that call it, as a table that every run of pytest can afford."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipsnack_contract.adapter.modes import MODES
from flipsnack_contract.contract.clock import PER_MINUTE

PACKAGE = Path(__file__).parents[1]
ANY = "server client recording"
DAY = 86_400
REPORTS = {"xmlpath": "--junitxml", "htmlpath": "--html", "report_log": "--report-log"}
"""The options of pytest and its plugins that name a report to be written, by where pytest keeps their values."""
SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable that names a file for a summary in Markdown."""


@dataclass(frozen=True)
class Option:
    """One option: its name after `--flipsnack-`, how its value is read, and the commands that it is `of`.

    A number is `least` or more; one of seconds is above 0, up to a day.
    """

    name: str
    help: str
    of: str = ANY
    type: type = str
    default: Any = None
    many: bool = False
    choices: tuple[str, ...] = ()
    least: int | None = None

    @property
    def expected(self) -> str:
        """What its value may be, in words."""
        if self.choices:
            return " or ".join(self.choices)
        if self.type is float:
            return f"a number above 0, at most {DAY:,}"
        if self.type is int:
            return "a whole number" + ("" if self.least is None else f" of {self.least} or more")
        return "text"

    def number(self, text: str) -> int | float:
        """The number in `text`, of digits of ASCII. Raises ValueError."""
        if not text.isascii() or "_" in text:
            raise ValueError
        return float(text) if self.type is float else int(text)

    def accepts(self, value: Any) -> bool:
        """Whether a value that was read is in its bounds."""
        if isinstance(value, float):
            return 0 < value <= DAY
        return self.least is None or value is None or value >= self.least


OPTIONS = (
    Option("base-url", "The server to judge, as http://127.0.0.1:3547/v1/.", ""),
    Option("app", "The WSGI app to judge in this process, as module:factory.", "server"),
    Option("client", "The command of the client's adapter to judge.", ""),
    Option("recording", "The recording to judge: a HAR file, or the fake's journal as lines of JSON.", ""),
    Option("rule", "Judge only rules that begin so; may be given again.", f"{ANY} drift", many=True),
    Option("seed", "Draw by this seed; without one every run draws the same.", "server client drift", int),
    Option(
        "examples",
        "How many examples a check draws, or how many scenarios are drawn.",
        "server client drift",
        int,
        least=1,
    ),
    Option("strict", "A broken SHOULD fails, too.", type=bool, default=False),
    Option("known", "The file that lists known failures."),
    Option("admin-token", "Token of the control plane; else FLIPSNACK_ADMIN_TOKEN.", "server client drift check"),
    Option("collection", "The hash of a collection of the key, where none can be created.", "server drift"),
    Option("calls-per-minute", "The pace without a control plane; 0: none.", "server drift", int, PER_MINUTE, least=0),
    Option("alone", "Nothing else uses the target: maintenance may be on for all keys.", "server drift", bool, False),
    Option("slow", "Wait for a minute of real time where no clock can be moved.", "server drift", bool, False),
    Option("read-only", "Send reads only, within both limits of the key.", "server", bool, False),
    Option("budget", "With --read-only: make at most so many calls.", "server", int, least=0),
    Option("fake", "A fake that runs already, for the client to call.", "client check"),
    Option("mode", "How the client's command is run.", "client check", default="persistent", choices=tuple(MODES)),
    Option("capability", "A capability of a program of mode exec; may be given again.", "client check", many=True),
    Option("timeout", "Seconds without a message after which the adapter hangs.", "client check", float, 10.0),
    Option("replay", "Run only the scenario in this replay.json.", "client"),
    Option("artifacts", "The folder for the files of each failure of a client.", "client"),
)
