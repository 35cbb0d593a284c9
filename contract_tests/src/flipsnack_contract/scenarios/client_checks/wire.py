"""What a client's requests are as HTTP, where redirects lead it, and what it leaves in the folder of the file."""

import re
from urllib.parse import urlsplit

from flipsnack_contract.adapter.case import CaseOutcome
from flipsnack_contract.adapter.elsewhere import ODD_PATH, PACKAGE_PATH
from flipsnack_contract.adapter.left_files import MOST_LEFT
from flipsnack_contract.adapter.sent import ELSEWHERE, Sent
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.contract.spellings import spelling_of
from flipsnack_contract.scenarios.preparation import ARCHIVE, NEIGHBOURS, STALE
from flipsnack_contract.scenarios.scenario_run import HELPLESS, ScenarioRun
from flipsnack_contract.scenarios.traffic import CREDENTIALS

ONCE = ("host", "content-length", "content-type", "transfer-encoding", "range", "if-range", "user-agent", "referer")
"""Headers that a request has once, if at all."""

MOST_REQUESTS = 100
"""In a scenario with a redirect: a chain of 50 hops, and what is tried again."""

SHORTEST_KEY, LONG_KEY = 4, 8
WORDS, NAMING = re.compile(r"[\s=;,:@]+"), ("User-Agent", "user-agent")
"""What stands between words in a header; and headers that name the client, which may be named like a short key."""

TOKEN, VALUE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"), re.compile(r"[\t\x20-\x7e]*")
"""The name of a header, and its value where every server reads it alike."""

SIGNATURE = re.compile(r"(?<=[?&]Signature=)[^&]*")

PROVING = frozenset({"authorization", "proxy-authorization"})
BESIDE = PROVING | {"cookie"}
"""Headers that belong to one server."""


@check("client.http")
def requests_are_http(run: ScenarioRun) -> None:
    """Each request names the server that it asks, has a body only with a verb for it, and one length of it."""
    for sent in run.sent or ():
        names = [name.lower() for name, _ in sent.headers]
        odd = [name for name, value in sent.headers if not (TOKEN.fullmatch(name) and VALUE.fullmatch(value))]
        expect([], odd, f"headers of {sent} that are no token, or whose value is not printable ASCII")
        expect([], [name for name in ONCE if names.count(name) > 1], f"headers that {sent} has twice")
        if not sent.target.isascii() or " " in sent.target or "#" in sent.target:
            raise Violation(f"the target of {sent}", "ASCII without blanks and fragment", ascii(sent.target))
        host, here = sent.by_name.get("host"), urlsplit(run.case.base_url).netloc
        if sent.server == ELSEWHERE and host in (None, here):
            raise Violation(f"Host of {sent}, a request to another server", "that server", str(host))
        if sent.server != ELSEWHERE:
            expect(sent.server, host, f"Host of {sent}")
        _expect_one_body(sent)


def _expect_one_body(sent: Sent) -> None:
    length, coding = sent.by_name.get("content-length"), sent.by_name.get("transfer-encoding")
    if length is not None and coding is not None:
        raise Violation(f"the body of {sent}", "Content-Length or Transfer-Encoding", "both")
    if sent.method in ("GET", "HEAD") and (coding is not None or length not in (None, "0")):
        raise Violation(f"the body of {sent}", "none", f"one of {length or 'unknown'} bytes")
    if length is not None and not (length.isascii() and length.isdecimal()):
        raise Violation(f"Content-Length of {sent}", "a number", length)


@check("client.credentials-not-in-download")
def the_key_stays_in_calls(run: ScenarioRun) -> None:
    """No header of a request for a package holds the key, as a word of its own, or another credential."""
    for sent in (one for one in run.sent or () if "/packages/" in one.path or one.server == ELSEWHERE):
        told = [name for name, value in sent.headers if _tells(run.case.key, name, value)]
        expect([], told + sorted(PROVING & sent.by_name.keys()), f"headers of {sent} with the API key, or a credential")


def _tells(key: str, name: str, value: str) -> bool:
    if name.lower() == "referer" and "signature=" in value.lower():
        return True
    if len(key) < SHORTEST_KEY:
        return False  # a word that any header may hold
    if len(key) >= LONG_KEY:
        return bool(spelling_of(key, value))
    return name not in NAMING and key in WORDS.split(value)


@check("client.credentials-not-in-download")
def links_are_fetched_as_they_were_given(run: ScenarioRun) -> None:
    """Each request for a package has the path and the parameters of a link that was given, in their order."""
    given = [str(call.data["resourceUrl"]) for call in run.calls if call.data and "resourceUrl" in call.data]
    # The journal masks signatures.
    targets = {"/" + SIGNATURE.sub("", link).partition("://")[2].partition("/")[2] for link in given}
    targets |= {f"/{ODD_PATH}", *([] if "redirect" not in run.faults else [f"/{PACKAGE_PATH}"])}
    for sent in run.sent or ():
        if given and (sent.server == ELSEWHERE or "/packages/" in sent.path):
            expect_in(sorted(targets), SIGNATURE.sub("", sent.target), f"the address of {sent}, without its signature")


@check("client.redirect")
def nothing_of_a_call_goes_elsewhere(run: ScenarioRun) -> None:
    """Another server than the API gets no parameter of a call, no document, and no header with credentials."""
    if "redirect" not in run.faults:
        return
    for sent in run.sent or ():
        if sent.server != ELSEWHERE:
            continue
        text = sent.text()
        told = [name for name in sorted(CREDENTIALS) if f"{name}=" in text or f'name="{name}"' in text]
        told += sorted(BESIDE & sent.by_name.keys()) + (["a body"] if sent.body else [])
        expect([], told, f"what another server got by {sent}")


@check("client.redirect")
def a_redirect_has_an_end(run: ScenarioRun) -> None:
    """A client that meets a redirect ends: with what it leads to, or with an error of its own."""
    if "redirect" not in run.faults:
        return
    what = "the end after a redirect"
    if len(run.sent or run.requests) > MOST_REQUESTS:
        raise Violation(what, f"at most {MOST_REQUESTS} requests", str(len(run.sent or run.requests)))
    if run.outcome is CaseOutcome.STOPPED:
        raise Violation(what, "by itself", run.reported)
    if run.error is not None and run.error not in (*HELPLESS, "cancelled"):
        raise Violation(what, f"ok, or an error of class {' or '.join(HELPLESS)}", run.error)
    answered = any(not call.fault and call.action == run.scenario.main_action for call in run.calls)
    if run.outcome is CaseOutcome.OK and not answered:
        raise Violation(what, "an error, as no call was answered", "ok")


@check("client.folder")
def nothing_is_left_beside_the_file(run: ScenarioRun) -> None:
    """In the folder there are the file and the document; after an error working files of a package that came too."""
    if run.outcome not in (CaseOutcome.OK, CaseOutcome.ERROR):
        return
    served = any(call.http_status in (200, 206) for call in run.downloads) or run.fetched_elsewhere
    came = run.outcome is CaseOutcome.ERROR and (served or run.scenario.interrupted)
    own = {name: content for name, content in run.beside.items() if run.dest.name in name}
    # A note may lie beside what came of the package, and only there.
    came = came and any(content.startswith(ARCHIVE) for content in own.values())
    there = {name for name, content in run.beside.items() if name in NEIGHBOURS or content == STALE}
    left = [name for name in run.beside if name not in there and not (came and name in own)]
    expect([], left, "what is left in the folder of the file")


@check("client.folder")
def what_was_beside_the_file_stays(run: ScenarioRun) -> None:
    """The document, and other files in the folder, are as they were before."""
    if not run.left:
        return
    document = {} if run.document is None else {run.document_name: run.document}
    for name, content in {**NEIGHBOURS, **document}.items():
        found = run.left.get(name)
        if found != content[:MOST_LEFT]:
            raise Violation(f"{name}, a file from before", "as before", "gone" if found is None else "changed")
