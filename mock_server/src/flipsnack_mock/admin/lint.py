"""Route for the lint of the requests in the journal."""

from typing import Any, Literal

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.long_poll import length_of, work
from flipsnack_mock.admin.routes import Context, bad_request, parse_query, route
from flipsnack_mock.inspect.records import Record, records_of
from flipsnack_mock.lint.findings import FORMATS, Report, lint

_CONTENT_TYPES = {"json": "application/json", "text": "text/plain; charset=utf-8"}


class LintQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The query: one key or all, the lowest level, rules to ignore (separated by commas), the output format."""

    key: str | None = None
    level: Literal["MUST", "SHOULD"] = "SHOULD"
    ignore: str = ""
    format: Literal["json", "text"] = "json"


@route(
    "GET",
    "/__admin/lint",
    "lint the client: find violations of the vendor's rules (key, level, ignore, format)",
    query=LintQuery,
)
def lint_client(context: Context) -> Any:
    """Each finding with rule, level, what was seen, what to do, and the requests."""
    query = parse_query(context.query, LintQuery)
    world = context.world
    entries, dropped = list(world.journal.entries(query.key)), world.journal.dropped(query.key)
    return work(lambda: _linted(query, list(records_of(world, entries)), dropped), size=length_of(entries))


def _linted(query: LintQuery, records: list[Record], dropped: int) -> HttpResponse:
    try:
        findings = lint(records, level=query.level, ignore=[name for name in query.ignore.split(",") if name])
    except ValueError as refusal:
        raise bad_request(str(refusal), "$.ignore", expected="ids of rules") from None
    report = Report(findings=findings, checked=len(records), dropped=dropped)
    return HttpResponse(FORMATS[query.format](report) + "\n", 200, content_type=_CONTENT_TYPES[query.format])
