"""The settings that an account can have of its own."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.state.schedules import GRAMMAR, ScheduleText, check_schedule
from flipsnack_mock.state.seeds import refuse_twins

MAX_LIMIT = 1_000_000
Limit = Annotated[int, Meta(ge=0, le=MAX_LIMIT)]
_Code = Annotated[int, Meta(ge=1, le=9_999)]


def does(purpose: str, *, expected: str = "", **bounds: Any) -> Meta:
    """The purpose of a setting, which the documentation shows, the bounds of its values, and what they are in words."""
    return Meta(description=purpose, extra={"expected": expected} if expected else None, **bounds)


_NAMES_EXPECTED = {"expected": "a name of letters, digits, dots, hyphens and underscores, or nothing"}


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings that an account can have of its own: limits, and the readings of what the vendor leaves open."""

    requests_per_second: Annotated[Limit, does("requests a second for one key; 0 is off (code 31)")] = 5
    requests_per_minute: Annotated[Limit, does("requests a minute for one key; 0 is off (code 32)")] = 60
    limit_window: Annotated[
        Literal["sliding", "fixed"], does("whether limits hold for every window or for calendar seconds and minutes")
    ] = "sliding"
    limit_counts_refused: Annotated[bool, does("whether a request that a limit refused counts toward the limits")] = (
        False
    )
    uppercase_signatures: Annotated[bool, does("whether a signature in upper-case hexadecimal is accepted")] = False
    lenient_post: Annotated[
        bool, does("whether a POST may carry a method that uploads no file, as one public client does")
    ] = False
    restart_failed: Annotated[bool, does("whether a call after FAILED starts the package again")] = False
    url_lifetime: Annotated[float, does("seconds that a resource URL serves the package", ge=0, le=86_400)] = 60.0
    default_schedule: Annotated[ScheduleText, does(f"schedule of collections that name none: {GRAMMAR}")] = "after-5s"
    http_statuses: Annotated[
        dict[_Code, Annotated[int, Meta(ge=200, le=599)]],
        does("HTTP status to send for a code of the API instead of 200, as in {41: 401}; in TOML {41 = 401}"),
    ] = {}
    code_messages: Annotated[
        dict[_Code, str],
        does("message to send for a code of the API instead of the vendor's; the end of the one of 46 is invented"),
    ] = {}
    invented_names: Annotated[
        dict[str, Annotated[str, Meta(pattern=r"^([A-Za-z_][A-Za-z0-9_.-]{0,63})?\Z", extra=_NAMES_EXPECTED)]],
        does('other names for invented parameters and fields, as in {flipbooks: "items"}; "" drops one'),
    ] = {}
    invalid_hash: Annotated[Literal[43, 46], does("code for a value that cannot be a collection hash")] = 43
    upload_on_api_host: Annotated[Literal[42, 40], does("code for an upload by POST to the vendor's api host")] = 42
    retired_methods: Annotated[
        Literal[501, 42], does("how methods that the vendor retired are refused: HTTP 501 with the reason, or code 42")
    ] = 501
    uploads_per_month: Annotated[
        Limit, does("uploads in a calendar month (UTC) for one key; 0 allows none (code 33)")
    ] = 1_000
    upload_bytes: Annotated[int, does("bytes that an uploaded file may have (code 34)", ge=0, le=500_000_000)] = (
        500_000_000
    )
    upload_pages: Annotated[int, does("pages that an uploaded document may have (code 35)", ge=1, le=1_000)] = 1_000
    conversion_schedule: Annotated[ScheduleText, does("schedule of the conversion of an uploaded document")] = (
        "after-2s"
    )
    update_resets: Annotated[
        bool, does("whether collection.update sets what it is not given to its default instead of keeping it")
    ] = False
    temporary_hash: Annotated[
        Literal["dies", "stays"], does("what becomes of the hash of an editable collection that is published")
    ] = "dies"
    deleted_url: Annotated[
        Literal["lives", "dies"], does("what becomes of a resource URL when its collection is deleted")
    ] = "lives"
    stats_pages: Annotated[
        Literal["asked", "always"], does("when collection.getStats has the statistics of each page")
    ] = "asked"
    list_base: Annotated[Literal[0, 1], does("index of the first collection of collection.getList")] = 0
    list_count: Annotated[
        Literal["matches", "listed"], does("what collectionCount counts: before the range is cut, or after")
    ] = "matches"

    def __post_init__(self) -> None:
        check_schedule("default_schedule", self.default_schedule)
        check_schedule("conversion_schedule", self.conversion_schedule)
        _check_invented_names(self.invented_names)


def _check_invented_names(names: Mapping[str, str]) -> None:
    if not names:
        return
    # Imported on use: `--help` needs no method table.
    from flipsnack_mock.protocol.methods import INVENTED, NAMES

    if unknown := sorted(names.keys() - INVENTED):
        known = ", ".join(sorted(INVENTED))
        raise FieldError("invented_names", f"{unknown[0]!r} is not an invented name; expected one of {known}")
    others = [name for name in names.values() if name]
    if taken := sorted(NAMES.intersection(others)):
        raise FieldError("invented_names", f"{taken[0]!r} is the name of something else; choose another")
    refuse_twins("invented_names", others)
