"""The variants of each mistake for a given request: the fields of a `SigningVariant` that it sets.

They are ordered from likely to unlikely; causes are reported in this order.
"""

import re
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any, NamedTuple
from urllib.parse import unquote

from flipsnack_mock.doctor.case import ANOTHER, Case
from flipsnack_mock.doctor.signature_builder import AS_SENT, ESCAPES
from flipsnack_mock.protocol.methods import METHODS

_MOST_NAMES = 40
_MOST_PERMUTED = 5


class Variant(NamedTuple):
    """One way to make a mistake: in words, the `SigningVariant` fields it sets, and whether it is tried only alone."""

    detail: str
    fields: dict[str, Any]
    alone: bool = False


Variants = Callable[[Case], Iterable[Variant]]


def always(*variants: Variant) -> Variants:
    """The same variants for every request."""
    return lambda _case: variants


# --- which parameters ------------------------------------------------------------------------------------------------


def _names(case: Case) -> list[str]:
    return [name for name, _ in case.sent if name not in ("signature", "file")][:_MOST_NAMES]


def optional_left_out(case: Case) -> Iterable[Variant]:
    """`format`, `callback` or both left out."""
    sent = [name for name in ("format", "callback") if name in _names(case)]
    for names in [sent] if len(sent) < 2 else [sent, *([name] for name in sent)]:
        if names:
            yield Variant(f"{' and '.join(names)} left out", {"left_out": frozenset(names)})


def left_out(case: Case) -> Iterable[Variant]:
    """One of the other parameters left out."""
    for name in _names(case):
        if name not in ("format", "callback"):
            yield Variant(f"{name} left out", {"left_out": frozenset({name})})


_GUESSES = (
    ("format", "json"),
    ("format", "jsonp"),
    ("format", "xml"),
    ("callback", "callback"),
    ("collectionHash", ""),
)


def added(case: Case) -> Iterable[Variant]:
    """A parameter of the vendor's page signed with a likely value or its default; others cannot be guessed."""
    names = _names(case)
    method = METHODS.get(dict(case.sent).get("action", ""))
    defaults = [(one.name, one.default) for one in method.parameters if one.default is not None] if method else []
    for name, value in (*_GUESSES, *defaults):
        if name not in names:
            yield Variant(f"{name}={value} signed too", {"added": ((name, value),)})


def file(case: Case) -> Iterable[Variant]:
    """`file` signed: as it was sent, or with what a program may take for the value of a file."""
    sent = dict(case.sent).get("file")
    if sent is not None:
        yield Variant("file signed too", {"with_file": True})
        # Whoever writes a call down names the file as for curl.
        for value, what in reversed(_file_values(sent.removeprefix("@")).items()):
            yield Variant(f"file signed with {what}", {"with_file": True, "replaced": (("file", value),)})
    for uploaded in case.files[:1]:
        found = {str(uploaded.size): "its size", uploaded.digest: "the SHA-256 of its bytes"}
        for value, what in reversed((found | _file_values(uploaded.file_name)).items()):
            yield Variant(f"file signed with {what}", {"with_file": True, "added": (("file", value),)})


def _file_values(path: str) -> dict[str, str]:
    """Values that a program may sign for the file at `path`, each with what it is, the likeliest last."""
    name = re.split(r"[/\\]", path)[-1]
    return {
        "[object Object]": "the text of a JavaScript object",
        "[object File]": "the text of a JavaScript file",
        f"<_io.BufferedReader name='{name}'>": "the text of a Python file",
        "": "nothing",
        name.rpartition(".")[0]: "its name without ending",
        f"./{name}": "its path from the current folder",
        f"@./{name}": "that path, as curl takes it",
        f"@{path}": "its path, as curl takes it",
        path: "its path",
        # A name may be all that is known of the path.
        name: "its name",
    }


def file_url(case: Case) -> Iterable[Variant]:
    """`fileUrl` alone encoded or decoded, where that changes it."""
    url = dict(case.sent).get("fileUrl")
    if url is None:
        return
    ways = {f"encoded as by {way}": escape(url) for way, escape in ESCAPES.items()} | {"decoded": unquote(url)}
    for detail, signed in ways.items():
        if signed != url:
            yield Variant(f"fileUrl {detail}", {"replaced": (("fileUrl", signed),)})


def other_request(case: Case) -> Iterable[Variant]:
    """A parameter signed with another of the values that the case lists."""
    sent = dict(case.sent)
    for name, values in case.values.items():
        for value in values:
            if name in sent and value != sent[name]:
                detail = f"signed with {name}={value}, sent with {sent[name][:60]}"
                yield Variant(detail, {"replaced": ((name, value),)})


# --- their order, separators and encoding ----------------------------------------------------------------------------


def some_order(case: Case) -> Iterable[Variant]:
    """The order in the URL, and every permutation of few parameters."""
    yield Variant("signed in the order of the URL", {"order": "as sent"})
    names = _names(case)
    if 2 < len(names) <= _MOST_PERMUTED:
        for order in permutations(names):
            yield Variant(f"signed in the order {', '.join(order)}", {"order": order}, alone=True)


_SEPARATORS = (
    ("=", "&"),
    ("=", ""),
    ("", "&"),
    ("", "\n"),
    ("=", "\n"),
    (":", "\n"),
    ("\n", "\n"),
    ("=", ","),
    (":", ","),
    ("", ","),
    ("=", ";"),
    ("=", "|"),
    ("", "|"),
    ("", " "),
    (" ", " "),
    (":", ""),
    ("", ":"),
)


def separators(_case: Case) -> Iterable[Variant]:
    """Separators between names, values and parameters, at the end or after the secret."""
    for between, joint in _SEPARATORS:
        secret_places = ((between, "name and value"), (joint, "parameters"))
        words = [f"{text!r} between {what}" for text, what in secret_places if text]
        fields = {"between": between, "joint": joint}
        yield Variant(", ".join(words), fields)
        if joint:
            yield Variant(", ".join([*words, "and after the secret"]), fields | {"after_secret": True})
            yield Variant(", ".join([*words, "and at the end"]), fields | {"trailing": True})


def escaped(_case: Case) -> Iterable[Variant]:
    """Names and values percent-encoded, in each common way."""
    yield Variant("encoded as in the URL", {"escape": AS_SENT})
    for way in ESCAPES:
        yield Variant(f"encoded as by {way}", {"escape": way})


# --- the secret ------------------------------------------------------------------------------------------------------


def another_secret(case: Case) -> Iterable[Variant]:
    """The secret of each other account in the case."""
    for label in case.secrets:
        if label.startswith(ANOTHER):
            yield Variant(f"signed with the secret of {label.removeprefix(ANOTHER)}", {"secret": label})


def key_for_secret(case: Case) -> Iterable[Variant]:
    """The API key in place of the secret."""
    if key := dict(case.sent).get("apiKey"):
        yield Variant("the API key in place of the secret", {"secret_template": key})


SECRET_TEMPLATES = {
    "a newline after it": "{}\n",
    "CR LF after it": "{}\r\n",
    "a blank after it": "{} ",
    "a blank before it": " {}",
    "in double quotes": '"{}"',
    "in single quotes": "'{}'",
    "with a byte order mark": "\ufeff{}",
}

# --- the digest ------------------------------------------------------------------------------------------------------


def keyed(_case: Case) -> Iterable[Variant]:
    """An HMAC, with the secret as key only or in the text as well."""
    for algorithm in ("md5", "sha256", "sha1", "sha512"):
        fields = {"keyed": True, "algorithm": algorithm}
        yield Variant(f"HMAC-{algorithm.upper()} with the secret as key", fields | {"secret_places": ()})
        yield Variant(f"HMAC-{algorithm.upper()} with the secret as key and in the text", fields)


def cut(case: Case) -> Iterable[Variant]:
    """A prefix of the digest; fewer than 8 digits could match by accident."""
    length = len(case.given)
    if 8 <= length < 128:
        yield Variant(f"only the first {length} characters were sent", {"kept": (0, length)})
        yield Variant("only the middle 16 digits were sent", {"kept": (8, 24)})


def padded(case: Case) -> Iterable[Variant]:
    """White space or quotes around the signature."""
    core = case.given.strip(" \t\r\n\"'")
    before, found, after = case.given.partition(core)
    if core and found and (before or after):
        yield Variant(f"sent as {before!r} + signature + {after!r}", {"around": (before, after)})


def base64(_case: Case) -> Iterable[Variant]:
    """The digest in one of the alphabets of base64."""
    for digest_encoding in ("base64", "base64 without =", "base64 for URLs", "base64 for URLs without ="):
        yield Variant(f"sent as {digest_encoding}", {"digest_encoding": digest_encoding})
    yield Variant("sent as base64 with + sent as it is", {"digest_encoding": "base64 with + sent as it is"})
