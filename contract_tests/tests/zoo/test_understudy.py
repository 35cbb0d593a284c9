import logging
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace

import pytest
from contract_tests.zoo.clients import bench_of
from contract_tests.zoo.understudy import understudy_of

import flipsnack_client
from flipsnack_contract.adapter.case import Outcome
from flipsnack_contract.adapter.fake_server import fake_at
from flipsnack_contract.scenarios.client_checks import client_checks
from flipsnack_contract.scenarios.evaluation import Bench, broken_in
from flipsnack_contract.scenarios.scenario import Scenario
from flipsnack_contract.scenarios.scenario_catalogue import SCRIPT
from flipsnack_mock.testing import MockServer


def _bench(library: ModuleType) -> Iterator[Bench]:
    with MockServer() as server, fake_at(server.url) as fake, bench_of(understudy_of(library), fake) as bench:
        yield bench


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """The reference client as it is, in a thread."""
    yield from _bench(flipsnack_client)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("built in 5 s", None),
        ("one poll", None),
        ("failed at once", "job_failed"),
        ("a wrong secret", "auth"),
        ("never built, a short deadline", "deadline"),
        ("cancelled while it is built", "cancelled"),
        ("dead links", "transport"),
        ("packages that are no zip", "damaged"),
        ("no data (json)", "protocol"),
    ],
)
def test_every_end_of_the_reference_client_is_told(name: str, error: str | None, bench: Bench) -> None:
    """What it raises becomes the class of error of the adapter protocol; nobody blames it."""
    performance = bench.watch(SCRIPT[name])
    assert (error, []) == (performance.error, list(broken_in(client_checks(), performance)))


def test_what_it_logs_is_heard(bench: Bench) -> None:
    """Its own words and those of its HTTP library, the query of a signed URL hidden; afterwards nobody listens."""
    before = list(logging.getLogger("urllib3").handlers)
    printed = bench.watch(Scenario()).report.printed
    assert "collection.downloadHTML: HTTP 200, code 20" in printed
    assert '"GET [hidden] HTTP/1.1" 200' in printed
    assert before == logging.getLogger("urllib3").handlers


def test_a_copy_that_falls_over_is_a_fault_of_the_adapter() -> None:
    """And never an error that the client reported."""
    broken = SimpleNamespace(**{**vars(flipsnack_client), "Flipsnack": None})
    for bench in _bench(broken):  # type: ignore[arg-type]  # whatever has the names of the library
        performance = bench.watch(Scenario())
        assert (Outcome.FAULT, "crash") == (performance.outcome, performance.report.fault)
