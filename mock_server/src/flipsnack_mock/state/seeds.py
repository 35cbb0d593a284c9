"""Seeds: the accounts that exist from the start, and the collections that they have."""

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from flipsnack_mock.protocol.errors import FieldError
from flipsnack_mock.protocol.identifiers import Hash, Key, Secret
from flipsnack_mock.protocol.instants import Counted
from flipsnack_mock.state.schedules import ScheduleText, check_schedule
from flipsnack_mock.state.statistics import MAX_FIGURES, MAX_PAGES, DayStatistics, PageStatistics, figures

MAX_PACKAGE_BYTES = 500_000_000
MAX_COLLECTIONS = 10_000
"""The most collections of one account: so many are listed in some milliseconds."""

Status = Literal["public", "editable", "unlisted"]
Pixels = Annotated[int, Meta(ge=1, le=2**53)]
Month = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z", extra={"expected": "a month as in 2026-11"})]
Pages = Annotated[int, Meta(ge=1, le=MAX_PAGES)]
PackageBytes = Annotated[int, Meta(ge=0, le=MAX_PACKAGE_BYTES)]


def refuse_twins(field: str, names: list[str]) -> None:
    """Raise `FieldError` for `field` when a name is among `names` more than once."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise FieldError(field, f"{name!r} is there more than once; expected each once")
        seen.add(name)


class SeedCollection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A collection of the seed; `package_bytes` 0 means as small as its pages allow.

    `schedule` is that of its package. With a `conversion_schedule` its conversion begins with the first call for it;
    without, it is complete.
    """

    hash: Hash
    title: str = "A collection"
    pages: Pages = 8
    package_bytes: PackageBytes = 0
    schedule: ScheduleText | None = None
    description: str = ""
    status: Status = "public"
    width: Pixels = 650
    height: Pixels = 385
    conversion_schedule: ScheduleText | None = None
    statistics: tuple[DayStatistics, ...] = ()

    def __post_init__(self) -> None:
        for field in ("schedule", "conversion_schedule"):
            if (words := getattr(self, field)) is not None:
                check_schedule(field, words)


SeedCollections = Annotated[tuple[SeedCollection, ...], Meta(max_length=MAX_COLLECTIONS)]


def check_collections(collections: tuple[SeedCollection, ...]) -> None:
    """Raise `FieldError` when two of `collections` have one hash, or all together too many statistics."""
    refuse_twins("collections", [collection.hash for collection in collections])
    count = sum([figures(collection.statistics) for collection in collections])
    if count > MAX_FIGURES:
        message = f"their statistics have {count:,} days and pages of days; expected at most {MAX_FIGURES:,}"
        raise FieldError("collections", message)


class SeedAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that exists from the start; `uploads` are those that count in each month, as in 2026-11."""

    key: Key
    secret: Secret
    collections: SeedCollections = ()
    uploads: dict[Month, Counted] = {}

    def __post_init__(self) -> None:
        check_collections(self.collections)


# The documented examples work as printed ("collection.downloadHTML" and "How to sign a request").
DOCUMENTED_SECRET = "123ABCDE-456-7890-FGH"
# The example of collection.getStats. Its figures contradict each other: a page has more views than all together.
_STATISTICS = DayStatistics(
    date=datetime.date(2024, 1, 15),
    impressions=723,
    views=1240,
    time_spent=53,
    downloads=4,
    pages=(
        PageStatistics(page=1, time_spent=127_443, clicks=392, views=4529),
        PageStatistics(page=2, time_spent=89_382, clicks=171, views=4130),
    ),
)
# The example of user.getStats, as far as any copy of it goes: its number of downloads is cut off.
_OF_THE_USER = DayStatistics(
    date=datetime.date(2024, 1, 15), impressions=2945, views=3719, time_spent=154, downloads=12
)
DOCUMENTED_ACCOUNTS = (
    SeedAccount(
        key="LK12NS-0-IOBW3S89VVJH12Z",
        secret=DOCUMENTED_SECRET,
        collections=(SeedCollection(hash="d3m0h45h", title="My collection", statistics=(_OF_THE_USER,)),),
    ),
    SeedAccount(
        key="45FD-267-7SG7832",
        secret=DOCUMENTED_SECRET,
        collections=(SeedCollection(hash="fxh4k89", title="My second collection", pages=2, statistics=(_STATISTICS,)),),
    ),
)
