"""Cold start: from a process's start to its first answer, against what `import flask` alone takes."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from statistics import median

from bench.figure import Figure
from bench.process import FAKE, SERVER_CORE, URL, pinned, start
from bench.size import Size


def _timed(action: Callable[[], None]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def _first_answer() -> float:
    begin = time.perf_counter()
    with start(FAKE, stdout=subprocess.PIPE, env={"FLIPSNACK_MOCK_LOG": "off"}) as process:
        try:
            assert process.stdout is not None
            match = URL.search(process.stdout.readline())
            if match is None:
                raise RuntimeError("the fake did not say where it listens")
            urllib.request.urlopen(match[0] + "/health").read()
            return time.perf_counter() - begin
        finally:
            process.terminate()


def _import_flask() -> None:
    subprocess.run(pinned(SERVER_CORE, [sys.executable, "-c", "import flask"]), check=True)


def measure(size: Size) -> Iterator[Figure]:
    """Medians, taken in turns; the first start of each, with cold files, is not counted."""
    _first_answer()
    _import_flask()
    starts, imports = [], []
    for _ in range(size.starts):
        starts.append(_first_answer())
        imports.append(_timed(_import_flask))
    yield Figure("cold start to the first answer", 1000 * median(starts), "ms")
    yield Figure("python -c 'import flask'", 1000 * median(imports), "ms")
    yield Figure("cold start, in imports of Flask", median(starts) / median(imports), "times", "< 2")
