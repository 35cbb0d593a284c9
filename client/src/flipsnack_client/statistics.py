"""Statistics of a collection and of the account, as getStats returns them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flipsnack_client.fields import Fields, Number


@dataclass(frozen=True, slots=True)
class PageStats:
    """What happened on one page; `page` counts from 1, `time_spent` is seconds."""

    page: Number
    views: Number
    clicks: Number
    time_spent: Number
    extra: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class CollectionStats:
    """`impressions` are loads of the player, `views` interactions with it; `time_spent` is seconds.

    `pages` is None unless it was asked for. `extra` has the fields that this client has no name for.
    """

    impressions: Number
    views: Number
    downloads: Number
    time_spent: Number
    pages: tuple[PageStats, ...] | None
    extra: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class UserStats:
    """The sums of all collections; `uploads_left` is how often `create` may still be called in this month."""

    impressions: Number
    views: Number
    downloads: Number
    time_spent: Number
    uploads_left: Number
    extra: Mapping[str, Any] = field(repr=False, hash=False)


_SUMS = ("impressions", "views", "downloads", "time_spent")


def read_collection_stats(fields: Fields) -> CollectionStats:
    """Return the statistics in the answer to collection.getStats. Raises MalformedAnswer."""
    impressions, views, downloads, time_spent = map(fields.count, _SUMS)
    listed = fields.objects("pages")
    pages = None if listed is None else tuple(map(_page, listed))
    return CollectionStats(impressions, views, downloads, time_spent, pages, fields.others({*_SUMS, "pages"}))


def read_user_stats(fields: Fields) -> UserStats:
    """Return the statistics in the answer to user.getStats. Raises MalformedAnswer."""
    names = (*_SUMS, "api_uploads_left")
    impressions, views, downloads, time_spent, left = map(fields.count, names)
    return UserStats(impressions, views, downloads, time_spent, left, fields.others(names))


def _page(fields: Fields) -> PageStats:
    names = ("page", "views", "clicks", "time_spent")
    page, views, clicks, time_spent = map(fields.count, names)
    return PageStats(page, views, clicks, time_spent, fields.others(names))
