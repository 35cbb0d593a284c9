"""The journal of a test's account as text, for the report of a test that failed."""

from collections.abc import Iterator
from typing import Any

import requests

from flipsnack_mock.inspect.records import Record
from flipsnack_mock.server.request_log import pretty_line, shown_key
from flipsnack_mock.testing.admin_client import AccountAdmin, AdminError

TITLE = "flipsnack requests"
MAX_LINES = 50
_LONGEST = 300


def journal_section(account: AccountAdmin) -> str:
    """The latest requests of the account as the log of the fake prints them, masked, at most `MAX_LINES`."""
    try:
        return "\n".join(_lines(account))
    except (AdminError, requests.RequestException) as trouble:
        return f"the journal cannot be read: {trouble}"


def _lines(account: AccountAdmin) -> Iterator[str]:
    records = account.requests.list(limit=MAX_LINES)
    earlier = account.requests.count() - len(records)
    if earlier > 0:
        yield f"{earlier} earlier requests"
    for record in records:
        line = pretty_line(_facts(record))
        yield line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    if not records:
        yield "no request came"


def _facts(record: Record) -> dict[str, Any]:
    return {
        "id": record.id,
        "at": record.wall,
        "method": record.method,
        "action": record.action[:60],
        "code": record.code,
        "http": record.answer.http_status if record.answer else None,
        "bytes": record.answer.bytes if record.answer else 0,
        "key": shown_key(record.key),
        "format": record.format,
        "us": record.duration_us,
        "fault": record.fault,
        "why": record.detail,
    }
