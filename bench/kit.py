"""What the kit takes to judge the fake and the reference client, and how much sooner two workers are done."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from bench.figure import Figure
from bench.process import TOOLS
from bench.size import Size

ADAPTER = Path(__file__).parents[1] / "contract_tests" / "adapters" / "python" / "adapter.py"
# Whom it judges: what follows the command, and the most seconds of processor time.
JUDGED = {
    "server": (["--app", "flipsnack_mock:create_app"], "< 15"),
    "client": (["--", sys.executable, str(ADAPTER)], "< 25"),
}
WORKERS = ["-n", "2"]


def measure(_size: Size) -> Iterator[Figure]:
    """One run of each with as many examples as the kit draws by itself, and one with two workers."""
    for judged, (target, aim) in JUDGED.items():
        processor, alone = _run([judged, *target])
        _, shared = _run([judged, *WORKERS, *target])
        yield Figure(f"the kit on a {judged}: processor time", processor, "s", aim)
        yield Figure(f"the kit on a {judged}: wall time", alone, "s")
        yield Figure(f"the kit on a {judged}: wall time with -n 2, of that without", shared / alone, "times", "< 0.6")


def _run(arguments: list[str]) -> tuple[float, float]:
    """Seconds of the processor, for all processes of the run, and of the wall clock."""
    argv = [sys.executable, str(TOOLS / "flipsnack-contract"), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        used, begin = _children_seconds(), time.perf_counter()
        run = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begin
    if run.returncode != 0:
        raise RuntimeError(f"the kit found fault with what it judged: {run.stdout[-2000:]}{run.stderr}")
    return _children_seconds() - used, seconds


def _children_seconds() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
