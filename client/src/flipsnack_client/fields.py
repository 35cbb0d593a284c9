"""Reads the fields of an answer's `data`: in XML a number is text, and an empty list is empty text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flipsnack_client.envelope import Answer
from flipsnack_client.exceptions import MalformedAnswer
from flipsnack_client.numerals import is_plain

Number = int | float
"""Whole if the API sent it whole."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the vendor does not document, and this client takes for likely; give others if the API has others.

    `items` is a collection's list of documents, each with `item_hash`, `item_title` and its `conversion` status.
    If an answer has no field of that name, the first list of objects counts as the items, and as the conversion
    any field with "status" or "state" in its name whose value is processing, complete or failed.
    `range_end` is the parameter of collection.getList beside `from`, and `first_index` the number of the first
    collection.
    """

    items: str = "flipbooks"
    item_hash: str = "flipbookHash"
    item_title: str = "flipbookTitle"
    conversion: str = "flipbookStatus"
    thumbnail: str = "collectionThumbnail"
    range_end: str = "to"
    first_index: int = 0


class Fields:
    """The fields of one object of an answer."""

    def __init__(self, values: Mapping[str, Any], answer: Answer) -> None:
        self.values = values
        self.answer = answer

    @classmethod
    def of(cls, answer: Answer) -> "Fields":
        """Return the fields of the answer's `data`. Raises MalformedAnswer if it has none."""
        if answer.data is None:
            raise MalformedAnswer("code 20 without data, expected an object", raw=answer.raw)
        return cls(answer.data, answer)

    def text(self, name: str) -> str | None:
        """Return the text, None if it is absent or null. Raises MalformedAnswer for an object or a list."""
        value = self.values.get(name)
        if isinstance(value, dict | list):
            raise self.malformed(name, "text")
        return None if value is None else str(value)

    def required(self, name: str) -> str:
        """Return the text, which must not be empty. Raises MalformedAnswer."""
        value = self.text(name)
        if not value:
            raise self.malformed(name, "text")
        return value

    def number(self, name: str) -> Number | None:
        """Return the number, None if it is absent, null or empty. Raises MalformedAnswer for anything else."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            number = _number(value)
        except (ValueError, TypeError, OverflowError):
            number = None
        if number is None:
            raise self.malformed(name, "a number")
        return number

    def count(self, name: str) -> Number:
        """Return the number, which must be there. Raises MalformedAnswer."""
        value = self.number(name)
        if value is None:
            raise self.malformed(name, "a number")
        return value

    def objects(self, name: str) -> "tuple[Fields, ...] | None":
        """Return the objects of a list, None if it is absent or null. Raises MalformedAnswer for anything else."""
        value = self.values.get(name)
        if value is None:
            return None
        listed = [] if value == "" or value == {} else value
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self.malformed(name, "a list of objects")
        return tuple(Fields(one, self.answer) for one in listed)

    def others(self, known: Collection[str]) -> Mapping[str, Any]:
        """Return the fields that are not in `known`."""
        return {name: value for name, value in self.values.items() if name not in known}

    def malformed(self, name: str, expected: str) -> MalformedAnswer:
        """Return the error for a field that is missing or is something else."""
        found = "missing" if name not in self.values else "something else"
        return MalformedAnswer(f"{name} is {found}, expected {expected}", raw=self.answer.raw)


def _number(value: object) -> Number:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")) or not is_plain(str(value)):
        raise ValueError
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else _whole(value, number)


def _whole(value: int | float | str, number: float) -> Number:
    return value if isinstance(value, int) else int(number) if number.is_integer() else number
