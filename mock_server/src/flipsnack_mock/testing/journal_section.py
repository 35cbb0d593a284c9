"""The journal of a test's account as text, for the report of a test that failed."""

from collections.abc import Iterator

import requests

from flipsnack_mock.inspect.printable import printable
from flipsnack_mock.inspect.records import Record
from flipsnack_mock.protocol.errors import Code
from flipsnack_mock.server.request_log import shown_key
from flipsnack_mock.testing.admin_client import AccountAdmin, AdminError

TITLE = "flipsnack requests"
MAX_LINES = 50
_LONGEST = 300


def journal_section(account: AccountAdmin) -> str:
    """The latest requests of the account as the log of the fake prints them, masked, at most `MAX_LINES`.

    Why the signature of the last refused one is wrong follows: the others have mostly the same mistake.
    """
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
        line = printable(_line(record))
        yield line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
    if not records:
        yield "no request came"
    refused = [record for record in records if record.code == Code.INVALID_SIGNATURE and not record.fault]
    if refused and (found := account.diagnosis(refused[-1].id)["signature"]) is not None:
        yield f"{refused[-1].id}: {found['summary']}"


def _line(record: Record) -> str:
    code = "-" if record.code is None else f"code {record.code}"
    status, size = (record.answer.http_status, record.answer.bytes) if record.answer else ("-", 0)
    fault = f"fault {record.fault}" if record.fault and record.fault not in record.detail else ""
    parts = (
        f"{record.wall[11:23]} {record.id} {record.method} {record.action[:60] or '-'} {code} HTTP {status} "
        f"{size} B {shown_key(record.key)} {record.format} {record.duration_us / 1000:.1f} ms",
        fault,
        record.detail,
    )
    return "  ".join(part for part in parts if part)
