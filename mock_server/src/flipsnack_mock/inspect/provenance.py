"""The provenance of an answer: the rules of the ledger behind its checks and its outcome.

A rule is cited only where it applies: the rule about empty values does not apply to a request without them. So an
assumed rule shows up exactly where a test depends on it.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from flipsnack_mock.inspect import ledger
from flipsnack_mock.protocol.checks import METHOD, STEPS
from flipsnack_mock.protocol.envelope import Value
from flipsnack_mock.protocol.methods import COMMON, INVENTED, METHODS, NAMES, UPLOADS
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.journal import Entry

CHECK_RULES: dict[str, tuple[str, ...]] = {
    "well-formed": ("request.path",),
    "format": (),
    "maintenance": (),
    "required": ("code.30",),
    "key": ("code.41",),
    "limits": ("limit.per-second", "limit.per-minute", "limit.per-key", "limit.what-counts"),
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
    "parameters": ("parameter.value", "parameter.unknown"),
    "collection": ("code.43",),
}
"""The rules that a request fulfils by passing a check."""

OUTCOME_RULES: dict[str, tuple[str, ...]] = {
    State.PROCESSING: ("job.states", "job.started-by-first-call"),
    State.COMPLETE: ("job.states", "job.resource-url-with-complete", "job.fresh-resource-url", "job.never-goes-back"),
    State.FAILED: ("job.states", "job.never-goes-back"),
}
"""The rules behind each state of the job in an answer of collection.downloadHTML."""

METHOD_RULES: dict[str, tuple[str, ...]] = {
    "collection.create": (
        "upload.document-required",
        "upload.file-wins",
        "upload.file-url-signed",
        "upload.answer",
        "upload.title-default",
        "upload.new-hash",
        "upload.quota",
        "collection.object",
        "collection.empty-texts",
    ),
    "collection.getCollection": (
        "collection.object",
        "collection.empty-texts",
        "conversion.states",
        "conversion.failure-is-reported",
    ),
    "collection.update": (
        "update.sets",
        "update.keeps",
        "update.empty-text",
        "update.publishing-renames",
        "update.temporary-hash-dies",
        "collection.object",
        "collection.empty-texts",
    ),
    "collection.deleteCollection": ("delete.no-data", "delete.gone"),
    "collection.getEmbed": ("embed.code", "embed.size", "embed.start-page", "embed.ignored"),
    "collection.getStats": ("stats.fields", "stats.pages", "stats.dates"),
    "collection.getList": ("list.own", "list.status", "list.query", "list.range", "list.count", "list.order"),
    "user.getStats": ("user.sums", "user.uploads-left"),
    "collection.downloadHTML": ("conversion.then-package",),
}
"""The rules behind an answer with code 20 of each method."""

# Unreserved characters (RFC 3986, 2.3) are the same encoded and decoded.
_UNRESERVED = re.compile("[A-Za-z0-9._~-]*")


def _mixed_case(entry: Entry) -> bool:
    names = [name for name in entry.params if name not in ("signature", "file")]
    return sorted(names) != sorted(names, key=str.lower)


def _sends(*names: str) -> Callable[[Entry], bool]:
    return lambda entry: not entry.params.keys().isdisjoint(names)


def _own_sent(entry: Entry) -> set[str]:
    """The names of the method's own parameters that were sent."""
    method = METHODS.get(entry.action)
    return entry.params.keys() & {parameter.name for parameter in method.parameters} if method else set()


def _unknown_sent(entry: Entry) -> bool:
    return bool(entry.params.keys() - _own_sent(entry) - COMMON)


def _was_published(entry: Entry) -> bool:
    new = (entry.data or {}).get("collectionHash")
    return new is not None and new != entry.params.get("collectionHash")


def _has_empty_text(entry: Entry) -> bool:
    return any((entry.data or {}).get(name) == "" for name in ("collectionTitle", "collectionDescription"))


def _has_list(entry: Entry) -> bool:
    return any(isinstance(value, list) for value in (entry.data or {}).values())


def _needs_encoding(entry: Entry) -> bool:
    return not all(_UNRESERVED.fullmatch(text) for pair in entry.params.items() for text in pair)


# Rules that apply only to some requests.
_APPLIES: dict[str, Callable[[Entry], bool]] = {
    "signature.byte-order": _mixed_case,
    "signature.decoded-utf8": _needs_encoding,
    "signature.empty-values": lambda entry: "" in entry.params.values(),
    "request.get-for-reads": lambda entry: entry.action not in UPLOADS,
    "request.post-for-uploads": lambda entry: entry.action in UPLOADS,
    "code.43": _sends("collectionHash"),
    "parameter.value": lambda entry: bool(_own_sent(entry)),
    "parameter.unknown": _unknown_sent,
    "upload.file-wins": lambda entry: bool(entry.request.files) and "fileUrl" in entry.params,
    "upload.file-url-signed": _sends("fileUrl"),
    "upload.title-default": lambda entry: "title" not in entry.params,
    "collection.empty-texts": _has_empty_text,
    "conversion.failure-is-reported": lambda entry: entry.conversion == "failed",
    "update.keeps": lambda entry: not entry.params.keys() >= {"title", "description", "collectionStatus"},
    "update.empty-text": lambda entry: "" in (entry.params.get("title"), entry.params.get("description")),
    "update.publishing-renames": _was_published,
    "update.temporary-hash-dies": _was_published,
    "embed.start-page": _sends("startPage"),
    "embed.ignored": _sends("https", "startBook"),
    "stats.dates": _sends("startDate", "endDate"),
    "list.status": _sends("collectionStatus"),
    "list.query": _sends("query"),
    "list.range": _sends("from", "to"),
    "answer.xml-lists": _has_list,
}


def invented_in(entry: Entry) -> tuple[str, ...]:
    """What no source documents in a request and its answer: names of parameters and fields, and rules.

    A field that a setting has renamed is invented all the same.
    """
    names = [*(_own_sent(entry) & INVENTED), *(fields_of(entry.data).keys() - (NAMES - INVENTED))]
    return (*sorted(names), *(rule for rule, known in cited_rules(entry).items() if known == "invented"))


def fields_of(value: Value) -> dict[str, Value]:
    """Every field at any depth of the data of an answer; of those with one name, the last."""
    if isinstance(value, Mapping):
        inner = [fields_of(one) for one in value.values()]
        return dict(value) | {name: one for fields in inner for name, one in fields.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {name: one for element in value for name, one in fields_of(element).items()}
    return {}


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
        state = str((entry.data or {}).get("status"))
        rules += ["code.20", *OUTCOME_RULES.get(state, ()), *METHOD_RULES.get(entry.action, ())]
    form = ("answer.xml", "answer.xml-lists") if entry.fmt == "xml" else (f"answer.{entry.fmt}",)
    return [*rules, "answer.envelope", "answer.http-200", *form]
