"""The vendor's surface as an OpenAPI document: the methods of the method table, and the download of a package.

Source: the vendor's pages "collection.downloadHTML", "API status codes" and "How to sign a request".
"""

from functools import cache
from typing import Any

from flipsnack_mock import __version__
from flipsnack_mock.protocol.envelope import FORMATS
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import METHODS, Field, Method, Parameter

_ENVELOPE = {"$ref": "#/components/schemas/Envelope"}


@cache
def vendor_document() -> dict[str, Any]:
    """The document; OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Flipsnack API v1, as far as flipsnack-mock imitates it",
            "version": __version__,
            "description": "Every answer of the API has HTTP status 200; its code says what became of the call.",
        },
        "servers": [{"url": "/"}, {"url": "/t/{namespace}", "variables": {"namespace": {"default": "one"}}}],
        "paths": {
            "/v1/": {"get": _call("get"), "post": _call("post")},
            _PACKAGE: {"get": _download("get"), "head": _download("head")},
        },
        "components": {"schemas": {"Envelope": _envelope(), "Refusal": _refusal()}},
    }


_PACKAGE = "/packages/{account}/{hash}/{name}"
_COMMON: dict[str, tuple[str, dict[str, Any]]] = {
    "action": ("the method", {"type": "string", "examples": sorted(METHODS)}),
    "apiKey": ("the key of the account", {"type": "string", "examples": ["LK12NS-0-IOBW3S89VVJH12Z", "test-demo"]}),
    "signature": (
        "MD5 of the secret, followed by name and value of each other parameter, ordered by name",
        {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    ),
    "format": ("how the answer is written", {"enum": sorted(FORMATS), "default": "json"}),
    "callback": ("the function that JSONP calls", {"type": "string"}),
}


def _parameters() -> dict[str, tuple[str, dict[str, Any]]]:
    """What each parameter means, and its schema: the common ones and those of the methods."""
    own = {one.name: (one.does, _schema(one)) for method in METHODS.values() for one in method.parameters}
    return _COMMON | own


def _required() -> list[str]:
    """What every call must have: a parameter that only some methods require is optional here."""
    each = [{one.name for one in method.parameters if one.required} for method in METHODS.values()]
    return sorted({"action", "apiKey", "signature", *set.intersection(*each)})


def _schema(value: Parameter | Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"enum": list(value.allowed)} if value.allowed else dict(_TYPES[value.type])
    return schema | ({"examples": list(value.examples)} if isinstance(value, Parameter) and value.examples else {})


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


def _call(verb: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{verb}Call",
        "summary": "call a method" if verb == "get" else "call a method that uploads a file; others are code 40",
        "responses": {
            "200": {"description": "the answer of the API, errors included", "content": _answers()},
            "501": _refused("a method of the API that is not imitated"),
            "503": _refused("there is no room for another account or namespace"),
        },
    }
    if verb == "get":
        operation["parameters"] = [
            {"name": name, "in": "query", "required": name in _required(), "description": does, "schema": schema}
            for name, (does, schema) in _parameters().items()
        ]
    else:
        fields = {name: {"description": does} | schema for name, (does, schema) in _parameters().items()}
        form = {"schema": {"type": "object", "properties": fields, "required": _required()}}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": form, "multipart/form-data": form}}
    return operation


def _answers() -> dict[str, Any]:
    content: dict[str, Any] = {kind.content_type.partition(";")[0]: {} for kind in FORMATS.values()}
    content["application/json"] = {"schema": _ENVELOPE}
    return content


def _download(verb: str) -> dict[str, Any]:
    names = ("account", "hash", "name")
    path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    # Without them, too, the answer is HTTP 403: nothing is required.
    query = [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("Expires", "Signature", "Key-Pair-Id")
    ]
    ranges = {"name": "Range", "in": "header", "schema": {"type": "string", "examples": ["bytes=0-99"]}}
    package: dict[str, Any] = {"content": {"application/zip": {}}}
    denied: dict[str, Any] = {"content": {"application/xml": {}}}
    return {
        "operationId": f"{verb}Package",
        "summary": "the package behind a resource URL, for one minute",
        "parameters": [*path, *query, ranges],
        "responses": {
            "200": {"description": "the package"} | package,
            "206": {"description": "the part of it that was asked for"} | package,
            "304": {"description": "it has not changed"},
            "403": {"description": "the URL has expired or was changed"} | denied,
            "416": {"description": "the part lies outside of the package"} | denied,
            "503": _refused("there is no room for another namespace"),
        },
    }


def _envelope() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "; ".join(f"{code}: {error.message}" for code, error in sorted(CATALOGUE.items())),
        "properties": {
            "code": {"enum": [20, *sorted(CATALOGUE)]},
            "status": {"type": "string"},
            "data": {"anyOf": [_data(method) for method in METHODS.values()]},
        },
        "required": ["code", "status"],
        "additionalProperties": False,
    }


def _data(method: Method) -> dict[str, Any]:
    return {
        "type": "object",
        "description": f"of {method.name}",
        "properties": {field.name: {"description": field.does} | _schema(field) for field in method.fields},
        "required": [field.name for field in method.fields if field.present == "always"],
    }


def _refusal() -> dict[str, Any]:
    facts = {"type": "object", "properties": {"type": {"type": "string"}, "message": {"type": "string"}}}
    return {"type": "object", "properties": {"error": facts}, "required": ["error"]}


def _refused(why: str) -> dict[str, Any]:
    return {"description": why, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}}
