from collections.abc import Callable

import pytest
from contract_tests.tests.live.conftest import Scene
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.live.budget import BudgetSpent
from flipsnack_contract.live.call import Call, Key
from flipsnack_contract.live.caller import Inconclusive

MINUTE = 60 * SECOND
MakeScene = Callable[..., Scene]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(latencies=st.lists(st.integers(0, 400_000), min_size=70, max_size=70))
def test_no_server_sees_more_than_the_limits(latencies: list[int], scene: MakeScene) -> None:
    """However long answers take, and wherever in that time a request arrives: 5 in any second, 60 in any minute."""
    stage = scene()
    caller = stage.caller()
    early, late = [], []
    for latency in latencies:
        stage.target.latency = latency
        assert 20 == caller.ask(Call()).code
        early.append(stage.target.arrivals[-1])
        late.append(stage.clock.now)
    # A window that begins with an arrival as late as can be, and ends with one as early as can be.
    assert all(after - before >= SECOND for before, after in zip(late, early[5:], strict=False))
    assert all(after - before >= MINUTE for before, after in zip(late, early[60:], strict=False))


def test_calls_of_an_earlier_run_count(scene: MakeScene) -> None:
    """Whoever starts again at once waits for the minute all the same."""
    stage = scene(made=tuple(range(1_790_000_000_000_000 - 60, 1_790_000_000_000_000)))
    stage.caller().ask(Call())
    assert MINUTE - 60 == stage.target.arrivals[0] - 1_790_000_000_000_000


def test_the_budget_is_a_hard_stop(scene: MakeScene) -> None:
    """What would be one too many is not sent."""
    stage = scene(calls=2)
    caller = stage.caller()
    caller.ask(Call())
    caller.reply(Call())
    with pytest.raises(BudgetSpent):
        caller.ask(Call())
    assert 2 == len(stage.target.sent)


def test_a_call_is_noted_before_it_is_sent(scene: MakeScene) -> None:
    """Whatever happens then, a later run knows of it."""
    stage = scene(latency=1000)
    stage.caller().ask(Call())
    assert stage.noted == stage.target.arrivals


@pytest.mark.parametrize(
    ("setting", "says"),
    [({"requests_per_second": 1}, "a limit refused"), ({"requests_per_minute": 1}, "a limit refused")],
)
def test_a_refusal_by_a_limit_is_inconclusive(setting: dict[str, int], says: str, scene: MakeScene) -> None:
    """It says nothing of what was asked."""
    caller = scene(**setting).caller()
    caller.ask(Call())
    with pytest.raises(Inconclusive, match=says):
        caller.ask(Call())


def test_only_links_that_an_answer_gave_are_followed(scene: MakeScene) -> None:
    """So nothing can be asked of the API on that way."""
    stage = scene()
    caller = stage.caller()
    with pytest.raises(ValueError, match="only resource URLs that an answer gave"):
        caller.fetch(stage.target.base_url + "?action=collection.delete")
    url = str(caller.ask(Call()).resource_url)
    assert 206 == caller.fetch(url, span="bytes=0-3").status
    assert 200 == caller.fetch(url, method="HEAD").status


def test_the_trace_shows_no_secret(scene: MakeScene) -> None:
    """Keys are shortened, signatures left out, of calls and of links."""
    caller = scene().caller()
    url = str(caller.ask(Call()).resource_url)
    caller.fetch(url, method="HEAD")
    caller.ask(Call(key=Key.UNKNOWN))
    text = "\n".join(caller.trace)
    signature = url.partition("Signature=")[2].partition("&")[0]
    assert (False, False, True) == ("secret" in text, signature in text, "apiKey=test-l…" in text)
