"""The files about a broken check: the scenario to run again, the requests as curl commands, an HTTP archive."""

import re
import shlex
from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from flipsnack_contract.adapter.messages import Client
from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.contract.named_file import read_named
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

VERSION = 3
LONGEST = 20_000
"""Characters of a line of `steps.txt`."""


class BadReplay(ValueError):
    """A file that is not a replay; the text says what was expected."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario in which a client broke a check, to run it again. Its secret is made up."""

    version: int
    check: str
    rule: str
    message: str
    client: Client
    scenario: Scenario


def write_artifacts(folder: Path, replay: Replay, run: ScenarioRun, *, archive: bytes) -> Path:
    """Write `replay.json`, `requests.sh`, `exchange.har` and `steps.txt`; the folder they are in. Raises `OSError`."""
    said = (f"{one.by}: {one.text}" for one in run.report.log)
    printed = (f"stderr: {line}" for line in run.report.printed.splitlines())
    lines = (*replay.message.splitlines(), "", *run.lines(), "", *said, *printed)
    steps = "".join(f"{cut(line, LONGEST)}\n" for line in lines)
    contents = {
        "replay.json": msgspec.json.format(msgspec.json.encode(replay), indent=1) + b"\n",
        "requests.sh": "\n".join(curl_lines(run)).encode() + b"\n",
        "exchange.har": archive,
        "steps.txt": steps.encode(),
    }
    own = folder / re.sub(r"[^A-Za-z0-9.-]+", "-", replay.check)
    own.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (own / name).write_bytes(content)
    return own


def read_replay(path: Path) -> Replay:
    """What `write_artifacts` wrote as `replay.json`. Raises `BadReplay`, and `OSError`."""
    try:
        replay = msgspec.json.decode(read_named(path).removeprefix(BOM_UTF8), type=Replay)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as damage:
        raise BadReplay(f"{path} is not a replay: {damage}; expected the replay.json of a failure") from None
    if replay.version != VERSION:
        raise BadReplay(f"{path} is of version {replay.version}; this kit reads {VERSION}")
    return replay


def curl_lines(run: ScenarioRun) -> list[str]:
    """A curl command for each request, with variables for signatures and resource URLs."""
    head = "# export FLIPSNACK_BASE_URL; SIGNATURE and RESOURCE_URL change from call to call"
    return [head, *map(_curl, run.requests)]


def _curl(call: Event) -> str:
    note = cut(f"{call.name}: {call.summary}")  # one line: what came after it would be a command
    if call.kind == "download":
        byte_range = ["--header", f"Range: {call.range}"] if call.range else []
        return f'{shlex.join(["curl", "--remote-name", *byte_range])} "$RESOURCE_URL"  # {note}'
    pairs = [f"{name}={value}" for name, value in call.params.items() if name != "signature"]
    method = ["--get"] if call.method == "GET" else ["--request", call.method]
    words = ["curl", *method, *(word for pair in pairs for word in ("--data-urlencode", pair))]
    signature = ' --data-urlencode "signature=$SIGNATURE"' if "signature" in call.params else ""
    return f'{shlex.join(words)}{signature} "$FLIPSNACK_BASE_URL"  # {note}'
