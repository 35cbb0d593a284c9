"""Schemas of the vendor's OpenAPI document: parameters, fields and codes of the method table, each with its class."""

from collections.abc import Iterable, Iterator
from typing import Any

from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import (
    CERTAINTIES,
    COMMON_CODES,
    METHODS,
    AnswerObject,
    Certainty,
    Field,
    Method,
    MethodCode,
    Parameter,
)

_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "url": {"type": "string", "format": "uri"},
    "list": {"type": "array"},
    "object": {"type": "object"},
    "file": {"type": "string", "format": "binary"},
}


def classified(one: Parameter | Field | MethodCode | Method | AnswerObject) -> dict[str, Any]:
    """How well it is known, and by which sources (keys of the ledger's)."""
    return {"x-class": one.certainty, "x-source": list(one.source)}


def weakest(classes: Iterable[Certainty]) -> Certainty:
    """The class that says least: a name is as well known as in the method where it is known worst."""
    return max(classes, key=CERTAINTIES.index)


def parameter_schema(one: Parameter) -> dict[str, Any]:
    """What its value may be."""
    schema = _value(one)
    if one.minimum is not None:
        schema["minimum"] = one.minimum
    if one.default is not None:
        number = one.type in ("number", "boolean")
        schema["default"] = one.argument(one.default) if number else one.default
    if one.examples:
        schema["examples"] = list(one.examples)
    return schema


def _value(one: Parameter | Field) -> dict[str, Any]:
    return {"type": "string", "enum": list(one.allowed)} if one.allowed else dict(_TYPES[one.type])


def object_schema(does: str, fields: Iterable[Field]) -> dict[str, Any]:
    """An object in an answer; a field that may be dropped by a setting is not required."""
    listed = list(fields)
    return {
        "type": "object",
        "description": does,
        "properties": {one.name: _field(one) for one in listed},
        "required": [one.name for one in listed if one.present == "always" and one.certainty != "invented"],
    }


def _field(one: Field) -> dict[str, Any]:
    words = one.does if one.present == "always" else f"{one.does}; present {one.present}"
    if one.certainty == "invented":
        words += " (invented: no source documents the name, and the setting invented_names changes or drops it)"
    items = {} if one.items is None else {"items": {"$ref": f"#/components/schemas/{one.items}"}}
    return {"description": words} | _value(one) | items | classified(one)


def data_of(method: Method) -> dict[str, Any] | None:
    """The schema of the data that a method answers with; None for one that answers without."""
    return {"$ref": f"#/components/schemas/{method.returns or method.name}"} if method.fields else None


def code_rows(method: Method) -> Iterator[dict[str, Any]]:
    """The codes that every method can answer, then those of `method`."""
    yield from map(code_row, COMMON_CODES)
    yield from (code_row(one.code) | classified(one) for one in method.codes)


def code_row(code: int) -> dict[str, Any]:
    """A code with its message, and its class in the ledger."""
    return {
        "code": code,
        "message": CATALOGUE[code].message if code in CATALOGUE else "OK",
        "x-class": rules()[f"code.{code}"]["class"],
    }


def envelope() -> dict[str, Any]:
    """The answer of every method."""
    shapes = {str(data["$ref"]): data for method in METHODS.values() if (data := data_of(method))}
    return {
        "type": "object",
        "description": "; ".join(f"{code}: {error.message}" for code, error in sorted(CATALOGUE.items())),
        "properties": {
            "code": {"enum": [20, *sorted(CATALOGUE)], "x-codes": [code_row(code) for code in (20, *CATALOGUE)]},
            "status": {"type": "string"},
            "data": {"anyOf": list(shapes.values())},
        },
        "required": ["code", "status"],
        "additionalProperties": False,
    }


def refusal() -> dict[str, Any]:
    """The body of every error of the fake itself."""
    error = {
        "type": "object",
        "description": "some types have more fields, such as `path`, `expected` or `legal`",
        "properties": {"type": {"type": "string"}, "message": {"type": "string"}},
        "required": ["type", "message"],
    }
    return {"type": "object", "properties": {"error": error}, "required": ["error"]}


def refused(why: str) -> dict[str, Any]:
    """The response that is a refusal."""
    return {"description": why, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}}
