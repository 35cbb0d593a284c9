"""The reference client lives through the same histories as a bare caller, and ends where the model says."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from flipsnack_client import (
    ApiError,
    DeadlineExceeded,
    Flipsnack,
    Forbidden,
    JobFailed,
    JobStatus,
    Limiter,
    PollPolicy,
    RetryPolicy,
)
from flipsnack_contract.checks.stateful_model import History
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.contract.oracle import JobModel
from flipsnack_contract.target.session import Session
from flipsnack_contract.target.target_under_test import TargetUnderTest

FORMATS = ("json", "jsonp", "xml")
quick = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@dataclass
class SharedClock:
    """The client's time is the fake's: who sleeps moves both."""

    session: Session
    chance: float = 0.5
    at: dict[int, Callable[[], None]] = field(default_factory=dict)

    def now(self) -> float:
        """Seconds."""
        return self.session.clock.now / SECOND

    def sleep(self, seconds: float, *, cancel: Event | None = None) -> None:
        """Let time pass; what was planned for an instant happens at it."""
        del cancel
        end = self.session.clock.now + round(seconds * SECOND)
        for instant in sorted(self.at):
            if instant <= end:
                self.session.wait(max(0, instant - self.session.clock.now))
                self.at.pop(instant)()
        self.session.wait(end - self.session.clock.now)

    def random(self) -> float:
        """Always the same chance."""
        return self.chance


def _client(session: Session, clock: SharedClock, answer_format: str = "json", **options: object) -> Flipsnack:
    return Flipsnack(
        session.key,
        session.secret,
        base_url=session.target.base_url,
        format=answer_format,
        clock=clock,
        **options,  # type: ignore[arg-type]  # whatever a test needs of the client's own options
    )


class ClientHistory(History):
    """The histories of the server's check, each call made by the client."""

    def ask(self, collection: str, form: str) -> Answer:
        """What one poll says, be it an update or the exception of a code."""
        clock = SharedClock(self.session)
        # One call is compared with one answer: nothing waits for a limit, nothing is tried again.
        options = {"limiter": Limiter(()), "retry": RetryPolicy(attempts=1)}
        with _client(self.session, clock, form, **options) as client:
            try:
                update = client.download_html(collection).poll_once()
            except ApiError as refusal:
                return Answer(refusal.code, refusal.message)
        link = {} if update.resource_url is None else {"resourceUrl": str(update.resource_url)}
        return Answer(20, "OK", {"status": update.status.value, **link})


def test_the_client_says_of_every_history_what_the_model_says(served: TargetUnderTest) -> None:
    """Code by code and state by state, in every format."""
    run_state_machine_as_test(
        cast("type[ClientHistory]", lambda: ClientHistory(served.session)),
        settings=settings(quick, max_examples=20, stateful_step_count=20),
    )


ENDS = ("immediate", "after-0.25s", "after-5s", "after-30s", "after-1-polls", "after-4-polls", "never", "manual")
schedules = st.sampled_from([*ENDS, *(f"failed-{words}" for words in ENDS)])


@quick
@given(schedule=schedules, answer_format=st.sampled_from(FORMATS), chance=st.sampled_from([0.0, 0.5, 0.999]))
@example(schedule="failed-after-5s", answer_format="xml", chance=0.0)
@example(schedule="after-30s", answer_format="jsonp", chance=0.999)
def test_waiting_ends_in_the_state_the_model_is_in(
    served: TargetUnderTest, schedule: str, answer_format: str, chance: float
) -> None:
    """COMPLETE, JobFailed, or a deadline that passed while the job was PROCESSING; never anything else."""
    with served.session() as session:
        collection = session.collection(schedule)
        model, clock = JobModel(schedule), SharedClock(session, chance)
        polls: list[str] = []
        with _client(session, clock, answer_format) as client:
            told = _end(client, collection, lambda: polls.append(model.call(session.clock.now)))
        assert [polls[-1]] * 2 == [told, session.steer.job_state(collection)]
        assert ("never" in schedule or "manual" in schedule) == (told == "PROCESSING")


def _end(client: Flipsnack, collection: str, polled: Callable[[], None]) -> str:
    """How waiting for at most two minutes ended, in the vendor's words."""
    try:
        return client.download_html(collection).wait(deadline=120, on_poll=lambda _update: polled()).status.value
    except JobFailed:
        return "FAILED"
    except DeadlineExceeded as late:
        return str(late.last_status)


@pytest.mark.parametrize("answer_format", FORMATS)
@pytest.mark.parametrize("seconds", [1, 20, 45])
def test_maintenance_is_outlived(served: TargetUnderTest, tmp_path: Path, seconds: int, answer_format: str) -> None:
    """A spell of 22 in the middle of a job delays the package and does not lose it."""
    with served.session() as session:
        collection = session.collection("after-5s")
        start, clock = session.clock.now, SharedClock(session)
        clock.at = {
            start + SECOND: lambda: session.steer.maintenance(on=True),
            start + (1 + seconds) * SECOND: lambda: session.steer.maintenance(on=False),
        }
        with _client(session, clock, answer_format, retry=RetryPolicy(attempts=50)) as client:
            path = client.download_html(collection).save(tmp_path / "package.zip")
        _is_sound(path)
        assert session.clock.now - start >= seconds * SECOND


@pytest.mark.parametrize("pause", [0, 59, 60, 3600])
def test_a_link_that_died_is_replaced(served: TargetUnderTest, tmp_path: Path, pause: int) -> None:
    """However late the package is fetched after it was built, it arrives whole."""
    with served.session() as session:
        poller = _client(session, SharedClock(session)).download_html(session.collection("after-5s"))
        poller.wait()
        session.wait(pause * SECOND)
        _is_sound(poller.save(tmp_path / "package.zip"))


def test_a_key_that_others_have_used_up_is_waited_for(served: TargetUnderTest, tmp_path: Path) -> None:
    """31 and 32, caused by calls that the client knows nothing of, end in the package all the same."""
    with served.session() as session:
        collection = session.collection("immediate")
        for _ in range(60):
            session.ask(session.draft("another"))
        with _client(session, SharedClock(session), retry=RetryPolicy(attempts=50)) as client:
            _is_sound(client.download_html(collection).save(tmp_path / "package.zip"))


def test_the_client_never_runs_into_the_limits_by_itself(served: TargetUnderTest) -> None:
    """Polling many collections as fast as its limiter lets it, it sees no 31 and no 32."""
    with served.session() as session:
        hashes = [session.collection("immediate") for _ in range(3)]
        with _client(session, SharedClock(session), retry=RetryPolicy(attempts=1)) as client:
            states = {client.download_html(hashes[number % 3]).poll_once().status for number in range(130)}
        assert {JobStatus.COMPLETE} == states


def test_a_collection_that_is_deleted_meanwhile_is_forbidden(served: TargetUnderTest) -> None:
    """43 ends the wait at once, as its own exception."""
    with served.session() as session:
        collection = session.collection("never")
        start, clock = session.clock.now, SharedClock(session)
        clock.at = {start + 10 * SECOND: lambda: session.steer.delete_collection(collection)}
        with _client(session, clock) as client, pytest.raises(Forbidden):
            client.download_html(collection, policy=PollPolicy(first=3, max=3)).wait()
        assert session.clock.now - start < 20 * SECOND


def _is_sound(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert "index.html" in archive.namelist()
