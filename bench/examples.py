"""Contract examples a second: how fast the kit judges the fake, in its own process and over a socket."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.process import FAKE, LOAD_CORE, TOOLS, pinned, serving
from bench.size import Size


def measure(size: Size) -> Iterator[Figure]:
    """All checks of the kit, at both kinds of target."""
    yield Figure("contract examples, in process", _rate(["--app", "flipsnack_mock:create_app"], size), "a second")
    with serving(FAKE, {"FLIPSNACK_MOCK_LOG": "off", "FLIPSNACK_MOCK_HTTP_STATUSES": "{}"}) as server:
        yield Figure("contract examples, over a socket", _rate([f"{server.url}/v1/"], size), "a second")


def _rate(target: list[str], size: Size) -> float:
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        argv = [sys.executable, str(TOOLS / "flipsnack-contract"), "server", *target]
        argv += ["--examples", str(size.examples), "--report-log", str(results)]
        run = subprocess.run(pinned(LOAD_CORE, argv), cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"the kit found fault with the fake: {run.stdout[-2000:]}{run.stderr}")
        reports = [json.loads(line) for line in results.read_text().splitlines()]
    judged = (one for report in reports for one in (report.get("flipsnack") or {}).get("results", ()))
    played = [one for one in judged if one["examples"]]
    return float(sum(line["examples"] for line in played) / sum(line["seconds"] for line in played))
