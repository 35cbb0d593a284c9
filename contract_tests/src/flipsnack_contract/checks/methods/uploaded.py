"""What checks do with a collection that they upload: upload it, and read hash, title and conversion from an answer."""

from collections.abc import Callable, Mapping
from itertools import combinations, product
from typing import Any

from flipsnack_contract.contract.assertions import Unsuitable
from flipsnack_contract.contract.methods import Method
from flipsnack_contract.target.session import Session

CREATE, GET, UPDATE = "collection.create", "collection.getCollection", "collection.update"
DELETE, LIST, PACKAGE = "collection.deleteCollection", "collection.getList", "collection.downloadHTML"
EMBED, STATS, USER = "collection.getEmbed", "collection.getStats", "user.getStats"

FIELD_OF = {"title": "collectionTitle", "description": "collectionDescription"}
"""Parameters of create and update whose field in the collection has another name."""


def every_part_of(given: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """Each choice of these parameters by their names, from all of them to nothing."""
    sizes = range(len(given), -1, -1)
    return {
        " ".join(names): {one: given[one] for one in names} for size in sizes for names in combinations(given, size)
    }


def every_choice(**columns: tuple[str | None, ...]) -> list[Mapping[str, str]]:
    """Parameters for each combination of the values; None leaves one out."""
    rows = (zip(columns, values, strict=True) for values in product(*columns.values()))
    return [{name: value for name, value in row if value is not None} for row in rows]


def method_named(name: str) -> Callable[[Method], bool]:
    """Chooses the method of that name for a check."""
    return lambda method: method.name == name


def uploaded(session: Session, schedule: str = "never", **parameters: str) -> str:
    """The hash of a new collection whose conversion has that schedule."""
    session.trace.add(f"settings: conversion_schedule {schedule}")
    session.steer.settings(conversion_schedule=schedule)
    return hash_of(session.data(CREATE, **parameters))


def hash_of(data: Mapping[str, Any]) -> str:
    """The hash of the collection in the data of an answer."""
    return str(data.get("collectionHash"))


def hashes_in(data: Mapping[str, Any]) -> list[str]:
    """The hashes of the collections in the data of a list."""
    return [hash_of(one) for one in data.get("collections") or ()]


def conversion_of(data: Mapping[str, Any]) -> str:
    """The state of the conversion. Raises `Unsuitable` where the server has other names for what is invented."""
    items = data.get("flipbooks")
    if not isinstance(items, list) or not items or "flipbookStatus" not in items[0]:
        raise Unsuitable("the answer has no flipbooks[0].flipbookStatus, which are invented names")
    return str(items[0]["flipbookStatus"])


def title_of(data: Mapping[str, Any]) -> Any:
    """The title of the collection in the data of an answer."""
    return data.get("collectionTitle")


def uploads_left(session: Session) -> Any:
    """The uploads that the month still has."""
    return session.data(USER).get("api_uploads_left")
