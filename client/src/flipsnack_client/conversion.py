"""Waits for the conversion of an uploaded document: polls collection.getCollection until it is done."""

from collections.abc import Callable

from flipsnack_client.collection import Collection, ConversionStatus
from flipsnack_client.deadline import Deadline
from flipsnack_client.envelope import Answer
from flipsnack_client.exceptions import ConversionFailed, MalformedAnswer
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
        seconds = policy.pause(polls, deadline.remaining(), deadline.clock.random())
        if seconds is None:
            late = f"the document is not converted after {polls} polls; use a longer deadline, or wait again"
            raise deadline.exceeded(late, attempts=polls, last_status=collection.conversion.value)
        deadline.sleep(seconds)


def _no_status(assumed: Assumptions) -> str:
    return (
        f"the collection has no conversion status, expected processing, complete or failed in {assumed.conversion}; "
        "if the API has another name for it, give Flipsnack(assumptions=Assumptions(conversion=…))"
    )
