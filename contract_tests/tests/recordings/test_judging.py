from collections.abc import Callable, Sequence
from typing import Any

import pytest
from contract_tests.tests.recordings.conftest import Tape

from flipsnack_contract.contract.documents import padded_png, png
from flipsnack_contract.recordings.judging import judge_history, recording_checks
from flipsnack_contract.recordings.reading import read_history
from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.traffic import NEEDS
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result

Record = Callable[..., Tape]
Play = Callable[[Tape], None]
BAD = (Outcome.FAILED, Outcome.WARNED)


def _broken(events: Sequence[Event]) -> set[str]:
    return {result.rule for result in judge_history(recording_checks(), events) if result.outcome in BAD}


def _judged(tape: Tape) -> set[str]:
    """What is found in both exports, which must agree."""
    found = [_broken(read_history(tape.export(form), form)) for form in ("har", "ndjson")]
    assert found[0] == found[1]
    return found[0]


def _good(tape: Tape) -> None:
    for _ in range(3):
        tape.call("mock-after-5s")
        tape.wait(3)
    tape.fetch(tape.call())
    tape.wait(61)
    stale = tape.call()
    tape.wait(61)
    tape.fetch(stale)
    tape.fetch(tape.call())
    tape.call("mock-failed")
    _uploads(png(), padded_png(b"another"), b"a text")(tape)
    _asks("getCollection", 1.5, **CONVERTING)(tape)
    tape.ask("getStats", collectionHash="f000001")


def _calls(number: int, pause: float) -> Play:
    def play(tape: Tape) -> None:
        for index in range(number):
            tape.call(f"hash-{index}")
            tape.wait(pause)

    return play


def _again_after_31(tape: Tape) -> None:
    for _ in range(5):
        tape.call("mock-never")
        tape.wait(0.19)
    tape.call()
    tape.call()


def _late(*, again: bool) -> Play:
    def play(tape: Tape) -> None:
        url = tape.call()
        tape.wait(60)
        tape.fetch(url)
        if again:
            tape.fetch(url)
            tape.call()

    return play


def _twice(collection: str, pause: float, **more: str) -> Play:
    def play(tape: Tape) -> None:
        for _ in range(2):
            tape.call(collection, **more)
            tape.wait(pause)

    return play


def _served(after: float) -> Play:
    def play(tape: Tape) -> None:
        url = tape.call()
        tape.wait(after)
        tape.fetch(url)
        tape.call()

    return play


def _uploads(*documents: bytes, status: int = 200) -> Play:
    def play(tape: Tape) -> None:
        tape.ask("getList")  # the account comes into being with its first call
        fault = {"kind": "status", "status": status, "body": "later"}
        if status != 200:
            tape.control.call("POST", "/accounts/test-recorded/faults", {"fault": fault, "count": 1})
        for document in documents:
            tape.ask("create", document=document)
            tape.wait(5)

    return play


def _asks(action: str, pause: float, **collection: str) -> Play:
    def play(tape: Tape) -> None:
        tape.ask("getList")
        account = "/accounts/test-recorded"
        tape.control.call("POST", f"{account}/collections", {"hash": "f000001", **collection})
        for _ in range(2):
            tape.ask(action, collectionHash="f000001")
            tape.wait(pause)

    return play


def _publishes(tape: Tape) -> None:
    _asks("getCollection", 5, status="editable")(tape)
    tape.ask("update", collectionHash="f000001", collectionStatus="public")
    tape.ask("getCollection", collectionHash="f000001")


CONVERTING = {"conversion_schedule": "never"}
CLIENTS: list[tuple[str, Play]] = [
    ("client.limits", _calls(6, 0)),
    ("client.limits", _calls(61, 0.3)),
    ("client.back-off", _again_after_31),
    ("client.poll-interval", _twice("mock-never", 1.4)),
    ("client.final-state", _twice("mock-failed", 5)),
    ("client.final-state", _twice("mock-complete", 5)),
    ("client.final-error", _twice("nobody-has-this", 5)),
    ("client.expired-url", _late(again=True)),
    ("client.expired-url", _late(again=False)),
    ("client.get-for-reads", lambda tape: (tape.call(verb="POST"), None)[1]),
    ("client.no-xml", lambda tape: (tape.call(format="xml"), None)[1]),
    ("client.credentials-not-in-download", lambda tape: (tape.fetch(tape.call() + "&apiKey=x"), None)[1]),
    ("client.conversion-interval", _asks("getCollection", 1.4, **CONVERTING)),
    ("client.conversion-interval", _asks("update", 1.4, **CONVERTING)),
    ("client.upload-once", _uploads(png(), png(), status=503)),
    ("client.upload-refused", _uploads(b"a text", b"a text")),
    ("client.upload-host", lambda tape: (tape.ask("create", fileUrl="https://example.com/a.pdf"), None)[1]),
    ("client.follows-new-hash", _publishes),
    ("client.statistics-cached", _asks("getStats", 59)),
]


SERVERS: list[tuple[dict[str, object], str, Play]] = [
    ({"requests_per_second": 6}, "limit.per-second", _calls(6, 0)),
    ({"requests_per_minute": 61}, "limit.per-minute", _calls(61, 0.3)),
    ({"restart_failed": True}, "job.never-goes-back", _twice("mock-failed-after-2-polls", 1)),
    ({"url_lifetime": 61}, "url.lives-60s", _served(60)),
    ({"url_lifetime": 59}, "url.lives-60s", _served(59.5)),
]
ANSWERS: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("job.states", [("BUILDING", None)]),
    ("job.resource-url-with-complete", [("COMPLETE", None)]),
    ("job.resource-url-with-complete", [("PROCESSING", "http://x.test/a")]),
    ("job.fresh-resource-url", [("COMPLETE", "http://x.test/a"), ("COMPLETE", "http://x.test/a")]),
    ("job.never-goes-back", [("COMPLETE", "http://x.test/a"), ("PROCESSING", None)]),
]


def test_a_good_client_at_a_good_server_breaks_nothing(record: Record) -> None:
    """Though it met every state, and came too late for a link once."""
    tape = record()
    _good(tape)
    assert set() == _judged(tape)


@pytest.mark.parametrize(("rule", "play"), CLIENTS)
def test_what_a_client_did_wrong_is_found(rule: str, play: Play, record: Record) -> None:
    """In either export, by its rule; the fake itself breaks none."""
    tape = record()
    play(tape)
    found = _judged(tape)
    assert rule in found
    assert {one for one in found if not one.startswith("client.")} == set()


@pytest.mark.parametrize(("settings", "rule", "play"), SERVERS)
def test_what_a_server_did_wrong_is_found(settings: dict[str, object], rule: str, play: Play, record: Record) -> None:
    """A fake that reads the contract in another way, seen in its own recording."""
    tape = record(**settings)
    for _ in range(2 if rule == "job.never-goes-back" else 1):
        play(tape)
    assert rule in _judged(tape)


def _answer(number: int, state: str, link: str | None) -> Event:
    params = {"action": "collection.downloadHTML", "apiKey": "k", "collectionHash": "h"}
    at = number * 61_000_000
    known: Any = {"kind": "call", "method": "GET", "url": "http://x.test/v1/?", "http_status": 200, "code": 20}
    return Event(
        **known, name=f"#{number}", start=at, end=at, wall=at, params=params, state=state, link=link, readable=True
    )


@pytest.mark.parametrize(("rule", "answers"), ANSWERS)
def test_what_no_setting_of_the_fake_does_is_found(rule: str, answers: list[tuple[str, str | None]]) -> None:
    """And nothing beside it."""
    assert {rule} == _broken([_answer(number, *answer) for number, answer in enumerate(answers)])


def test_every_check_has_something_that_it_finds() -> None:
    """And a sentence for `explain`."""
    broken = {rule for rule, _ in (*CLIENTS, *ANSWERS)} | {rule for _, rule, _ in SERVERS}
    assert broken == {one.rule.id for one in recording_checks()}
    for one in recording_checks():
        assert one.promise.endswith(".")
        assert one.needs <= NEEDS.keys()


def test_time_that_moved_is_time(record: Record) -> None:
    """Who sleeps by moving the account's clock, and who sleeps while it stands, has slept."""
    moved, stopped = record(), record()
    for tape in (moved, stopped):
        tape.call("mock-never")
    moved.control.call("POST", "/accounts/test-recorded/clock/advance", {"seconds": 3})
    stopped.control.call("POST", "/accounts/test-recorded/clock/freeze")
    stopped.wait(3)
    for tape in (moved, stopped):
        tape.call("mock-never")
        assert set() == _judged(tape)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"log": {"entries": []}}', "calls of the API"),
        (
            '{"log": {"entries": [{"startedDateTime": "2026-11-23T10:00:00Z", "request": {"method": "GET", '
            '"url": "https://api.flipsnack.com/v1/?action=collection.downloadHTML&apiKey=k&collectionHash=h"}}]}}',
            "the bodies of the API's answers",
        ),
    ],
)
def test_what_was_not_recorded_is_skipped_by_name(text: str, why: str) -> None:
    """An archive without bodies, as some tools save it, says nothing of answers."""
    results: list[Result] = list(judge_history(recording_checks(), read_history(text, "x.har")))
    skipped = [result for result in results if result.outcome is Outcome.SKIPPED]
    assert skipped
    assert {True} == {why in result.message for result in skipped}


def test_no_signature_and_no_whole_key_is_told(record: Record) -> None:
    """What is shown of a recording can be passed on."""
    tape = record()
    _late(again=True)(tape)
    results = list(judge_history(recording_checks(), read_history(tape.export("har"), "x")))
    text = "\n".join(f"{result.message} {result.steps}" for result in results)
    assert ("test-recorded" in text, "Signature=*" in text) == (False, False)
