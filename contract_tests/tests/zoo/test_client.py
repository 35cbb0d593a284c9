"""The second correct client at the second correct server: what no operation of the adapter protocol is for."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.client import Client
from contract_tests.zoo.task import ClientError, Task

from flipsnack_contract.contract.documents import pdf
from flipsnack_contract.target.control import AccountControl, Control
from flipsnack_contract.target.target import HttpTarget


class _Silent(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Log nothing."""


@dataclass
class _Runtime:
    account: AccountControl
    sleeps: list[int] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    @property
    def now_ms(self) -> int:
        return self.account.now // 1000

    @now_ms.setter
    def now_ms(self, value: int) -> None:
        self.account.advance(value * 1000 - self.account.now)

    def sleep(self, ms: int) -> None:
        self.sleeps.append(ms)
        self.account.advance(ms * 1000)

    def report_progress(self, _sent: int, _total: int) -> None:
        """Ignore it: no test reads the progress."""

    def report_status(self, status: str) -> None:
        self.states.append(status)

    def log(self, text: str) -> None:
        raise AssertionError(text)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with make_server("127.0.0.1", 0, AltServer(), handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/"
        server.shutdown()
        thread.join()


@pytest.fixture
def runtime(base_url: str, request: pytest.FixtureRequest) -> Iterator[_Runtime]:
    with HttpTarget(base_url) as target:
        account = Control(target, base_url.removesuffix("v1/")).create_account(request.node.name, "s")
        account.freeze()
        yield _Runtime(account)


@pytest.fixture
def task(base_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Task:
    return Task(base_url, request.node.name, "s", "", tmp_path / "package.zip")


@pytest.mark.parametrize("form", ["json", "jsonp", "xml"])
def test_from_a_document_to_its_package(task: Task, runtime: _Runtime, form: str, tmp_path: Path) -> None:
    document = tmp_path / "spring 2024.pdf"
    document.write_bytes(pdf(2))
    runtime.account.settings(conversion_schedule="after-10s")
    client = Client(Task(task.base_url, task.key, task.secret, "", task.dest, form), runtime)
    made = client.create({"collectionStatus": "editable"}, {"file": document})
    assert "spring 2024" == made["collectionTitle"]
    client.wait_converted(made["collectionHash"])
    assert (["processing", "processing", "processing", "complete"], [3000, 4500, 6750]) == (
        runtime.states,
        runtime.sleeps,
    )
    published = client.publish(made["collectionHash"])
    assert "public" == published["collectionStatus"] != made["collectionStatus"]
    final = Task(task.base_url, task.key, task.secret, published["collectionHash"], task.dest, form)
    assert Client(final, runtime).download().bytes == task.dest.stat().st_size


def test_a_failed_conversion_is_the_end(task: Task, runtime: _Runtime) -> None:
    runtime.account.settings(conversion_schedule="failed-after-3s")
    client = Client(task, runtime)
    made = client.create({"fileUrl": "https://example.com/a.pdf"}, {})
    with pytest.raises(ClientError, match="failed"):
        client.wait_converted(made["collectionHash"])


def test_a_long_list_is_complete_and_within_the_limits(task: Task, runtime: _Runtime) -> None:
    made = [runtime.account.create_collection(title=f"{number}") for number in range(120)]
    assert made[::-1] == [one["collectionHash"] for one in Client(task, runtime).collections({})]


def test_statistics_are_asked_for_once_an_hour(task: Task, runtime: _Runtime) -> None:
    params, client = {"collectionHash": runtime.account.create_collection()}, Client(task, runtime)
    assert 0 == client.statistics(params)["views"]
    runtime.account.call(
        "PUT", f"/collections/{params['collectionHash']}/statistics", [{"date": "2024-01-01", "views": 5}]
    )
    assert 0 == client.statistics(params)["views"]
    runtime.sleep(3_600_000)
    assert 5 == client.statistics(params)["views"]


def test_only_an_upload_of_which_nothing_was_sent_is_repeated(task: Task, runtime: _Runtime) -> None:
    """Nothing listens at the discard port, so it is known that nothing was done."""
    lost = Task("http://127.0.0.1:9/v1/", task.key, task.secret, "", task.dest)
    with pytest.raises(ClientError, match="no answer"):
        Client(lost, runtime).create({"fileUrl": "https://example.com/a.pdf"}, {})
    assert 7 == len(runtime.sleeps)
    nowhere = Task(task.base_url.removesuffix("v1/"), task.key, task.secret, "", task.dest)
    with pytest.raises(ClientError, match="may exist"):
        Client(nowhere, runtime).create({"fileUrl": "https://example.com/a.pdf"}, {})
    assert 7 == len(runtime.sleeps)
