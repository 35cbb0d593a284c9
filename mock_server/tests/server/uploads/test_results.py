import threading
from concurrent.futures import CancelledError, Future

import pytest

from flipsnack_mock.server.uploads.results import Results


def test_a_result_is_made_once_and_the_latest_are_kept() -> None:
    results, made = Results(2, threads=1), list[str]()

    def begin(key: str) -> str:
        def make() -> str:
            made.append(key)
            return key * 2

        return str(results.begin(key, make).result())

    assert ["aa", "bb", "aa", "cc", "aa", "bb"] == [begin(key) for key in "abacab"]
    assert list("abcb") == made, "b was the oldest when c came"
    assert (None, True) == (results.find("c"), results.find("a") is not None)
    results.close()


def test_who_asks_for_a_result_on_its_way_waits_for_it() -> None:
    results, go_on = Results(1, threads=1), threading.Event()
    first: Future[bool] = results.begin("a", lambda: go_on.wait(30))
    assert first is results.begin("a", lambda: pytest.fail("made twice"))
    assert not first.done()
    behind: Future[bool] = results.begin("b", lambda: True)
    go_on.set()
    assert (True, True) == (first.result(30), behind.result(30)), "what is forgotten is made for those who wait"
    results.close()


def test_nothing_is_made_after_the_end() -> None:
    results, go_on = Results(2, threads=1), threading.Event()
    results.begin("a", lambda: go_on.wait(30))
    waiting = results.begin("b", lambda: True)
    go_on_later = threading.Timer(0.01, go_on.set)
    go_on_later.start()
    results.close()
    with pytest.raises(CancelledError):
        waiting.result(30)
