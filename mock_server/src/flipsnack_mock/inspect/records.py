"""An entry of the journal as it is shown, exported and linted: everything spelled out, secrets masked."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated
from urllib.parse import parse_qs, parse_qsl

import msgspec
from msgspec import Meta

from flipsnack_mock.inspect.masking import Mask, label, mask_of
from flipsnack_mock.inspect.provenance import cited_rules, invented_in, passed_checks, signature_verdict
from flipsnack_mock.protocol.addresses import PACKAGE_PREFIX, url_parts
from flipsnack_mock.protocol.instants import Counted, Microseconds, to_text
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

EntryId = Annotated[str, Meta(pattern=r"^r[0-9]{1,18}\Z", extra={"expected": "the id of a request, as r12"})]
API, PACKAGE = "api", "package"
_KEPT_ANSWER = 4096
_PACKAGE_HASH = re.compile(r"/packages/[^/]+/([^/]+)/")


class RecordedAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer: `body` is masked and cut to 4 KiB (empty for a package), `bytes` is the number of bytes sent.

    `headers` holds headers other than type and length, such as the ETag and the range of a package. `url` is the
    resource URL in the answer, without host and with a masked signature; `url_expires` is its expiry on the account's
    clock, in whole seconds since 1970.
    """

    http_status: int
    content_type: str
    bytes: int
    body: str = ""
    headers: dict[str, str] = {}
    url: str | None = None
    url_expires: int | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request and its answer. Wall and virtual time are given as text and in microseconds since 1970.

    `query` and `body` have one character for each byte; `cut` says that the request was longer than the journal keeps.
    `files` says what was uploaded, without the bytes. `leaks` names parameters that held a secret, `passed` and
    `failed` name checks, `assumed` the assumed `rules`, and `invented` what no source documents: parameters and fields
    by their names, and rules.
    """

    id: EntryId
    kind: str
    key: str
    wall: str
    virtual: str
    at_us: Microseconds
    now_us: Microseconds
    duration_us: Counted
    method: str
    path: str
    origin: str = ""
    query: str = ""
    content_type: str = ""
    body: str = ""
    range: str = ""
    conditions: dict[str, str] = {}
    cut: bool = False
    params: dict[str, str] = {}
    files: tuple[UploadedFile, ...] = ()
    action: str = ""
    hash: str = ""
    format: str = ""
    signature: str = ""
    leaks: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    failed: str = ""
    detail: str = ""
    rule: str = ""
    rules: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    code: int | None = None
    status: str = ""
    fault: str = ""
    answer: RecordedAnswer | None = None

    @property
    def number(self) -> int:
        """The place of this record in the journal."""
        return int(self.id[1:])


def records_of(world: World, entries: Iterable[Entry]) -> Iterator[Record]:
    """The records of `entries`, which belong to `world`, each made when it is asked for."""
    return (record_of(entry, mask_of(world, entry)) for entry in map(Entry.expanded, entries))


def record_of(entry: Entry, mask: Mask) -> Record:
    """The record of `entry`, masked with `mask`."""
    entry = entry.expanded()
    request = entry.request
    rules = cited_rules(entry)
    params = params_of(entry)
    path = mask.text(request.path)
    collection = collection_hash(entry)
    return Record(
        id=entry.id,
        kind=kind_of(entry),
        key=entry.key if entry.secret else mask.text(entry.key),
        wall=to_text(request.at),
        virtual=to_text(entry.now),
        at_us=request.at,
        now_us=entry.now,
        duration_us=entry.duration,
        method=mask.text(request.method),
        path=path,
        origin=mask.text(request.origin),
        query=mask.raw(request.query),
        content_type=mask.text(request.content_type),
        body=mask.raw(request.body, request.content_type or "none"),
        range=mask.text(request.range),
        conditions={name: mask.text(value) for name, value in request.conditions.items()},
        cut=entry.cut,
        params=mask.params(params),
        files=tuple(map(mask.file, request.files)),
        action=mask.whole(action_of(entry)),
        hash=mask.whole(collection),
        format=entry.fmt,
        signature=signature_verdict(entry) if kind_of(entry) == API else "",
        leaks=mask.leaks(params) + (("path",) if path != request.path else ()),
        passed=passed_checks(entry),
        failed=entry.failed,
        detail=mask.detail(entry.detail, params),
        rule=entry.rule,
        rules=tuple(rules),
        assumed=tuple(rule for rule, known in rules.items() if known == "assumed"),
        invented=invented_in(entry),
        code=entry.code,
        status=job_status(entry),
        fault=entry.fault,
        answer=_recorded_answer(entry, mask),
    )


def kind_of(entry: Entry) -> str:
    """Whether the entry is a call of the API or the download of a package."""
    return PACKAGE if entry.request.path.startswith(PACKAGE_PREFIX) else API


def action_of(entry: Entry) -> str:
    """The method that was called, or `package` for a download."""
    return PACKAGE if kind_of(entry) == PACKAGE else entry.action


def collection_hash(entry: Entry) -> str:
    """The hash of the requested collection; empty if there is none."""
    if kind_of(entry) == API:
        return entry.params.get("collectionHash", "")
    match = _PACKAGE_HASH.match(entry.request.path)
    return match[1] if match else ""


def params_of(entry: Entry) -> dict[str, str]:
    """The parameters; for downloads and malformed requests, as far as they can be parsed."""
    if entry.params:
        return entry.params
    form = entry.request.form
    fields = dict(form.fields) if form else {}
    return fields | dict(parse_qsl(entry.request.query.decode("latin-1"), keep_blank_values=True))


def job_status(entry: Entry) -> str:
    """The state in the answer, of a package in upper case, of a conversion in lower case; empty if there is none."""
    return str((entry.data or {}).get("status", "")) or entry.conversion


def _recorded_answer(entry: Entry, mask: Mask) -> RecordedAnswer | None:
    response = entry.response
    if response is None:
        return None
    body = response.body[: min(response.sent_bytes, _KEPT_ANSWER)] if isinstance(response.body, bytes) else b""
    url, expires = _resource_url(entry)
    return RecordedAnswer(
        response.http_status,
        mask.text(response.content_type),
        response.sent_bytes,
        mask.text(body.decode("utf-8", "replace")),
        {name: mask.text(value) for name, value in response.headers},
        url,
        expires,
    )


def _resource_url(entry: Entry) -> tuple[str | None, int | None]:
    given = (entry.data or {}).get("resourceUrl")
    if not isinstance(given, str):
        return None, None
    parts = url_parts(given)
    query = parse_qs(parts.query)
    try:
        return f"{parts.path}?{label(query['Signature'][0])}", int(query["Expires"][0])
    except (KeyError, ValueError):
        # A fault has replaced the URL.
        return None, None
