"""What one client sent, in the order of time; and the rules that this alone shows to be broken.

They are its pace, its pauses, and what it sends where. Each is written once, as the check of a recording, and held
against the log of a scenario too. All times are microseconds.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from urllib.parse import urlsplit

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.methods import methods
from flipsnack_contract.scenarios.event import CREATE, SHOW, STATISTICS, UPDATE, Event

LIMITS = ((5, SECOND), (60, MINUTE))
"""The most calls, and the time in which there may be so many."""

LEAST_INTERVAL = 3 * SECOND // 2
"""Between two polls. The vendor's "a few seconds" are at least two, and a clock may be a little off."""

LEAST_PAUSE = {31: SECOND // 2, 32: 2 * SECOND}
"""After a call that a limit refused, by its code. Far less than what helps: only a client without a pause breaks it."""

FINAL_CODES = (30, 40, 41, 42, 43, 44)
"""Codes of calls that are refused for what they say: the same call will be refused again."""

NOTHING_DONE = (22, 31, 32)
"""Codes of calls that were not carried out and may be repeated."""

REFUSED_UPLOADS = (33, 34, 35, 36, 45)
"""Codes of uploads that are refused for their document, or because the month's uploads are used up."""

LINK_LIFETIME = MINUTE
"""For how long a resource URL is served."""

STILL_PROCESSING = 38
API_HOST, UPLOAD_HOST = "api.flipsnack.com", "upload.flipsnack.com"

CREDENTIALS, AUTHORIZATION = frozenset({"apiKey", "signature", "action"}), frozenset({"authorization"})
"""Parameters of a call, and headers, that do not belong in a download."""
LINK_PARAMETERS = frozenset({"Expires", "Signature", "Key-Pair-Id"})

NEEDS = {
    "calls": "calls of the API",
    "answers": "the bodies of the API's answers",
    "links": "answers with a resource URL, and requests for it",
}
"""What a check may need of a recording."""

CALLS = frozenset({"calls"})
ANSWERS, LINKS = CALLS | {"answers"}, CALLS | {"answers", "links"}

REPEATED_WITHIN = MINUTE
"""In a recording, a call that comes later than this need not follow from the answer before it."""


@dataclass(frozen=True)
class Traffic:
    """The events of one API key.

    `one_task`: all events belong to one task, as in a scenario, so each call follows from the answer before it. In a
    recording the calls of several tasks may be mixed: there only the same call, soon afterwards, is a repetition.
    `deadline` is when the client was asked to end, `reads_xml` and `uploads` whether it was asked to.
    """

    events: tuple[Event, ...]
    one_task: bool = False
    deadline: int | None = None
    reads_xml: bool = False
    uploads: bool = False

    @cached_property
    def calls(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == "call")

    @cached_property
    def downloads(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events if event.kind == "download")

    def successive(self, what: Callable[[Event], Hashable]) -> Iterator[tuple[Event, Event]]:
        """Each call with the next one that has `what` in common with it; within one task, with the next one."""
        for same in [self.calls] if self.one_task else grouped(self.calls, what):
            yield from pairwise(same)

    def is_soon(self, before: Event, after: Event) -> bool:
        """Whether `after` follows from the answer to `before`."""
        return self.one_task or pause(before, after) < REPEATED_WITHIN

    def is_last_try(self, call: Event) -> bool:
        """Whether it is the last call, shortly before the deadline."""
        near = self.deadline is not None and call.start >= self.deadline - LEAST_INTERVAL
        return near and call is self.calls[-1]


def grouped(events: Iterable[Event], what: Callable[[Event], Hashable]) -> list[list[Event]]:
    """The events that have `what` in common, in their order."""
    groups: dict[Hashable, list[Event]] = defaultdict(list)
    for event in events:
        groups[what(event)].append(event)
    return list(groups.values())


def pause(before: Event, after: Event) -> int:
    """The microseconds between an answer and the next request.

    In the server's time or in real time, whichever is longer: a client may sleep while the server's clock stands
    still, and may sleep by moving that clock.
    """
    return max(after.start - before.end, after.wall - before.wall - (before.end - before.start))


@check("client.limits", of="recording", needs=CALLS)
def both_limits_are_kept(traffic: Traffic) -> None:
    """Never more than 5 calls in any second, and never more than 60 in any minute."""
    for most, window in LIMITS:
        for first, last in zip(traffic.calls, traffic.calls[most:], strict=False):
            spread = max(last.start - first.start, last.wall - first.wall)
            expect_limit(spread, most, window, f"calls from {first.name} to {last.name}")


def expect_limit(spread: int, most: int, window: int, what: str) -> None:
    """Raise `Violation` when `most` + 1 calls came within `spread`, and `window` is longer."""
    if spread < window:
        raise Violation(what, f"at most {most} in {window // SECOND} s", f"{most + 1} in {_seconds(spread)}")


@check("client.poll-interval", of="recording", needs=ANSWERS)
def polls_are_a_few_seconds_apart(traffic: Traffic) -> None:
    """After PROCESSING the next poll comes no sooner than 1.5 s later, except for a last one before the deadline."""
    for before, after in traffic.successive(lambda event: event.is_poll and event.collection):
        if before.state == "PROCESSING" and not traffic.is_last_try(after):
            _expect_pause(before, after, LEAST_INTERVAL, "PROCESSING")


@check("client.conversion-interval", of="recording", needs=ANSWERS)
def conversions_are_asked_for_a_few_seconds_apart(traffic: Traffic) -> None:
    """While a document is converted, the next question comes no sooner than 1.5 s later, as with packages."""
    shown = (event for event in traffic.calls if event.action == SHOW)
    for same in grouped(shown, lambda event: event.collection):
        for before, after in pairwise(same):
            if before.state == "processing" and not traffic.is_last_try(after):
                _expect_pause(before, after, LEAST_INTERVAL, "processing")
    for before, after in traffic.successive(lambda event: event.sameness):
        if before.code == STILL_PROCESSING and before.sameness == after.sameness:
            _expect_pause(before, after, LEAST_INTERVAL, "code 38")


@check("client.back-off", of="recording", needs=ANSWERS)
def a_refused_call_waits(traffic: Traffic) -> None:
    """After 31 the call is repeated no sooner than 0.5 s later, after 32 no sooner than 2 s."""
    for before, after in traffic.successive(lambda event: event.sameness):
        _expect_pause(before, after, LEAST_PAUSE.get(before.code or 0, 0), f"code {before.code}")


def _expect_pause(before: Event, after: Event, least: int, why: str) -> None:
    found = pause(before, after)
    if found < least:
        expected = f"at least {least / SECOND:g} s after {why}"
        raise Violation(f"the pause between {before.name} and {after.name}", expected, _seconds(found))


@check("client.final-state", of="recording", needs=ANSWERS)
def a_final_state_ends_the_polling(traffic: Traffic) -> None:
    """After FAILED there is no further poll; after COMPLETE only once the resource URL was tried."""
    for before, after in traffic.successive(lambda event: event.is_poll and event.collection):
        if before.state in ("FAILED", "COMPLETE") and not before.link_tried and traffic.is_soon(before, after):
            expected = "no further poll" if before.state == "FAILED" else "the download"
            raise Violation(f"what follows {before.state} ({before.name})", expected, str(after))


@check("client.final-error", of="recording", needs=ANSWERS)
def a_final_error_is_not_tried_again(traffic: Traffic) -> None:
    """A call that was refused for what it says is not repeated."""
    for before, after in traffic.successive(lambda event: event.sameness):
        same = (before.action, before.collection) == (after.action, after.collection)
        repeated = same and (traffic.one_task or after.code == before.code)
        if before.code in FINAL_CODES and repeated and traffic.is_soon(before, after):
            raise Violation(f"what follows code {before.code} ({before.name})", "no further call", str(after))


@check("client.upload-once", of="recording", needs=ANSWERS)
def an_upload_is_not_repeated_blindly(traffic: Traffic) -> None:
    """After an upload that may have made a collection there is no other one of the same document."""
    for before, after in _successive_uploads(traffic):
        # In a recording, an upload that succeeded may be followed by one of another document.
        is_other = before.code == 20 and not traffic.one_task
        refused = before.code in (*NOTHING_DONE, *REFUSED_UPLOADS, *FINAL_CODES)
        if not refused and not is_other and traffic.is_soon(before, after):
            raise Violation(f"what follows the upload {before}", "no other upload", str(after))


@check("client.upload-refused", of="recording", needs=ANSWERS)
def a_refused_upload_is_not_tried_again(traffic: Traffic) -> None:
    """After 33 to 36 and 45 the upload is not repeated."""
    for before, after in _successive_uploads(traffic):
        same_again = traffic.one_task or after.code == before.code
        if before.code in REFUSED_UPLOADS and same_again and traffic.is_soon(before, after):
            raise Violation(f"what follows code {before.code} ({before.name})", "no other upload", str(after))


def _successive_uploads(traffic: Traffic) -> Iterator[tuple[Event, Event]]:
    uploads = [event for event in traffic.calls if event.action == CREATE]
    for same in [uploads] if traffic.one_task else grouped(uploads, lambda event: event.sameness):
        yield from pairwise(same)


@check("client.upload-host", of="recording", needs=CALLS)
def uploads_are_posts_to_the_upload_host(traffic: Traffic) -> None:
    """An upload is a POST, has no parameters in its URL, and does not go to the vendor's host for other calls."""
    for event in traffic.calls:
        # What the server could not read has no action.
        if event.action == CREATE or (traffic.uploads and not event.action):
            expect("POST", event.method, f"the verb of {event.name}")
            expect([], sorted(event.names_in_query), f"parameters in the URL of {event.name}")
            if urlsplit(event.url).hostname == API_HOST:
                raise Violation(f"the host of {event.name}", UPLOAD_HOST, API_HOST)


@check("client.follows-new-hash", of="recording", needs=ANSWERS)
def the_temporary_hash_is_left(traffic: Traffic) -> None:
    """After an answer that gave a collection a new hash, no call names the old one."""
    replaced: dict[str, Event] = {}
    for event in traffic.calls:
        before = replaced.get(event.collection)
        if before is not None and traffic.is_soon(before, event):
            what = f"the collection of {event.name}, after {before.name} published it"
            raise Violation(what, f"the new hash {before.answered_hash}", str(event))
        if event.action == UPDATE and event.code == 20 and event.answered_hash not in ("", event.collection):
            replaced[event.collection] = event


@check("client.statistics-cached", of="recording", needs=ANSWERS)
def statistics_are_kept(traffic: Traffic) -> None:
    """The same statistics of a collection are not asked for again within a minute."""
    answered = (event for event in traffic.calls if event.action == STATISTICS and event.code == 20)
    for same in grouped(answered, lambda event: event.sameness):
        for before, after in pairwise(same):
            _expect_pause(before, after, MINUTE, "the same statistics")


@check("client.expired-url", of="recording", needs=LINKS)
def a_dead_link_is_not_tried_again(traffic: Traffic) -> None:
    """A resource URL that was refused because it expired is not requested again; a new one is asked for."""
    dead: dict[str, Event] = {}
    for event in traffic.downloads:
        if event.url in dead:
            found = f"{event.name} after {dead[event.url].name}"
            raise Violation("a resource URL that has expired", "no further request", found)
        if _is_expired(traffic, event):
            dead[event.url] = event
            later = (call for call in traffic.calls if call.is_poll and call.start >= event.start)
            # A scenario has a rule of its own for that: it knows whether there was time for another call.
            if event.giver is not None and event.giver.collection not in {call.collection for call in later}:
                raise Violation(f"what follows {event.name}, an expired resource URL", "a call for a new one", "none")


def _is_expired(traffic: Traffic, event: Event) -> bool:
    if event.http_status != 403 or event.spoilt:
        return False
    if event.giver is None:
        return traffic.one_task
    return event.fetches_link and event.start >= event.giver.start + LINK_LIFETIME


@check("client.get-for-reads", of="recording", needs=CALLS)
def reads_are_gets(traffic: Traffic) -> None:
    """A call of a method that uploads nothing is a GET."""
    reads = {method.name for method in methods() if method.verb == "GET"}
    for event in traffic.calls:
        if event.action in reads or (traffic.one_task and not traffic.uploads):
            expect("GET", event.method, f"the verb of {event.name}")


@check("client.no-xml", of="recording", needs=CALLS)
def xml_is_asked_for_only_when_told(traffic: Traffic) -> None:
    """format=xml is sent only by a client that was asked to use XML."""
    for event in traffic.calls:
        if not traffic.reads_xml and event.params.get("format") == "xml":
            raise Violation(f"the format of {event.name}", "json or jsonp", "format=xml")


@check("client.credentials-not-in-download", of="recording", needs=ANSWERS)
def downloads_carry_no_credentials(traffic: Traffic) -> None:
    """A resource URL is requested as it was given, without credentials; no Referer names a signed address."""
    for event in traffic.downloads:
        added = event.params.keys() - LINK_PARAMETERS if traffic.one_task else CREDENTIALS & event.params.keys()
        if found := sorted(added | AUTHORIZATION & event.headers.keys()):
            raise Violation(f"what the download {event.name} has", "what the link has", ", ".join(found))
    for event in traffic.events:
        if "signature=" in event.headers.get("referer", "").lower():
            raise Violation(f"the Referer of {event.name}", "no signed address", "one")


def _seconds(micros: int) -> str:
    return f"{micros / SECOND:.3f} s"
