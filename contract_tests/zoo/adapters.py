"""Adapters that break the protocol, one for each way to do so: `adapters.py NAME`. No client is behind them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

CLIENT = {"name": "faulty", "version": "1", "language": "python"}
HELLO = {"type": "hello", "protocol": 1, "client": CLIENT, "ops": ["poll"], "capabilities": ["virtual_sleep"]}
OK = {"type": "result", "outcome": "ok", "value": {"status": "COMPLETE"}}


def say(message: dict[str, Any], **more: Any) -> None:
    """Write one line."""
    print(json.dumps({**message, **more}), flush=True)


def hear() -> dict[str, Any]:
    """The next line; the end of the input counts as bye."""
    heard: dict[str, Any] = json.loads(sys.stdin.readline() or '{"type":"bye"}')
    return heard


def sleep(run: dict[str, Any], ms: int) -> dict[str, Any]:
    """Ask for a sleep; what comes next."""
    say({"type": "sleep", "id": run["id"], "ms": ms})
    return hear()


# --- what is done instead of a run


def correct(run: dict[str, Any]) -> None:
    """Sleep once, and be done."""
    woken = sleep(run, 1500)
    say(OK, id=run["id"], value={"status": "COMPLETE", "woken": woken})


def crash(run: dict[str, Any]) -> None:
    """End with an exit code."""
    print("it went wrong", run["id"], file=sys.stderr, flush=True)
    os._exit(3)


def killed(_run: dict[str, Any]) -> None:
    """End by a signal."""
    os.kill(os.getpid(), signal.SIGSEGV)


def closed(_run: dict[str, Any]) -> None:
    """Close stdout and go on."""
    os.close(1)
    sys.stdin.read()


def hang(_run: dict[str, Any]) -> None:
    """Say nothing, with a child that does the same."""
    subprocess.run(["sleep", "600"], check=False)


def holds(_run: dict[str, Any]) -> None:
    """Hang, with a child that holds the pipe named by the second argument: its end shows that both are gone."""
    with open(sys.argv[2], "w", encoding="ascii") as pipe:
        pipe.write("here\n")
        pipe.flush()
        subprocess.run(["sleep", "600"], pass_fds=[pipe.fileno()], check=False)


def garbage(_run: dict[str, Any]) -> None:
    """Write text that is not JSON."""
    print("starting up…", flush=True)


def not_utf8(_run: dict[str, Any]) -> None:
    """Write bytes that are no text."""
    os.write(1, b'{"type":"event","kind":"\xff"}\n')


def too_long(run: dict[str, Any]) -> None:
    """Write more than 1 MiB in a line."""
    say({"type": "event", "id": run["id"], "kind": "x" * 1024 * 1024})


def endless(_run: dict[str, Any]) -> None:
    """Write a line that never ends."""
    while True:
        os.write(1, b"x" * 65536)


def chatters(run: dict[str, Any]) -> None:
    """Send events for ever."""
    line = json.dumps({"type": "event", "id": run["id"], "kind": "\x1b[2J", "message": "x" * 1000}) + "\n"
    while True:
        os.write(1, line.encode() * 50)


def floods(_run: dict[str, Any]) -> None:
    """Print on stderr without measure, and say nothing."""
    for _ in range(80):
        os.write(2, b"x" * 1_000_000)
    sys.stdin.read()


def duplicate(run: dict[str, Any]) -> None:
    """Give two results."""
    line = json.dumps({**OK, "id": run["id"]}) + "\n"
    os.write(1, (line + line).encode())


def unknown_id(_run: dict[str, Any]) -> None:
    """Name a case that was never started."""
    say(OK, id="somebody-else")


def unknown_type(run: dict[str, Any]) -> None:
    """Invent a message."""
    say({"type": "log", "id": run["id"]})


def second_hello(_run: dict[str, Any]) -> None:
    """Greet again."""
    say(HELLO)


def error_without_error(run: dict[str, Any]) -> None:
    """Report an error and leave out which."""
    say({"type": "result", "id": run["id"], "outcome": "error"})


def deaf(run: dict[str, Any]) -> None:
    """Stop reading, and never answer."""
    del run
    signal.pause()


def sleeps_for_ever(run: dict[str, Any]) -> None:
    """Sleep an hour, again and again."""
    while True:
        sleep(run, 3_600_000)


def naps_for_ever(run: dict[str, Any]) -> None:
    """Sleep 10 ms, again and again."""
    while True:
        sleep(run, 10)


def heeds_cancel(run: dict[str, Any]) -> None:
    """Sleep ten seconds at a time until told to stop."""
    while (heard := sleep(run, 10_000))["type"] != "cancel":
        pass
    woken = hear()
    error = {"class": "cancelled", "message": f"{heard['type']}, {woken['type']} at {woken['now_ms']}"}
    say({"type": "result", "id": run["id"], "outcome": "error", "error": error})


def declines(run: dict[str, Any]) -> None:
    """Say that it cannot do that."""
    say({"type": "result", "id": run["id"], "outcome": "unsupported", "why": "not today"})


def talkative(run: dict[str, Any]) -> None:
    """Send unknown events and fields, and write the secret to stderr."""
    print("the secret is", run["credentials"]["secret"], file=sys.stderr, flush=True)
    say({"type": "event", "id": run["id"], "kind": "progress", "colour": "red", "future": {"a": [1]}})
    say(OK, id=run["id"], mood="good")


RUNS: dict[str, Callable[[dict[str, Any]], None]] = {
    name: value for name, value in list(globals().items()) if callable(value) and name not in ("say", "hear", "sleep")
}


# --- what is done instead of a greeting


def greet(name: str) -> None:
    """Greet, unless `name` says how not to."""
    hellos: dict[str, dict[str, Any]] = {
        "wrong_protocol": {**HELLO, "protocol": 2},
        "no_client": {"type": "hello", "protocol": 1},
        "sleeps_undeclared": {**HELLO, "capabilities": []},
        "odd_capability": {**HELLO, "capabilities": ["json", "telepathy"]},
        "odd_operation": {**HELLO, "ops": ["dance"]},
        "no_file": {**HELLO, "ops": ["download", "call", "create", "list", "publish", "statistics"]},
        "nameless": {**HELLO, "capabilities": ["json"], "client": {**CLIENT, "version": ""}},
    }
    if name == "prints_first":
        print("warming up", flush=True)
    if name == "dies_at_once":
        sys.exit("no licence")
    say(hellos.get(name, HELLO))


def main(name: str) -> None:
    """Serve the protocol until bye, doing each run as `name` says."""
    while (message := hear())["type"] != "bye":
        if message["type"] == "hello":
            greet(name)
        elif message["type"] == "run":
            RUNS.get(name, correct)(message)
    if name == "bad_exit":
        sys.exit(4)
    if name == "ignores_bye":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if name in ("ignores_bye", "goes_on"):
        signal.pause()


if __name__ == "__main__":
    main(sys.argv[1])
