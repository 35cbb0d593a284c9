"""What the client of the control plane sends: the types of its arguments. Every field may be left out."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

JobState = Literal["NEW", "PROCESSING", "COMPLETE", "FAILED"]
ConversionState = Literal["processing", "complete", "failed"]


class PageFields(TypedDict, total=False):
    """What happened on the page with the number `page`, from 1; `time_spent` in seconds."""

    page: int
    time_spent: int
    clicks: int
    views: int


class DayFields(TypedDict, total=False):
    """What happened to a collection on one day; `date` (YYYY-MM-DD) is required."""

    date: str
    impressions: int
    views: int
    time_spent: int
    downloads: int
    pages: Sequence[PageFields]


class CollectionFields(TypedDict, total=False):
    """A collection to create; `package_bytes` 0 means as small as its pages allow, `schedule` that of the package."""

    hash: str | None
    title: str
    pages: int
    package_bytes: int
    schedule: str | None
    description: str
    status: Literal["public", "editable", "unlisted"]
    width: int
    height: int
    conversion_schedule: str | None
    statistics: Sequence[DayFields]


class CommonSettings(TypedDict, total=False):
    """The settings of an account that look the same in a change and in an answer."""

    requests_per_second: int
    requests_per_minute: int
    limit_window: Literal["sliding", "fixed"]
    limit_counts_refused: bool
    uppercase_signatures: bool
    lenient_post: bool
    restart_failed: bool
    url_lifetime: float
    default_schedule: str
    invented_names: dict[str, str]
    invalid_hash: Literal[43, 46]
    upload_on_api_host: Literal[42, 40]
    retired_methods: Literal[501, 42]
    uploads_per_month: int
    upload_bytes: int
    upload_pages: int
    conversion_schedule: str
    update_resets: bool
    temporary_hash: Literal["dies", "stays"]
    deleted_url: Literal["lives", "dies"]
    stats_pages: Literal["asked", "always"]
    list_base: Literal[0, 1]
    list_count: Literal["matches", "listed"]


class SettingChanges(CommonSettings, total=False):
    """The settings of an account to change; the reference of settings says what each does."""

    http_statuses: dict[int, int]
    code_messages: dict[int, str]


class FaultFields(TypedDict, total=False):
    """The fields of all kinds of faults; which of them a kind has, the reference of faults says."""

    code: int
    message: str | None
    status: int
    body: str
    body_base64: str
    content_type: str
    headers: Mapping[str, str]
    location: str | None
    answer: Literal["unavailable", "reset", "empty-reply"]
    seconds: float
    before: Literal["headers", "body"]
    low: float
    high: float
    median: float
    sigma: float
    bytes: int
    keep: int | None
    framing: Literal["length", "chunked", "close"]
    after: int | None
    offset: int | None
    origin: str


FaultConditions = TypedDict(
    "FaultConditions",
    {
        "action": str | None,
        "hash": str | None,
        "params": Mapping[str, str],
        "nth": int | None,
        "every": int | None,
        "share": float,
        "seed": int,
        "from": str | float | None,
        "until": str | float | None,
        "seconds": float | None,
    },
    total=False,
)
"""Which requests a fault hits, all conditions together: `from` and `until` are ISO 8601 or seconds since 1970."""


class RequestFilters(TypedDict, total=False):
    """Conditions on a request in the journal, all of which hold."""

    kind: Literal["api", "package"]
    method: str
    path: str
    action: str
    hash: str
    format: str
    code: int
    http_status: int
    status: str
    failed: str
    signature: Literal["right", "wrong", "unjudged"]
    fault: str
    file_name: str
    file_size: int
    file_digest: str
    since: str


class RequestMatch(RequestFilters, total=False):
    """Conditions on a request, and on its parameters."""

    params: Mapping[str, str]


Instant = float | datetime.datetime
