"""What a client sends: right requests, right signatures, and nothing where it does not belong."""

from __future__ import annotations

import re

from flipsnack_contract.adapter.case import MASK
from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_in
from flipsnack_contract.scenarios.scenario_run import Performance
from flipsnack_contract.scenarios.server_log import Call
from flipsnack_contract.target.request_builder import ACTION

CREDENTIALS = ("apiKey", "signature", "action")
# What refuses a call for its shape; a wrong verb and a wrong signature have duties of their own.
SHAPE = ("well-formed", "format", "required", "action")


@check("client.signature")
def every_call_is_signed_right(performance: Performance) -> None:
    """No call has a wrong signature, when the secret is the right one."""
    if performance.scenario.who == "wrong-secret":
        return
    for call in performance.asked:
        if call.signature == "wrong":
            raise Violation(f"the signature of {call.id}", "the one of the vendor's page", f"another ({call.detail})")


@check("client.parameters")
def every_call_says_what_was_asked_for(performance: Performance) -> None:
    """Each call has the action, the key, the collection and the format that the client was told."""
    for call in performance.asked:
        if call.failed in SHAPE:
            raise Violation(f"{call.id} is a call that the API takes", "no refusal", f"{call.failed}: {call.detail}")
        expect(ACTION, call.params.get("action"), f"action of {call.id}")
        expect(performance.case.key, call.params.get("apiKey"), f"apiKey of {call.id}")
        expect(performance.case.args["collection"], call.params.get("collectionHash"), f"collectionHash of {call.id}")
        _expect_format(performance.scenario.format, call)


def _expect_format(form: str, call: Call) -> None:
    # Who prefers XML breaks a rule of its own.
    if form == "json" and call.params.get("format") == "xml":
        return
    expect_in(("json", None) if form == "json" else (form,), call.params.get("format"), f"format of {call.id}")
    if form == "jsonp":
        expect(True, bool(call.params.get("callback")), f"{call.id} has a callback")


@check("client.get-for-reads")
def every_call_is_a_get(performance: Performance) -> None:
    """No call of a method that uploads nothing is anything but a GET."""
    for call in performance.asked:
        expect("GET", call.method, f"the verb of {call.id}")


@check("client.no-xml")
def xml_is_asked_for_only_when_told(performance: Performance) -> None:
    """format=xml is sent only by a client that was told to."""
    if performance.scenario.format != "xml":
        wrong = [call.id for call in performance.asked if call.params.get("format") == "xml"]
        expect([], wrong, "calls with format=xml")


@check("client.secret-not-sent")
def the_secret_is_never_sent(performance: Performance) -> None:
    """No parameter, path or body holds the secret."""
    leaks = [f"{call.id}: {', '.join(call.leaks)}" for call in performance.calls if call.leaks]
    expect([], leaks, "requests with the secret in them")


@check("client.credentials-not-in-download")
def downloads_carry_no_credentials(performance: Performance) -> None:
    """The resource URL is fetched as it was given: without apiKey, signature and action."""
    for call in performance.fetched:
        found = [name for name in CREDENTIALS if name in call.params]
        expect([], found, f"credentials in the download {call.id}")


@check("client.secret-not-shown")
def nothing_secret_is_printed(performance: Performance) -> None:
    """Neither the secret nor a signature stands in anything that the client said or printed."""
    said = "\n".join((performance.report.printed, *(one.text for one in performance.report.log if one.by == "client")))
    # The log of the conversation is masked already: where the mask stands, the secret stood.
    if performance.case.secret in said or MASK in said:
        raise Violation("what the client said and printed", "nothing secret", "the secret")
    for name, pattern in SIGNATURES.items():
        if match := pattern.search(said):
            raise Violation("what the client said and printed", "nothing secret", f"{name}: {match[0][:24]}…")


SIGNATURES = {
    "a signature": re.compile(r"signature['\"]?\s*[=:]\s*['\"]?[0-9a-fA-F]{32}"),
    "a signed resource URL": re.compile(r"[?&]Signature=[A-Za-z0-9_~%-]{8,}"),
}


@check("client.limits")
def both_limits_are_kept(performance: Performance) -> None:
    """Never more than 5 calls in any second, and never more than 60 in any minute."""
    instants = [call.now_us for call in performance.asked]
    for most, micros, name in ((5, 1_000_000, "second"), (60, 60_000_000, "minute")):
        for first, last in zip(instants, instants[most:], strict=False):
            if last - first < micros:
                raise Violation(f"calls in a {name}", f"at most {most}", f"{most + 1} in {(last - first) / 1e6:.3f} s")
