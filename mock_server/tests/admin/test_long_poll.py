import multiprocessing
import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests
from mock_server.tests.conftest import KEY, Door
from mock_server.tests.raw_socket import CLOSE, connect, query, received, request

from flipsnack_mock.admin.long_poll import Work, length_of, work
from flipsnack_mock.testing import MockServer, Unmet

WAITERS = 200


def call(server: MockServer, key: str) -> requests.Response:
    return requests.get(server.base_url, params=query(key), timeout=10)


def begin(server: MockServer, key: str, timeout: float) -> socket.socket:
    connection = connect(server)
    connection.sendall(request(f"GET /__admin/requests/wait?key={key}&timeout={timeout}", headers=CLOSE))
    return connection


def test_hundreds_wait_without_a_thread_each(server: MockServer) -> None:
    """Many waits are open while calls go on; some clients disconnect, and one request ends all other waits."""
    key = "test-waiting-many"
    threads = threading.active_count()
    for _ in range(20):
        begin(server, key, 300).close()
    waiting = [begin(server, key, 60) for _ in range(WAITERS)]
    assert 200 == call(server, "test-waiting-other").status_code
    # The one that works for all may have begun meanwhile.
    assert threading.active_count() <= threads + 1
    call(server, key)
    answers = []
    for connection in waiting:
        with connection:
            answers.append(received(connection))
    assert WAITERS == sum(b'"complete":true' in answer and b'"count":1' in answer for answer in answers)


def test_a_wait_ends_with_its_timeout(server: MockServer) -> None:
    account = server.admin.account("test-waiting-timeout")
    call(server, account.key)
    with pytest.raises(
        Unmet, match=r"waited 0.02 s for 1, found 0\n  nearly r\d+: hash is 'mock-complete', expected 'f1'"
    ):
        account.requests.wait(hash="f1", timeout=0.02)


def test_a_wait_counts_what_was_there_before(server: MockServer) -> None:
    account = server.admin.account("test-waiting-count")
    call(server, account.key)
    with ThreadPoolExecutor(1) as pool:
        waited: Future[Any] = pool.submit(lambda: account.requests.wait(count=2, timeout=20))
        call(server, account.key)
        assert 2 == len(waited.result(20))


def test_work_that_fails_says_so_where_its_answer_is_asked_for() -> None:
    work = Work(lambda: 1 // 0)
    work.block()
    with pytest.raises(ZeroDivisionError):
        _ = work.answer


def test_a_long_diagnosis_is_answered_by_the_real_server(server: MockServer) -> None:
    """A request of nearly the greatest length: the diagnosis is cut short by its length, however long it takes."""
    params = {f"p{number}": "x" * 30 for number in range(900)} | {"apiKey": "test-long", "signature": "0" * 32}
    # Without a timeout: a busy machine may take as long as it likes.
    found = requests.post(f"{server.url}/__admin/explain", json={"params": params}, timeout=None).json()
    assert ("unexplained", False) == (found["verdict"], found["complete"])
    assert any(note.startswith("The diagnosis was cut short") for note in found["notes"])


def _diagnose_once() -> None:
    with MockServer() as server:
        server.admin.explain({"action": "a", "apiKey": "test-fork", "signature": "0" * 32})


def test_a_fork_of_a_process_that_has_worked_can_work_too() -> None:
    """Threads are not inherited: a server in a child has its own, whatever its parent has done before."""
    _diagnose_once()
    child = multiprocessing.get_context("fork").Process(target=_diagnose_once)
    child.start()
    child.join(30)
    try:
        assert 0 == child.exitcode
    finally:
        child.kill()
        child.join()


@pytest.mark.parametrize(("count", "title", "at_once"), [(1, "", True), (30, "a title", True), (3, "&" * 6_000, False)])
def test_few_short_requests_are_shown_at_once_and_others_beside_the_loop(
    door: Door, count: int, title: str, at_once: bool
) -> None:
    for _ in range(count):
        door.code(title=title)
    entries = list(door.world.journal.entries(KEY))
    assert at_once is not isinstance(work(lambda: None, size=length_of(entries)), Work)
