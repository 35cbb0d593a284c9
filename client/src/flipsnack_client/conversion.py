"""Waits for the conversion of an uploaded document: polls collection.getCollection until it is done."""

import threading
from collections.abc import Callable

from flipsnack_client.collection import Collection, ConversionStatus
from flipsnack_client.deadline import Deadline
from flipsnack_client.envelope import Answer
from flipsnack_client.exceptions import Cancelled, ConversionFailed, DeadlineExceeded, MalformedAnswer
from flipsnack_client.fields import Assumptions, Fields
from flipsnack_client.poller import PollPolicy


def wait_converted(
    ask: Callable[[str], Answer],
    collection_hash: str,
    *,
    assumed: Assumptions,
    policy: PollPolicy,
    on_poll: Callable[[Collection], None] | None,
    deadline: Deadline,
    cancel: threading.Event | None,
) -> Collection:
    """Return the collection once its conversion is complete; `ask` calls the API. See `Flipsnack.wait_converted`."""
    polls = 0
    while True:
        answer = ask(collection_hash)
        collection = Collection.read(Fields.of(answer), assumed)
        collection_hash, polls = collection.hash, polls + 1
        if on_poll is not None:
            on_poll(collection)
        match collection.conversion:
            case ConversionStatus.COMPLETE:
                return collection
            case ConversionStatus.FAILED:
                raise ConversionFailed(collection_hash)
            case None:
                raise MalformedAnswer(_no_status(assumed), raw=answer.raw)
        _pause(policy, polls, deadline, cancel)


def _pause(policy: PollPolicy, polls: int, deadline: Deadline, cancel: threading.Event | None) -> None:
    seconds = policy.pause(polls, deadline.remaining(), deadline.clock.random())
    if seconds is None:
        raise _exceeded(deadline, polls)
    deadline.clock.sleep(seconds, cancel=cancel)
    if cancel is not None and cancel.is_set():
        raise Cancelled


def _exceeded(deadline: Deadline, polls: int) -> DeadlineExceeded:
    error = deadline.exceeded(
        f"the document is not converted after {polls} polls; use a longer deadline, or wait again"
    )
    return DeadlineExceeded(
        str(error), elapsed=error.elapsed, attempts=polls, last_status=ConversionStatus.PROCESSING.value
    )


def _no_status(assumed: Assumptions) -> str:
    return (
        f"the collection has no conversion status, expected processing, complete or failed in {assumed.conversion}; "
        "if the API has another name for it, give Flipsnack(assumptions=Assumptions(conversion=…))"
    )
