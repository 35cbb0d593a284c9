"""What a client sends and prints: right calls, and secrets nowhere."""

import re
from collections.abc import Iterator, Mapping

from flipsnack_contract.adapter.case import MASK
from flipsnack_contract.adapter.sent import Sent
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.contract.spellings import spelling_of, spellings_of
from flipsnack_contract.scenarios.event import CREATE
from flipsnack_contract.scenarios.preparation import ARCHIVE
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

# Checks of the fake that refuse a wrong call; a wrong verb and a wrong signature have rules of their own.
SHAPE = ("well-formed", "format", "required", "action")


@check("client.signature")
def every_call_is_signed_right(run: ScenarioRun) -> None:
    """No call has a wrong signature, when the client has the right secret."""
    if run.scenario.who == "wrong-secret":
        return
    for call in run.calls:
        if call.signature == "wrong":
            raise Violation(
                f"the signature of {call.name}", "the one that the vendor documents", f"another one ({call.detail})"
            )


@check("client.parameters")
def every_call_says_what_was_asked_for(run: ScenarioRun) -> None:
    """Each call has the action, the key, the collection and the format that the client was given."""
    for call in run.calls:
        if call.failed in SHAPE:
            raise Violation(
                f"the parameters of {call.name}", "a call that the API accepts", f"{call.failed}: {call.detail}"
            )
        expect([], call.named_twice, f"parameters that {call.name} has twice")
        expect_in(run.right_actions, call.params.get("action"), f"action of {call.name}")
        expect(run.case.key, call.params.get("apiKey"), f"apiKey of {call.name}")
        form = run.scenario.format
        # XML without being asked for it has a rule of its own.
        if form != "json" or call.params.get("format") != "xml":
            formats = ("json", None) if form == "json" else (form,)
            expect_in(formats, call.params.get("format"), f"format of {call.name}")
        if form == "jsonp":
            expect(True, bool(call.params.get("callback")), f"{call.name} has a callback")


@check("client.parameters")
def no_part_of_an_upload_is_there_twice(run: ScenarioRun) -> None:
    """Each parameter, and the document, is in one part of the body."""
    for sent in run.sent or ():
        names = PART.findall(sent.text(without=run.document or b"")) if sent.method == "POST" else []
        expect([], sorted({name for name in names if names.count(name) > 1}), f"parts that {sent} has twice")


@check("client.parameters")
def the_method_has_the_parameters_that_were_given(run: ScenarioRun) -> None:
    """Calls of the method that the scenario is about have its collection and all parameters, as they were given."""
    given = _given(run)
    for call in run.calls:
        if call.action == run.scenario.main_action and (call.failed, call.action) != ("verb", CREATE):
            expect(given, {name: call.params.get(name) for name in given}, f"parameters of {call.name}")


@check("client.parameters")
def nothing_is_said_that_was_not_asked_for(run: ScenarioRun) -> None:
    """Calls of the method that the scenario is about have no parameter of it that was not given."""
    method = run.scenario.main_method
    own = {*_given(run), *run.scenario.params, *OWN.get(run.scenario.op, ())}
    for call in run.calls:
        if call.action == method.name:
            added = [name for name in sorted(call.params) if method.takes(name) and name not in own]
            expect([], added, f"parameters of {call.name} that were not given")


OWN = {"list": ("from", "to", "orderBy", "orderMode"), "publish": ("collectionStatus",)}
"""Parameters that an operation adds by itself."""


def _given(run: ScenarioRun) -> dict[str, str]:
    """The parameters that the caller gave; those of a list have a rule of their own."""
    args, params = run.case.args, run.case.args.get("params", {})
    assert isinstance(params, dict)
    given = {} if run.scenario.op == "list" else dict(params)
    return given | ({"collectionHash": str(args["collection"])} if "collection" in args else {})


@check("client.secret-not-sent")
def the_secret_is_never_sent(run: ScenarioRun) -> None:
    """No parameter, path, header or body holds the secret, however it is spelled."""
    leaks = [f"{call.name}: {', '.join(call.leaks)}" for call in run.requests if call.leaks]
    expect([], leaks, "requests with the secret in them")
    # Calls that differ in their signature alone are looked at once.
    texts = {SENT_SIGNATURE.sub("", text): (sent, text) for sent, text in _texts_of(run)}
    for sent, text in texts.values():
        if spelling := spelling_of(run.case.secret, text):
            raise Violation(f"the request {sent}", "no secret", f"the secret, {spelling}")


def _texts_of(run: ScenarioRun) -> Iterator[tuple[Sent, str]]:
    return ((sent, sent.text(without=run.document or b"")) for sent in run.sent or ())


@check("client.secret-not-shown")
def nothing_secret_is_printed(run: ScenarioRun) -> None:
    """The client tells neither the secret nor a signature: on stderr, in messages, in names and contents of files."""
    own = (one.text for one in run.report.log if one.by == "client")
    said = "\n".join((run.report.printed, *own, *run.left, *_texts(run.beside)))
    # Others may write into the same folders.
    anywhere = "\n".join((said, *run.report.left, *_texts(run.report.left)))
    signatures = {signature: sent for sent in run.sent or () for signature in _signatures_in(sent)}
    spellings = spellings_of([run.case.secret, *signatures], anywhere)
    # The log is masked already, so a mask means that the secret was there.
    if spelling := MASK in said or spellings.get(run.case.secret, ""):
        raise Violation("what the client printed", "nothing secret", f"the secret{_as(spelling)}")
    if any(part in anywhere for part in _nearly(run.case.secret)):
        raise Violation("what the client printed", "nothing secret", "most of the secret")
    for name, pattern in SIGNATURES.items():
        if match := pattern.search(said):
            raise Violation("what the client printed", "nothing secret", f"{name}: {match[0][:24]}…")
    folded = anywhere.casefold()
    for signature, sent in signatures.items():
        nearly = (signature[:NEARLY_ALL].casefold(), signature[-NEARLY_ALL:].casefold())
        if signature in spellings or any(part in folded for part in nearly):
            raise Violation("what the client printed", "nothing secret", f"the signature of {sent}")


def _texts(files: Mapping[str, bytes]) -> Iterator[str]:
    """The contents of files, but for what came of a package: that holds nothing else, and takes long to search."""
    return (content.decode("latin-1") for content in files.values() if not content.startswith(ARCHIVE))


def _signatures_in(sent: Sent) -> list[str]:
    """The signatures in the address and in the body of a request."""
    return SENT_SIGNATURE.findall(f"{sent.target}\n{sent.body.decode('latin-1')}")


def _nearly(secret: str) -> list[str]:
    """The beginning and the end of a secret, with so much of it that the rest can be guessed."""
    rest = len(secret) // 4
    return [secret[rest:], secret[:-rest]] if len(secret) >= LONG_SECRET else []


def _as(spelling: str | bool) -> str:
    return f", {spelling}" if isinstance(spelling, str) else ""


PART = re.compile(r'^content-disposition:.*?[; ]name="?([^"\s;]*)', re.IGNORECASE | re.MULTILINE)
"""The name of a part of a multipart body."""

SENT_SIGNATURE = re.compile(r'(?:[?&]signature=|name="signature"\r\n\r\n)([A-Za-z0-9_~-]{16,})', re.IGNORECASE)
"""A signature as it is sent."""

LONG_SECRET = 12
"""Characters of a secret of which a part is looked for, too."""
NEARLY_ALL = 16
"""Letters of a signature with which the others can be guessed."""

SIGNATURES = {
    "a signature": re.compile(r"signature['\"]?\s*[=:]\s*['\"]?[0-9a-fA-F]{32}"),
    "a signed resource URL": re.compile(r"[?&]Signature=[A-Za-z0-9_~%-]{8,}"),
}
