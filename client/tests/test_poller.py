import itertools
import json
import threading

import pytest
from client.tests.conftest import PROCESSING, ScriptedApi, VirtualClock, answer, complete
from hypothesis import assume, given
from hypothesis import strategies as st

from flipsnack_client import (
    Cancelled,
    JobFailed,
    JobStatus,
    MalformedAnswer,
    PollPolicy,
    UnknownStatus,
    Update,
)

LINK = "https://cdn.example/p.zip?Signature=abc"
FAILED = answer(code=20, status="OK", data={"status": "FAILED"})


@pytest.mark.parametrize("link", [{}, {"resourceUrl": LINK}], ids=["without a link", "with a link"])
def test_a_poll_that_says_processing_has_no_link(api: ScriptedApi, link: dict[str, str]) -> None:
    api.server.plan = [answer(code=20, status="OK", data={"status": "PROCESSING", **link})]
    update = api.client().download_html("h").poll_once()
    assert (JobStatus.PROCESSING, None, 1) == (update.status, update.resource_url, update.attempt)


def test_wait_polls_until_complete(api: ScriptedApi) -> None:
    api.server.plan = [PROCESSING, PROCESSING, complete(LINK)]
    seen: list[Update] = []
    done = api.client().download_html("h").wait(on_poll=seen.append)
    assert ["PROCESSING", "PROCESSING", "COMPLETE"] == [update.status for update in seen]
    assert LINK == done.resource_url
    assert 3 == len(api.server.requests)


@pytest.mark.parametrize("last", [complete(LINK), FAILED], ids=["COMPLETE", "FAILED"])
def test_nothing_is_asked_after_a_final_status(api: ScriptedApi, last: object) -> None:
    api.server.plan = [last]  # type: ignore[list-item]
    poller = api.client().download_html("h")
    first = poller.poll_once()
    assert first is poller.poll_once()
    assert [first] == list(poller.updates())
    assert 1 == len(api.server.requests)


def test_a_failed_job_ends_the_wait_and_is_the_last_update(api: ScriptedApi) -> None:
    api.server.plan = [PROCESSING, FAILED]
    poller = api.client().download_html("h")
    assert ["PROCESSING", "FAILED"] == [update.status for update in poller.updates()]
    for _ in range(2):
        with pytest.raises(JobFailed, match="FAILED"):
            poller.wait()
    assert 2 == len(api.server.requests)


@pytest.mark.parametrize("status", ["WAITING", "", "complete", "NEW", "final"])
def test_an_undocumented_status_is_neither_running_nor_done(api: ScriptedApi, status: str) -> None:
    api.server.plan = [answer(code=20, status="OK", data={"status": status, "resourceUrl": LINK})]
    with pytest.raises(UnknownStatus) as caught:
        api.client().download_html("h").wait()
    assert status == caught.value.status
    assert 1 == len(api.server.requests)


def test_a_status_that_is_no_text_is_malformed(api: ScriptedApi) -> None:
    """What lacks altogether is in test_call_faults, for each format; only JSON can have a number there."""
    api.server.plan = [answer(code=20, status="OK", data={"status": 7})]
    with pytest.raises(MalformedAnswer, match="no status"):
        api.client().download_html("h").poll_once()


@pytest.mark.parametrize("polls", [0, 1])
def test_cancel_ends_the_wait_and_leaves_a_token(api: ScriptedApi, polls: int) -> None:
    api.server.plan = [PROCESSING]
    cancel = threading.Event()
    if not polls:
        cancel.set()
    poller = api.client().download_html("h")
    with pytest.raises(Cancelled) as caught:
        poller.wait(cancel=cancel, on_poll=lambda _: cancel.set())
    assert (poller.token, polls) == (caught.value.token, len(api.server.requests))


def test_a_token_goes_on_elsewhere_and_holds_no_secret(api: ScriptedApi) -> None:
    api.server.plan = [complete(LINK)]
    token = api.client().download_html("d3m0h45h").token
    assert {"version": 1, "action": "collection.downloadHTML", "collectionHash": "d3m0h45h"} == json.loads(token)
    assert LINK == api.client().resume(token).wait().resource_url


@pytest.mark.parametrize("token", ["", "{}", "[]", "null", '{"version": 2}', '{"version": 1, "action": "x"}'])
def test_what_is_no_token_is_refused(api: ScriptedApi, token: str) -> None:
    with pytest.raises(ValueError, match="not a token"):
        api.client().resume(token)


POLICIES = st.builds(
    PollPolicy,
    first=st.floats(0.5, 5),
    factor=st.floats(1, 3),
    max=st.floats(5, 60),
    jitter=st.floats(0, 1),
    last=st.floats(0, 2),
)


@given(POLICIES, st.floats(1, 600), st.floats(0, 1, exclude_max=True))
def test_the_last_poll_lands_before_the_deadline_and_intervals_are_never_short(
    policy: PollPolicy, seconds: float, chance: float
) -> None:
    clock, polls, at = VirtualClock(), 1, list[float]([0.0])
    landing = seconds - policy.last
    assume(landing > policy.first)
    while (pause := policy.pause(polls, seconds - clock.time + 1000.0, chance)) is not None:
        clock.time += pause
        polls += 1
        at.append(clock.time - 1000.0)
        assert polls < 10_000
    assert landing == pytest.approx(at[-1], abs=0.001)
    gaps = [late - early for early, late in itertools.pairwise(at)]
    assert all(gap >= policy.first - 1e-6 for gap in gaps)


@given(POLICIES, st.integers(1, 1_000), st.floats(0, 1, exclude_max=True))
def test_intervals_grow_to_the_cap(policy: PollPolicy, polls: int, chance: float) -> None:
    assert policy.first <= policy.interval(polls, chance) <= policy.max * (1 + policy.jitter)


@pytest.mark.parametrize("wrong", [{"first": 0}, {"factor": 0.9}, {"max": 1}, {"jitter": -1}, {"last": -1}])
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="first is above 0"):
        PollPolicy(**wrong)


def test_a_repr_tells_the_state_without_the_link(api: ScriptedApi) -> None:
    api.server.plan = [complete(LINK)]
    poller = api.client().download_html("h")
    assert "<Poller h not polled yet>" == repr(poller)
    assert "Signature" not in repr(poller.poll_once()) + repr(poller)
