"""The provenance of an answer: the rules of the ledger behind its checks and its outcome.

A rule is cited only where it applies: the rule about empty values does not apply to a request without them. So an
assumed rule shows up exactly where a test depends on it.
"""

import re
from collections.abc import Callable

from flipsnack_mock.inspect import ledger
from flipsnack_mock.protocol.checks import METHOD, STEPS
from flipsnack_mock.protocol.methods import UPLOADS
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.journal import Entry

CHECK_RULES: dict[str, tuple[str, ...]] = {
    "well-formed": ("request.path",),
    "format": (),
    "maintenance": (),
    "required": ("code.30",),
    "key": ("code.41",),
    "limits": ("limit.per-second", "limit.per-minute", "limit.per-key"),
    "action": ("code.42",),
    "verb": ("request.get-for-reads", "request.post-for-uploads"),
    "signature": (
        "signature.digest",
        "signature.sorted",
        "signature.excludes-itself-and-file",
        "signature.lower-case",
        "signature.byte-order",
        "signature.decoded-utf8",
        "signature.empty-values",
    ),
    "parameters": (),
    "collection": ("code.43",),
}
"""The rules that a request fulfils by passing a check."""

OUTCOME_RULES: dict[str, tuple[str, ...]] = {
    State.PROCESSING: ("job.states", "job.started-by-first-call"),
    State.COMPLETE: ("job.states", "job.resource-url-with-complete", "job.fresh-resource-url", "job.never-goes-back"),
    State.FAILED: ("job.states", "job.never-goes-back"),
}
"""The rules behind each state of the job in an answer."""

# Unreserved characters (RFC 3986, 2.3) are the same encoded and decoded.
_UNRESERVED = re.compile("[A-Za-z0-9._~-]*")


def _mixed_case(entry: Entry) -> bool:
    names = [name for name in entry.params if name not in ("signature", "file")]
    return sorted(names) != sorted(names, key=str.lower)


def _needs_encoding(entry: Entry) -> bool:
    return not all(_UNRESERVED.fullmatch(text) for pair in entry.params.items() for text in pair)


# Rules that apply only to some requests.
_APPLIES: dict[str, Callable[[Entry], bool]] = {
    "signature.byte-order": _mixed_case,
    "signature.decoded-utf8": _needs_encoding,
    "signature.empty-values": lambda entry: "" in entry.params.values(),
    "request.get-for-reads": lambda entry: entry.action not in UPLOADS,
    "request.post-for-uploads": lambda entry: entry.action in UPLOADS,
    "code.43": lambda entry: "collectionHash" in entry.params,
}


def cited_rules(entry: Entry) -> dict[str, str]:
    """The rules behind the answer of `entry` with their classes; the rule that refused the request comes first."""
    applied = _applied_rules(entry)
    found = [entry.rule, *(rule for rule in applied if rule not in _APPLIES or _APPLIES[rule](entry))]
    known = ledger.rules()
    return {rule: known[rule]["class"] for rule in found if rule in known}


def passed_checks(entry: Entry) -> tuple[str, ...]:
    """The names of the checks that the request passed, in order."""
    if entry.fmt == "zip":
        return ("resource-url",) if not entry.failed else ()
    return STEPS[: entry.passed]


def signature_verdict(entry: Entry) -> str:
    """Whether the signature was right or wrong; `unjudged` if an earlier check refused the request."""
    if "signature" in passed_checks(entry):
        return "right"
    return "wrong" if entry.failed == "signature" else "unjudged"


def _applied_rules(entry: Entry) -> list[str]:
    if entry.fmt == "zip":
        return [] if entry.failed else ["url.zip", "url.lives-60s"]
    rules = [rule for check in passed_checks(entry) for rule in CHECK_RULES[check]]
    if entry.failed in (*STEPS, METHOD):
        rules += ["order.checks"]
    elif entry.code is not None:
        rules += ["code.20", *OUTCOME_RULES.get(str((entry.data or {}).get("status")), ())]
    return [*rules, "answer.envelope", "answer.http-200", f"answer.{entry.fmt}"]
