"""Cold start: to the fake's first answers, against what `import flask` alone takes; and `--help`, against click's."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from statistics import median

from bench.figure import Figure
from bench.process import FAKE, SERVER_CORE, TOOLS, URL, pinned, start
from bench.size import Size
from bench.throughput import signed_target

COMMANDS = ("flipsnack", "flipsnack-mock", "flipsnack-contract")


def _timed(action: Callable[[], None]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


# Flask serves the one, and is imported for it; the other needs none.
HEALTH, CALL = "/health", signed_target("test-start", "mock-complete")


def _first_answer(target: str) -> float:
    begin = time.perf_counter()
    with start(FAKE, stdout=subprocess.PIPE, env={"FLIPSNACK_MOCK_LOG": "off"}) as process:
        try:
            assert process.stdout is not None
            match = URL.search(process.stdout.readline())
            if match is None:
                raise RuntimeError("the fake did not say where it listens")
            urllib.request.urlopen(match[0] + target).read()
            return time.perf_counter() - begin
        finally:
            process.terminate()


def _run(*argv: str) -> None:
    subprocess.run(pinned(SERVER_CORE, list(argv)), stdout=subprocess.DEVNULL, check=True)


def _import_flask() -> None:
    _run(sys.executable, "-c", "import flask")


def measure(size: Size) -> Iterator[Figure]:
    """Medians, taken in turns; the first start of each, with cold files, is not counted."""
    _first_answer(CALL)
    _import_flask()
    starts: dict[str, list[float]] = {CALL: [], HEALTH: []}
    imports = []
    for _ in range(size.starts):
        for target, seconds in starts.items():
            seconds.append(_first_answer(target))
        imports.append(_timed(_import_flask))
    yield Figure("cold start to the first call answered", 1000 * median(starts[CALL]), "ms")
    yield Figure("cold start to the answer of /health", 1000 * median(starts[HEALTH]), "ms")
    yield Figure("python -c 'import flask'", 1000 * median(imports), "ms")
    yield Figure("cold start, in imports of Flask", median(starts[CALL]) / median(imports), "times", "< 2")
    yield from _help(size)


def _help(size: Size) -> Iterator[Figure]:
    """What `--help` of each command takes, in imports of click."""
    seconds: dict[str, list[float]] = {name: [] for name in ("", *COMMANDS)}
    for _ in range(size.starts + 1):
        seconds[""].append(_timed(lambda: _run(sys.executable, "-c", "import click")))
        for name in COMMANDS:
            seconds[name].append(_timed(lambda name=name: _run(str(TOOLS / name), "--help")))  # type: ignore[misc]
    # The first of each, with cold files, is not counted.
    click = median(seconds.pop("")[1:])
    for name, times in seconds.items():
        yield Figure(f"{name} --help, in imports of click", median(times[1:]) / click, "times", "< 1.5")
