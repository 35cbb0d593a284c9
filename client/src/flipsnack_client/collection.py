"""A collection, as create, getCollection, update and getList return it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flipsnack_client.fields import Assumptions, Fields, Number


class ConversionStatus(StrEnum):
    """The three values the vendor describes for the conversion of a document."""

    PROCESSING = "processing"
    COMPLETE = "complete"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the conversion will not change any more."""
        return self is not ConversionStatus.PROCESSING


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a collection. `extra` has the fields that this client has no name for."""

    hash: str | None
    title: str | None
    conversion: ConversionStatus | None
    extra: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection. What an answer does not have is None; `extra` has the fields that this client has no name for.

    `hash` is temporary while `status` is editable: publishing makes a new one. `status` is public, editable or
    unlisted. `width` and `height` are pixels. `conversion` is that of all `items` together.
    """

    hash: str
    title: str | None = None
    description: str | None = None
    status: str | None = None
    width: Number | None = None
    height: Number | None = None
    thumbnail: str | None = None
    items: tuple[Item, ...] = ()
    conversion: ConversionStatus | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def read(cls, fields: Fields, assumed: Assumptions) -> "Collection":
        """Return the collection of these fields. Raises MalformedAnswer if it has no hash."""
        listed = assumed.items if assumed.items in fields.values else _list_of_objects(fields)
        known = {*_NAMED, assumed.thumbnail, listed}
        return cls(
            hash=fields.required("collectionHash"),
            title=fields.text("collectionTitle"),
            description=fields.text("collectionDescription"),
            status=fields.text("collectionStatus"),
            width=fields.number("collectionWidth"),
            height=fields.number("collectionHeight"),
            thumbnail=fields.text(assumed.thumbnail),
            items=tuple(_item(one, assumed) for one in fields.objects(listed) or ()),
            conversion=_conversion(fields.values, assumed),
            extra=fields.others(known),
        )


_NAMED = {f"collection{part}" for part in ("Hash", "Title", "Description", "Status", "Width", "Height")}


def hash_of(collection: "str | Collection") -> str:
    """Return the hash of a collection or a hash. Raises ValueError if it is empty."""
    found = collection.hash if isinstance(collection, Collection) else collection
    if not found:
        raise ValueError("the collection's hash must not be empty")
    return found


def _item(fields: Fields, assumed: Assumptions) -> Item:
    return Item(
        hash=fields.text(assumed.item_hash),
        title=fields.text(assumed.item_title),
        conversion=_conversion(fields.values, assumed),
        extra=fields.others({assumed.item_hash, assumed.item_title, assumed.conversion}),
    )


def _list_of_objects(fields: Fields) -> str:
    lists = (name for name, value in fields.values.items() if isinstance(value, list) and _objects(value))
    return next(lists, "")


def _objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(one, dict) for one in values)


def _conversion(values: Mapping[str, Any], assumed: Assumptions) -> ConversionStatus | None:
    """Return the status in the field that has the name for it, else in those that look like it."""
    found = [*_texts(values)]
    named = [text for name, text in found if name == assumed.conversion]
    texts = named or [text for name, text in found if _is_state(name) and text in ConversionStatus.__members__]
    if not all(text in ConversionStatus.__members__ for text in texts):
        return None
    # One document that failed, or is not done, decides for all.
    return next((status for status in _DECIDING if status.name in texts), None)


_DECIDING = (ConversionStatus.FAILED, ConversionStatus.PROCESSING, ConversionStatus.COMPLETE)


def _is_state(name: str) -> bool:
    return "status" in name.casefold() or "state" in name.casefold()


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Yield each text at any depth in upper case, with the name of its field."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str):
                yield name, inner.strip().upper()
            yield from _texts(inner)
