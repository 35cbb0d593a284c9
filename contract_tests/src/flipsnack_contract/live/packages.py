"""Probes of a package that is there: how its job is told, what the link serves, and for how long."""

from __future__ import annotations

from itertools import pairwise

from lxml import etree

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import expect, expect_code, expect_in
from flipsnack_contract.contract.clock import SECOND
from flipsnack_contract.contract.decoding import Answer
from flipsnack_contract.live.call import Call
from flipsnack_contract.live.caller import Inconclusive, Reader

KNOWN = {"collection"}
SLOW = {"collection", "slow"}
STATES = ("PROCESSING", "COMPLETE", "FAILED")
FINAL = STATES[1:]
POLLS, PAUSE = 4, 3 * SECOND
# Seconds on either side of the minute in which two clocks and a network may say different things.
ALIVE, DEAD = 55 * SECOND, 63 * SECOND
ZIP, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"


def _built(reader: Reader) -> Answer:
    answer = reader.ask(Call())
    expect_code(20, answer, "a call for the collection")
    if answer.state != "COMPLETE":
        raise Inconclusive(f"the package is {answer.state}, so there is no link to try; run again when it is built")
    return answer


@check("code.20", calls=1, needs=KNOWN)
def a_right_call(reader: Reader) -> None:
    """A call for a collection of the key is 20, OK."""
    answer = reader.ask(Call())
    expect_code(20, answer, "a call for the collection")
    expect("OK", answer.status, "its status")


@check("answer.envelope", calls=1, needs=KNOWN)
def the_envelope(reader: Reader) -> None:
    """An answer has `code`, a number, `status`, a text, and `data`, and nothing else."""
    expect((), reader.ask(Call()).complaints, "what is odd about the envelope")


@check("job.states", calls=1, needs=KNOWN)
def one_of_three_states(reader: Reader) -> None:
    """The state is PROCESSING, COMPLETE or FAILED, spelled so."""
    expect_in(STATES, reader.ask(Call()).state, "the status of the package")


@check("job.never-goes-back", calls=POLLS, needs=KNOWN, waits=(POLLS - 1) * PAUSE)
def what_is_final_stays(reader: Reader) -> None:
    """Over some polls, seconds apart, COMPLETE stays COMPLETE and FAILED stays FAILED."""
    seen = [reader.ask(Call()).state]
    for _ in range(POLLS - 1):
        reader.wait(PAUSE)
        seen.append(reader.ask(Call()).state)
    for before, after in pairwise(seen):
        if before in FINAL:
            expect(before, after, f"the state after {before} (all states: {seen})")


@check("job.resource-url-with-complete", calls=1, needs=KNOWN)
def a_link_with_complete_only(reader: Reader) -> None:
    """`resourceUrl` is an absolute URL with COMPLETE, and absent otherwise."""
    answer = reader.ask(Call())
    expect(answer.state == "COMPLETE", "resourceUrl" in (answer.data or {}), f"resourceUrl with {answer.state}")
    if answer.state == "COMPLETE":
        expect(True, str(answer.resource_url).startswith(("http://", "https://")), "the resource URL is absolute")


@check("job.fresh-resource-url", calls=2, needs=KNOWN, waits=2 * SECOND)
def each_answer_has_its_own_link(reader: Reader) -> None:
    """Two answers, two seconds apart, have different resource URLs."""
    first = _built(reader).resource_url
    reader.wait(2 * SECOND)
    expect(True, first != _built(reader).resource_url, "two answers have different resource URLs")


@check("url.zip", calls=1, needs=KNOWN)
def the_link_serves_a_zip(reader: Reader) -> None:
    """What the link serves begins and ends as a zip archive does; only both ends are fetched, by Range."""
    url = str(_built(reader).resource_url)
    head, tail = (reader.fetch(url, span=span) for span in ("bytes=0-3", "bytes=-65557"))
    expect_in((200, 206), head.status, "the HTTP status of the resource URL")
    expect(ZIP, head.body[:4], "the first bytes of the package")
    expect(True, ZIP_END in tail.body[-65557:], "the end of a zip archive at the end of the package")


@check("url.ranges", calls=1, needs=KNOWN)
def head_and_a_range(reader: Reader) -> None:
    """HEAD tells the length without a body; a range is 206 with those bytes."""
    url = str(_built(reader).resource_url)
    head, part = reader.fetch(url, method="HEAD"), reader.fetch(url, span="bytes=2-5")
    expect((200, b""), (head.status, head.body), "HTTP status and body of a HEAD")
    expect((206, 4), (part.status, len(part.body)), "HTTP status and length of a range of 4 bytes")
    size = head.headers.get("content-length")
    expect(f"bytes 2-5/{size}", part.headers.get("content-range"), "Content-Range, with the length that HEAD told")


@check("url.lives-60s", calls=1, needs=SLOW, waits=DEAD)
def a_link_lives_a_minute(reader: Reader) -> None:
    """After 55 s the link still serves, after 63 s it does not. (Two clocks and a network need the margin.)"""
    asked = reader.now
    url = str(_built(reader).resource_url)
    answered = reader.now
    reader.wait(asked + ALIVE - reader.now)
    expect_in((200, 206), reader.fetch(url, span="bytes=0-3").status, "a resource URL 55 s after it was asked for")
    reader.wait(answered + DEAD - reader.now)
    expect(False, reader.fetch(url, span="bytes=0-3").status in (200, 206), "a resource URL serves 63 s after it came")


@check("url.expired-is-403", calls=1, needs=SLOW, waits=DEAD)
def a_dead_link_is_access_denied(reader: Reader) -> None:
    """A link that is over a minute old is HTTP 403 with an XML body whose Code is AccessDenied."""
    url = str(_built(reader).resource_url)
    reader.wait(DEAD)
    reply = reader.fetch(url)
    expect(403, reply.status, "the HTTP status of an expired resource URL")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(reply.body or b"<empty/>", parser)
    expect("AccessDenied", None if root is None else root.findtext("Code"), "the Code in the body")
