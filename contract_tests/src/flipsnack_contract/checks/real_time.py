"""What can be checked of packages and limits in real time, where no control plane makes jobs and moves the clock."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from flipsnack_contract.checks.check import Unsuitable, check
from flipsnack_contract.contract.assertions import Violation, expect, expect_code, expect_in
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.target.session import LimitReached, Session
from flipsnack_contract.target.target import Reply, Request

KNOWN = {"collection"}
SLOW = {"collection", "slow"}
STATES = ("PROCESSING", "COMPLETE", "FAILED")
FINAL = STATES[1:]
POLLS, PAUSE = 4, 3 * SECOND
# Within these seconds of the minute's end two clocks and a network may disagree.
ALIVE, DEAD = 55 * SECOND, 63 * SECOND
ZIP, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"


def _polled(session: Session) -> Answer:
    answer = session.ask(session.draft())
    expect_code(20, answer, "a call for the collection")
    return answer


def _link(session: Session) -> str:
    answer = _polled(session)
    if answer.state != "COMPLETE":
        raise Unsuitable(f"the package is {answer.state}, so it has no link; run again when it is built")
    return str(answer.resource_url)


def _part(session: Session, url: str, span: str) -> Reply:
    return session.get(url, Range=f"bytes={span}")


@check("answer.envelope", needs=KNOWN, calls=1)
def the_envelope_of_a_package(session: Session) -> None:
    """An answer has `code`, a number, `status`, a text, and `data`, and nothing else."""
    expect((), _polled(session).complaints, "the shape of the envelope")


@check("job.states", needs=KNOWN, calls=1)
def one_of_three_states(session: Session) -> None:
    """The state is PROCESSING, COMPLETE or FAILED, in these letters."""
    expect_in(STATES, _polled(session).state, "the status of the package")


@check("job.never-goes-back", needs=KNOWN, calls=POLLS, waits=(POLLS - 1) * PAUSE)
def a_final_state_stays(session: Session) -> None:
    """Over some polls, seconds apart, COMPLETE stays COMPLETE and FAILED stays FAILED."""
    seen = [_polled(session).state]
    for _ in range(POLLS - 1):
        session.wait(PAUSE)
        seen.append(_polled(session).state)
    for before, after in pairwise(seen):
        if before in FINAL:
            expect(before, after, f"the state after {before} (all states: {seen})")


@check("job.resource-url-with-complete", needs=KNOWN, calls=1)
def a_link_with_complete_only(session: Session) -> None:
    """`resourceUrl` is an absolute URL with COMPLETE, and absent otherwise."""
    answer = _polled(session)
    expect(answer.state == "COMPLETE", "resourceUrl" in (answer.data or {}), f"resourceUrl with {answer.state}")
    if answer.state == "COMPLETE":
        expect(True, str(answer.resource_url).startswith(("http://", "https://")), "the resource URL is absolute")


@check("job.fresh-resource-url", needs=KNOWN, calls=2, waits=2 * SECOND)
def each_answer_has_its_own_link(session: Session) -> None:
    """Two answers, two seconds apart, have different resource URLs."""
    first = _link(session)
    session.wait(2 * SECOND)
    expect(True, first != _link(session), "two answers have different resource URLs")


@check("url.zip", needs=KNOWN, calls=1)
def the_link_serves_a_zip(session: Session) -> None:
    """The package begins and ends as a zip archive does; only both ends are fetched, by Range."""
    url = _link(session)
    head, tail = _part(session, url, "0-3"), _part(session, url, "-65557")
    expect_in((200, 206), head.status, "the HTTP status of the resource URL")
    expect(ZIP, head.body[:4], "the first bytes of the package")
    expect(True, ZIP_END in tail.body[-65557:], "the end of a zip archive at the end of the package")


@check("url.ranges", needs=KNOWN, calls=1)
def head_and_a_range(session: Session) -> None:
    """HEAD has the length and no body; a range is 206 with those bytes."""
    url = _link(session)
    head, part = session.fetch(Request("HEAD", url)), _part(session, url, "2-5")
    expect((200, b""), (head.status, head.body), "HTTP status and body of a HEAD")
    expect((206, 4), (part.status, len(part.body)), "HTTP status and length of a range of 4 bytes")
    size = head.headers.get("content-length")
    expect(f"bytes 2-5/{size}", part.headers.get("content-range"), "Content-Range, with the length of the HEAD")


@check("url.lives-60s", needs=SLOW, calls=1, waits=DEAD)
def a_link_lives_a_minute(session: Session) -> None:
    """After 55 s the link still serves, after 63 s it does not; two clocks and a network need the margin."""
    asked = session.clock.now
    url = _link(session)
    answered = session.clock.now
    session.wait(max(0, asked + ALIVE - session.clock.now))
    expect_in((200, 206), _part(session, url, "0-3").status, "the HTTP status 55 s after the link was asked for")
    session.wait(answered + DEAD - session.clock.now)
    expect(False, _part(session, url, "0-3").status in (200, 206), "a resource URL serves 63 s after its answer")


@check("url.expired-is-403", needs=SLOW, calls=1, waits=DEAD)
def a_dead_link_is_access_denied(session: Session) -> None:
    """A link that is over a minute old is HTTP 403 with an XML body whose Code is AccessDenied."""
    url = _link(session)
    session.wait(DEAD)
    reply = session.get(url)
    expect(403, reply.status, "the HTTP status of an expired resource URL")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(reply.body or b"<empty/>", parser)
    expect("AccessDenied", None if root is None else root.findtext("Code"), "the Code in the body")


@check("limit.sliding-window", needs={"alone", "credentials"}, calls=12)
def paced_calls_are_served(session: Session) -> None:
    """Twelve calls, as fast as five in a second allow, are all served where nothing else uses the key."""
    for number in range(1, 13):
        what = f"call {number} of 12 that keep both limits"
        try:
            expect_in((20, 43), session.ask(session.draft("nobody-has-this")).code, what)
        except LimitReached as refusal:
            raise Violation(what, "an answer that is not a refusal by a limit", str(refusal)) from None
