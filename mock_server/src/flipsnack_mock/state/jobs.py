"""The job that builds a package: a state machine as a table.

Rule of this file: everything that decides a job's state is here. A state is looked up or computed from the job's
schedule and the account's clock; it is stored only when somebody forced it.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flipsnack_mock.state.schedules import Schedule

__all__ = ["IllegalMove", "Job", "Move", "State", "TRANSITIONS", "legal_targets"]


class State(StrEnum):
    """Where a job stands: the vendor's three words, and NEW before the first call."""

    NEW = "NEW"
    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


class Move(StrEnum):
    """What can happen to a job."""

    CALL = "call"
    FINISH = "finish"
    FAIL = "fail"
    RETRY = "retry"


TRANSITIONS: dict[State, dict[Move, State]] = {
    State.NEW: {Move.CALL: State.PROCESSING, Move.FINISH: State.COMPLETE, Move.FAIL: State.FAILED},
    State.PROCESSING: {Move.CALL: State.PROCESSING, Move.FINISH: State.COMPLETE, Move.FAIL: State.FAILED},
    State.COMPLETE: {Move.CALL: State.COMPLETE},
    State.FAILED: {Move.CALL: State.FAILED, Move.RETRY: State.PROCESSING},
}


class IllegalMove(Exception):
    """A state that a job cannot be forced into from where it stands; `legal` lists those it can."""

    def __init__(self, state: State, target: State) -> None:
        """Remember where the job stands and where it was to go."""
        self.legal = legal_targets(state)
        ways = ", ".join(self.legal) or "none, it is final"
        super().__init__(f"a job that is {state} cannot become {target}; legal here: {ways}")


class Job(msgspec.Struct, frozen=True):
    """One job: when it was started (microseconds on the account's clock) and how often it was asked for.

    `schedule` are the words it was started with: a setting that changes later changes nothing for it. `told` says that
    an answer has reported the failure: only then may a call start it again.
    """

    started_at: int | None = None
    calls: int = 0
    forced: State | None = None
    schedule: str | None = None
    told: bool = False

    def state(self, schedule: Schedule, now: int) -> State:
        """Where the job stands at `now`."""
        if self.forced is not None:
            return self.forced
        if self.started_at is None:
            return State.NEW
        if schedule.is_over(now - self.started_at, self.calls):
            return State.FAILED if schedule.failed else State.COMPLETE
        return State.PROCESSING

    def called(self, schedule: Schedule, now: int, *, words: str, restart_failed: bool) -> Job:
        """The job after a call of collection.downloadHTML at `now`: started by the first, counted while PROCESSING.

        `schedule` is the one it runs on, `words` are those of the one it would be started with now.
        """
        state = self.state(schedule, now)
        if state is State.NEW or (state is State.FAILED and self.told and restart_failed):
            return Job(started_at=now, calls=1, schedule=words)
        if state is State.PROCESSING:
            return msgspec.structs.replace(self, calls=self.calls + 1)
        return self

    def reported(self) -> Job:
        """The job after an answer that said FAILED."""
        return msgspec.structs.replace(self, told=True)

    def force(self, target: State, schedule: Schedule, now: int, *, words: str) -> Job:
        """The job put into `target` from outside; raises `IllegalMove` when the table has no such way.

        `schedule` is the one it runs on, `words` are those of the one it would be started with now.
        """
        state = self.state(schedule, now)
        if target not in legal_targets(state):
            raise IllegalMove(state, target)
        if target is State.PROCESSING:
            return Job(started_at=now, calls=1, schedule=words)
        return msgspec.structs.replace(self, forced=target)


def legal_targets(state: State) -> list[State]:
    """The states a job can be forced into from `state`."""
    return [target for move, target in TRANSITIONS[state].items() if move is not Move.CALL]
