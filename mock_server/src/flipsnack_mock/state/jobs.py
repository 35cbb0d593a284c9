"""The job that builds a package: a state machine as a table.

The state is computed from the job's schedule and the account's clock; only one that was forced is stored.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from flipsnack_mock.protocol.instants import Counted, Microseconds
from flipsnack_mock.state.schedules import Schedule, ScheduleText


class State(StrEnum):
    """The state of a job: the vendor's three words, and NEW before the first call."""

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
    """A state that the job cannot be forced into from its present one; `legal` lists the others."""

    def __init__(self, state: State, target: State) -> None:
        """Name the present `state` and the `target`."""
        self.legal = legal_targets(state)
        ways = ", ".join(self.legal) or "none, it is final"
        super().__init__(f"a job that is {state} cannot become {target}; legal here: {ways}")


class Job(msgspec.Struct, frozen=True):
    """One job: the instant of its start on the account's clock, and the number of calls that asked for it.

    `schedule` is the text of the schedule that it was started with: a setting that changes later does not change it.
    `reported` says that an answer has reported the failure: only then may a call start the job again.
    """

    started_at: Microseconds | None = None
    calls: Counted = 0
    forced: State | None = None
    schedule: ScheduleText | None = None
    # Snapshots of version 1 know it by the other name.
    reported: bool = msgspec.field(default=False, name="told")

    def state(self, schedule: Schedule, now: int) -> State:
        """Where the job stands at `now`."""
        if self.forced is not None:
            return self.forced
        if self.started_at is None:
            return State.NEW
        # Threads may serve requests a little out of order.
        if schedule.is_over(max(0, now - self.started_at), self.calls):
            return State.FAILED if schedule.failed else State.COMPLETE
        return State.PROCESSING

    def polled(self, schedule: Schedule, now: int, *, schedule_text: str, restart_failed: bool) -> Job:
        """The job after a call at `now`: the first one starts it; while it is PROCESSING, calls are counted.

        `schedule` is the one it runs on, `schedule_text` the one of a job that starts now.
        """
        state = self.state(schedule, now)
        if state is State.NEW or (state is State.FAILED and self.reported and restart_failed):
            return Job(started_at=now, calls=1, schedule=schedule_text)
        if state is State.PROCESSING:
            return msgspec.structs.replace(self, calls=self.calls + 1)
        return self

    def failure_reported(self) -> Job:
        """The job after an answer that said FAILED."""
        return msgspec.structs.replace(self, reported=True)

    def force(self, target: State, schedule: Schedule, now: int, *, schedule_text: str) -> Job:
        """The job in the state `target`; raises `IllegalMove` when the table has no such transition.

        `schedule` is the one it runs on, `schedule_text` the one of a job that starts now.
        """
        state = self.state(schedule, now)
        if target not in legal_targets(state):
            raise IllegalMove(state, target)
        if target is State.PROCESSING:
            return Job(started_at=now, calls=1, schedule=schedule_text)
        return msgspec.structs.replace(self, forced=target)


def legal_targets(state: State) -> list[State]:
    """The states a job can be forced into from `state`."""
    return [target for move, target in TRANSITIONS[state].items() if move is not Move.CALL]
