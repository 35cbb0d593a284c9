"""One request and its answer, as far as it was seen: in the fake's log, in its journal, or in an HTTP archive."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.contract.decoding import Answer, Malformed, decode
from flipsnack_contract.contract.methods import package_method

CREATE, SHOW, UPDATE, LIST, STATISTICS, DELETE = (
    f"collection.{name}" for name in ("create", "getCollection", "update", "getList", "getStats", "deleteCollection")
)
"""The methods that clients have duties about, beside the one that makes packages."""

SLOWEST_FIRST = ("failed", "processing", "complete")
"""States of a conversion: of several documents, the first of these decides."""

Kind = Literal["call", "download", "other"]
AS_LOGGED = ("method", "params", "code", "fault", "failed", "detail", "rule", "signature", "range")
CANARY_PATH = "canary"
"""The end of a path that only a client requests which resolves an external entity or follows a bogus URL."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A request and its answer; what was not seen is None, or empty.

    `start` and `end` are microseconds of the time that the server counts in, where that is known, else of the
    recorder's; `wall` is the start in real time. `kind` is a call of the API, a download, or anything else.
    `readable`: the body was seen and makes sense. Of an answer with a `link`, `link_tried` says whether the link was
    requested. Of a download, `giver` is the answer that gave its link, where it was seen. `state` is that of a package,
    or of the conversion of a collection; `data` is what the answer said, and None where that is not known.

    The fake knows more: the `fault` that a request met; the check that `failed` and refused it, with its `detail` and
    its `rule`; whether the `signature` is right, wrong or unjudged; and the places where it holds the secret (`leaks`).
    `headers` are those of the request by their names in lower case, where they were seen.
    """

    name: str
    kind: Kind
    method: str
    url: str
    start: int
    end: int
    wall: int
    params: Mapping[str, str] = field(default_factory=dict)
    http_status: int | None = None
    code: int | None = None
    state: str | None = None
    link: str | None = None
    data: Mapping[str, Any] | None = None
    readable: bool = False
    link_tried: bool = False
    giver: "Event | None" = None
    fault: str = ""
    failed: str = ""
    detail: str = ""
    rule: str = ""
    signature: str = ""
    leaks: tuple[str, ...] = ()
    range: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def spoilt(self) -> bool:
        """Whether a fault changed the answer; one that refused the call by a code did not."""
        return bool(self.fault) and self.failed != "fault"

    def as_received(self) -> "Event":
        """The event without what the server meant to answer, where a fault changed the answer."""
        if not self.spoilt:
            return self
        return replace(self, code=None, state=None, link=None, data=None, readable=False)

    @property
    def is_poll(self) -> bool:
        """Whether it asks for a package."""
        return self.kind == "call" and self.action == package_method().name and bool(self.collection)

    @property
    def answered_hash(self) -> str:
        """The hash of the collection that the answer holds."""
        return str((self.data or {}).get("collectionHash", ""))

    @property
    def names_in_query(self) -> frozenset[str]:
        """The names of the parameters in the URL."""
        return frozenset(name for name, _value in parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def named_twice(self) -> list[str]:
        """The names of parameters that are in the URL more than once."""
        names = [name for name, _value in parse_qsl(urlsplit(self.url).query, keep_blank_values=True)]
        return sorted({name for name in names if names.count(name) > 1})

    @property
    def fetches_link(self) -> bool:
        """Whether it requests exactly the link that `giver` gave."""
        return self.giver is not None and self.url == self.giver.link

    @property
    def key(self) -> str:
        """The API key: of a download, that of the call which gave its link."""
        return self.giver.key if self.giver else self.params.get("apiKey", "")

    @property
    def action(self) -> str:
        return self.params.get("action", "")

    @property
    def collection(self) -> str:
        return self.params.get("collectionHash", "")

    @property
    def sameness(self) -> tuple[tuple[str, str], ...]:
        """Equal for calls that ask for the same: the verb and all parameters but the signature."""
        return (("", self.method), *sorted((name, value) for name, value in self.params.items() if name != "signature"))

    @property
    def summary(self) -> str:
        """Request and answer in one line, without the name."""
        result = f"code {self.code}" if self.code is not None else f"HTTP {self.http_status}"
        what = f"{self.action or 'no action'} {self.collection}" if self.kind == "call" else "package"
        parts = (self.method, what.strip(), "->", result, self.state, self.fault and f"[{self.fault}]")
        return " ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.name} {self.summary}"


def conversion_state(data: Mapping[str, Any] | None) -> str | None:
    """How far the conversion of a collection is; None for an answer that holds no collection."""
    items = (data or {}).get("flipbooks")
    states = [item.get("flipbookStatus") for item in items if isinstance(item, Mapping)] if items else []
    return next((state for state in SLOWEST_FIRST if state in states), None)


def logged_event(name: str, record: Mapping[str, Any]) -> Event:
    """The event of a record of the fake's journal. Raises `KeyError`, `TypeError`."""
    now = record["now_us"]
    kind: Kind = "call" if record["kind"] == "api" else "download"
    # A resource URL is known by its path and its masked signature.
    query = record.get("query", "") if kind == "call" else record.get("params", {}).get("Signature", "")
    answer = _logged_answer(record) if kind == "call" else None
    data = answer.data if answer else None
    return Event(
        name=name,
        kind="other" if record["path"].endswith(CANARY_PATH) else kind,
        url=f"{record['path']}?{query}",
        start=now,
        end=now,
        wall=now,
        http_status=(record.get("answer") or {}).get("http_status"),
        state=record.get("status") or conversion_state(data) or str((data or {}).get("status") or "") or None,
        data=data,
        leaks=tuple(record.get("leaks", ())),
        **{field: record[field] for field in AS_LOGGED if field in record},
    )


def _logged_answer(record: Mapping[str, Any]) -> Answer | None:
    """The answer in a record, where it is whole: the journal keeps the beginning of a long one.

    It shows bytes that are no text as U+FFFD.
    """
    params, body = record.get("params", {}), (record.get("answer") or {}).get("body", "")
    with suppress(Malformed):
        if "\ufffd" not in body:
            return decode(body.encode(), record.get("format", "json"), callback=params.get("callback"))
    return None
