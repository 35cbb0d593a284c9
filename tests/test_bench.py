import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench import peers
from bench.figure import Figure
from bench.growth import Point, picture
from bench.load import Load, parse_report
from bench.process import HELLO, START_SECONDS, answering, free_port
from bench.side_by_side import OURS, OURS_SHIPPED, ratios
from bench.throughput import HELLO_WORLD, signed_target

from flipsnack_mock.testing import MockServer

REPOSITORY = Path(__file__).resolve().parents[1]

REPORT = """Running 5s test @ http://127.0.0.1:33333
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.20ms  303.23us   9.27ms   93.08%
    Req/Sec     7.27k   337.11     7.60k    84.00%
  Latency Distribution
     50%    2.15ms
     75%    2.21ms
     90%    2.31ms
     99%    3.58ms
  36172 requests in 5.00s, 9.83MB read
Requests/sec:   7232.83
Transfer/sec:      1.97MB
"""


ERRORS = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 100\n"


def test_a_time_of_seconds_is_read_as_wrk_pads_it() -> None:
    assert 1_190_000 == parse_report(REPORT.replace("3.58ms", "1.19s ")).p99


@pytest.mark.parametrize(("more", "errors"), [("", 0), (ERRORS, 110)])
def test_a_report_of_wrk_is_read(more: str, errors: int) -> None:
    """Requests, rate, p99 in microseconds, and errors, so that a run that was refused is not taken for a fast one."""
    assert Load(36172, 7232.83, 2150.0, 3580.0, errors) == parse_report(REPORT + more)


def test_hello_world_is_served_on_the_port_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    port = free_port()
    with answering([*HELLO, str(port)], {}, port, "/v1/") as (server, seconds):
        assert 0 < seconds < START_SECONDS
        assert server.megabytes() > 0


def test_a_peer_that_cannot_be_installed_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    with pytest.raises(RuntimeError, match=r"\S"):
        peers.Peer("gone", f"gone@file:{tmp_path}/nowhere.tgz", lambda _folder, _port: []).install()
    assert not (tmp_path / "gone" / "installed").exists()


def test_ours_is_compared_with_the_best_of_the_peers() -> None:
    """Of each figure the best, which need not be the same peer; without peers only with hello, world."""
    cost = {OURS: (50, 100), OURS_SHIPPED: (55, 100), HELLO_WORLD: (100, 1), "moto": (100, 500), "Prism": (200, 250)}
    medians = {name: {"processor": processor, "cold start": start} for name, (processor, start) in cost.items()}
    assert [1.1, 0.5, 0.5, 0.4] == [figure.value for figure in ratios(medians)]
    assert 2 == len(list(ratios({name: medians[name] for name in (OURS, OURS_SHIPPED, HELLO_WORLD)})))


def test_the_picture_has_a_panel_for_each_dimension_and_every_point() -> None:
    points = [Point(10, 100.0, 40.0), Point(100, 110.0, 41.0)]
    drawn = ElementTree.fromstring(picture({"keys": points, "requests": points}))
    texts = [one.text for one in drawn.iter() if one.tag.endswith("text")]
    assert {"keys", "requests", "10", "100", "110", "40", "41"} <= set(texts)
    assert 4 == sum(one.tag.endswith("polyline") for one in drawn.iter())


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(ValueError, match="no report"):
        parse_report("unable to connect")


@pytest.mark.parametrize(
    ("value", "aim", "met"), [(71.0, "≥ 70", True), (69.9, "≥ 70", False), (2.0, "< 2", False), (5.0, "", None)]
)
def test_an_aim_is_a_comparison(value: float, aim: str, met: bool | None) -> None:
    assert met is Figure("name", value, "", aim).met


def test_the_bench_measures_and_saves(tmp_path: Path) -> None:
    """The command still works as the fake changes; its figures mean nothing at this size."""
    out = tmp_path / "figures.json"
    parts = ("start", "memory", "robustness", "accounts", "restart")
    options = ("--size", "tiny", *(f"--only={part}" for part in parts), f"--out={out}")
    command = (sys.executable, "-m", "bench", *options)
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr

    names = {figure["name"] for figure in json.loads(out.read_text())["figures"]}
    assert {
        "cold start to the first call answered",
        "most memory while 5 MB streamed",
        "slow downloads still dripping",
        "memory with 200 accounts",
        "killed, started and answering again",
    } <= names


def test_a_load_without_wrk_counts_what_was_refused(tmp_path: Path) -> None:
    targets = tmp_path / "targets"
    targets.write_text(signed_target("test-load", "mock-complete") + "\n/nowhere\n")
    with MockServer(requests_per_second=0, requests_per_minute=0) as fake:
        run = subprocess.run(
            [sys.executable, "-m", "bench.load", fake.url, "0.2", "4"],
            cwd=REPOSITORY,
            env={"LOAD_TARGETS": str(targets)},
            capture_output=True,
            text=True,
            check=True,
        )
    load = parse_report(run.stdout)

    assert load.requests > 0
    assert 0 < load.errors < load.requests
