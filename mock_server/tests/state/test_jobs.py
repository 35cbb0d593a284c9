import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.conftest import SECOND, START

from flipsnack_mock.state.jobs import TRANSITIONS, IllegalMove, Job, Move, State, legal_targets
from flipsnack_mock.state.schedules import parse_schedule

WORDS = st.one_of(
    st.sampled_from(["immediate", "half-way", "half-way-3s", "manual", "never", "failed", "failed-after-1-poll"]),
    st.integers(0, 100).map(lambda seconds: f"after-{seconds}s"),
    st.integers(0, 9).map(lambda polls: f"after-{polls}-polls"),
)


def called(job: Job, words: str, now: int = START) -> Job:
    return job.polled(parse_schedule(words), now, schedule_text=words, restart_failed=False)


def forced(job: Job, target: State, words: str, now: int = START) -> Job:
    return job.force(target, parse_schedule(words), now, schedule_text=words)


def in_state(state: State) -> tuple[Job, str]:
    words = {State.COMPLETE: "immediate", State.FAILED: "failed"}.get(state, "manual")
    return (Job() if state is State.NEW else called(Job(), words)), words


@pytest.mark.parametrize("state", State)
def test_a_call_moves_a_job_as_the_table_says(state: State) -> None:
    job, words = in_state(state)
    # Threads may deliver calls a little out of order.
    for now in (START, START - 1):
        assert TRANSITIONS[state][Move.CALL] is called(job, words, now).state(parse_schedule(words), now)


@pytest.mark.parametrize("target", State)
@pytest.mark.parametrize("state", State)
def test_a_job_is_forced_only_along_the_table(state: State, target: State) -> None:
    job, words = in_state(state)
    legal = {State(value) for move, value in TRANSITIONS[state].items() if move is not Move.CALL}
    assert legal == set(legal_targets(state))
    if target not in legal:
        with pytest.raises(IllegalMove, match=f"{state} cannot become {target}") as caught:
            forced(job, target, words)
        assert legal == set(caught.value.legal)
    elif target is not State.PROCESSING:
        assert target is forced(job, target, words).state(parse_schedule(words), START)


def test_a_job_that_failed_can_be_started_again() -> None:
    words, late = "failed-after-5s", START + 9 * SECOND
    again = forced(called(Job(), words), State.PROCESSING, words, late)
    states = [again.state(parse_schedule(words), now) for now in (late, late + 5 * SECOND - 1, late + 5 * SECOND)]
    assert [State.PROCESSING, State.PROCESSING, State.FAILED] == states


@given(words=WORDS, steps=st.lists(st.tuples(st.integers(0, 20 * SECOND), st.booleans()), max_size=25))
def test_a_job_never_goes_back(words: str, steps: list[tuple[int, bool]]) -> None:
    schedule, job, now, seen = parse_schedule(words), Job(), START, [State.NEW]
    for passed, is_call in steps:
        now += passed
        job = called(job, words, now) if is_call else job
        seen.append(job.state(schedule, now))
    order = [State.NEW, State.PROCESSING, State.COMPLETE, State.FAILED]
    assert seen == sorted(seen, key=order.index)
    assert len(set(seen) & {State.COMPLETE, State.FAILED}) <= 1


def test_only_calls_while_processing_are_counted() -> None:
    job = Job()
    for _ in range(5):
        job = called(job, "after-2-polls")
    assert (3, START) == (job.calls, job.started_at)


def test_a_job_remembers_the_words_it_was_started_with() -> None:
    job = called(Job(), "after-5s")
    assert "after-5s" == called(job, "never").schedule
    failed = called(Job(), "failed").failure_reported()
    retried = failed.polled(parse_schedule("failed"), START, schedule_text="immediate", restart_failed=True)
    assert "immediate" == retried.schedule
