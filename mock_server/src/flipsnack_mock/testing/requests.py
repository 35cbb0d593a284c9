"""A client for the journal of one account: list, count, wait, verify, lint, export."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, Unpack
from urllib.parse import quote

import msgspec

from flipsnack_mock.inspect.records import Record
from flipsnack_mock.lint.findings import Finding
from flipsnack_mock.testing.fields import RequestFilters, RequestMatch

__tracebackhide__ = True  # pytest shows the line of the test instead
Records = list[Record]
Findings = list[Finding]


class Unmet(AssertionError):
    """An expectation about the requests does not hold; the text says what was found, and the nearest misses."""


class Linted(Protocol):
    """An object that can be linted: an `AccountAdmin`, or its `requests`."""

    def lint(self, *, level: str = "SHOULD", ignore: Collection[str] = ()) -> list[Finding]:
        """The findings."""


def assert_clean(account: Linted, *, level: str = "SHOULD", ignore: Collection[str] = ()) -> None:
    """Raise `AssertionError` with all findings if the client of `account` broke rules of the vendor.

    `level` MUST leaves out SHOULD rules, `ignore` names rules to leave out.
    """
    findings = account.lint(level=level, ignore=ignore)
    if findings:
        raise AssertionError("\n".join(["the client broke rules of the vendor:", *map(str, findings)]))


class Requests:
    """The requests of one account, oldest first.

    Filters are the fields of a matcher: `action`, `hash`, `code`, `status`, `kind`, `failed`, `fault`, `since`, … Every
    method raises `AdminError` if the control plane refuses, for example an unknown filter.
    """

    def __init__(self, call: Callable[..., Any], text: Callable[..., str], key: str) -> None:
        """Send requests with `call` and `text`, relative to the server, about the account of `key`."""
        self._call = call
        self._text = text
        self._key = key

    def list(self, *, limit: int = 1_000_000, **filters: Unpack[RequestFilters]) -> Records:
        """List the matching requests; with `limit` only the latest."""
        answer = self._call("GET", "/__admin/requests", **self._query({**filters, "limit": limit}))
        return msgspec.convert(answer["requests"], Records)

    def count(self, **filters: Unpack[RequestFilters]) -> int:
        """Count the matching requests."""
        return int(self._call("GET", "/__admin/requests/count", **self._query(filters))["count"])

    def show(self, request_id: str) -> Record:
        """One request, by the id in the header `X-Flipsnack-Mock-Request` of its answer."""
        return msgspec.convert(self._call("GET", f"/__admin/requests/{quote(request_id, safe='')}"), Record)

    def wait(self, *, count: int = 1, timeout: float = 30, **filters: Unpack[RequestFilters]) -> Records:
        """Wait for `count` matching requests, and return them; raises `Unmet` after `timeout` real seconds."""
        query = self._query({**filters, "count": count}) | {"timeout": str(timeout)}
        answer = self._call("GET", "/__admin/requests/wait", **query)
        if not answer["complete"]:
            found = f"waited {timeout} s for {count}, found {answer['count']}"
            raise Unmet(_with_near_misses(f"{_about({'match': filters})}: {found}", answer["nearest"]))
        return msgspec.convert(answer["requests"], Records)

    def verify(
        self,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        after: RequestMatch | None = None,
        before: RequestMatch | None = None,
        **match: Unpack[RequestMatch],
    ) -> None:
        """Raise `Unmet` unless that many requests match, after the first match of `after` and before that of `before`.

        `verify(exactly=2, hash="f1")`, `verify(exactly=0, hash="f1", after={"hash": "f1", "status": "COMPLETE"})`.
        """
        given = {"exactly": exactly, "at_least": at_least, "at_most": at_most}
        expectation: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        windows: dict[str, RequestMatch | None] = {"match": match, "after": after, "before": before}
        expectation |= {name: {"key": self._key, **matcher} for name, matcher in windows.items() if matcher is not None}
        answer = self._call("POST", "/__admin/requests/verify", {"expectations": [expectation]})
        finding = answer["expectations"][0]
        if not finding["ok"]:
            raise Unmet(_with_near_misses(f"{_about(windows)}: {finding['sentence']}", finding["nearest"]))

    def lint(self, *, level: str = "SHOULD", ignore: Collection[str] = ()) -> Findings:
        """The vendor's rules that the client broke; `level` MUST leaves out SHOULD rules, `ignore` names rules."""
        query = {"key": self._key, "level": level, "ignore": ",".join(ignore)}
        return msgspec.convert(self._call("GET", "/__admin/lint", **query)["findings"], Findings)

    def clear(self) -> None:
        """Clear the journal of the account; nothing else changes."""
        self._call("DELETE", f"/__admin/accounts/{quote(self._key, safe='')}/requests")

    def trace(self) -> str:
        """The journal as lines of JSON, for `flipsnack-mock lint`."""
        return self._text("/__admin/requests.ndjson", key=self._key)

    def har(self) -> str:
        """The journal as an HTTP archive (HAR)."""
        return self._text("/__admin/requests.har", key=self._key)

    def _query(self, filters: Mapping[str, object]) -> dict[str, str]:
        return {"key": self._key} | {name: str(value) for name, value in filters.items()}


def _about(windows: Mapping[str, Mapping[str, object] | None]) -> str:
    """Which requests were meant: "requests with hash='f1' after status='COMPLETE'"."""
    words = {"match": "with"}
    said = {
        words.get(name, name): ", ".join(f"{field}={value!r}" for field, value in matcher.items())
        for name, matcher in windows.items()
        if matcher
    }
    return " ".join(["requests", *(f"{word} {fields}" for word, fields in said.items())])


def _with_near_misses(sentence: str, nearest: list[dict[str, Any]]) -> str:
    near = [f"  nearly {miss['id']}: {miss['sentence']}" for miss in nearest]
    return "\n".join([sentence, *near])
