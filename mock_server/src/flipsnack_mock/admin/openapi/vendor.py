"""The vendor's surface as an OpenAPI document, from the method table.

All methods have one path: which one is called, a parameter says. So the operations hold the parameters of all methods
together, and `x-methods` says what each method has. `x-class` of a parameter, field or code says how well it is known.
"""

from functools import cache
from typing import Any

from flipsnack_mock import __version__
from flipsnack_mock.admin.openapi.schemas import (
    classified,
    code_rows,
    data_of,
    envelope,
    object_schema,
    parameter_schema,
    refusal,
    refused,
    weakest,
)
from flipsnack_mock.protocol.envelope import FORMATS
from flipsnack_mock.protocol.methods import COMMON, METHODS, OBJECTS, UNBUILT, Method, Parameter

_PACKAGE = "/packages/{account}/{hash}/{name}"
_COMMON: dict[str, tuple[str, dict[str, Any]]] = {
    "action": ("the method", {"type": "string"}),
    "apiKey": ("the key of the account", {"type": "string", "examples": ["LK12NS-0-IOBW3S89VVJH12Z", "test-demo"]}),
    "signature": (
        "MD5 of the secret, followed by name and value of each other parameter but `file`, ordered by name",
        {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    ),
    "format": ("how the answer is written", {"enum": sorted(FORMATS), "default": "json"}),
    "callback": ("the function that JSONP calls", {"type": "string"}),
}
_REQUIRED = ("action", "apiKey", "signature")


@cache
def vendor_document() -> dict[str, Any]:
    """The document; OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Flipsnack API v1, as far as flipsnack-mock imitates it",
            "version": __version__,
            "description": (
                "Every answer of the API has HTTP status 200; its code says what became of the call. `x-class` says "
                "how well a thing is known: documented by the vendor, observed, assumed, or invented, where no source "
                "documents it and a fake needs something: a client that uses an invented name is written against "
                "this fake."
            ),
        },
        "servers": [{"url": "/"}, {"url": "/t/{namespace}", "variables": {"namespace": {"default": "one"}}}],
        "paths": {
            "/v1/": {"get": _call("get"), "post": _call("post")},
            _PACKAGE: {"get": _download("get"), "head": _download("head")},
        },
        "components": {"schemas": _schemas()},
        "x-methods": {name: _method(method) for name, method in METHODS.items()},
        "x-unbuilt": {name: {"why": one.why, "retired": one.retired} for name, one in UNBUILT.items()},
    }


def _schemas() -> dict[str, Any]:
    own = [method for method in METHODS.values() if method.fields and method.returns is None]
    data = {method.name: object_schema(method.does, method.fields) for method in own}
    objects = {name: object_schema(one.does, one.fields) | classified(one) for name, one in OBJECTS.items()}
    return {"Envelope": envelope(), "Refusal": refusal(), **objects, **data}


def _method(method: Method) -> dict[str, Any]:
    return {
        "description": method.does,
        "host": method.host,
        "verb": method.verb,
        "idempotent": method.idempotent,
        **classified(method),
        "parameters": {
            one.name: {
                "description": one.does,
                "required": one.required,
                "signed": one.signed,
                "schema": parameter_schema(one),
                **classified(one),
            }
            for one in method.parameters
        },
        "data": data_of(method),
        "codes": [*code_rows(method)],
    }


def _call(verb: str) -> dict[str, Any]:
    methods = [method for method in METHODS.values() if method.verb == verb.upper()]
    names = ", ".join(method.name for method in methods)
    operation: dict[str, Any] = {
        "operationId": f"{verb}Call",
        "summary": f"call a method{' that uploads a file' if verb == 'post' else ''}: {names}",
        "responses": {
            "200": {"description": "the answer of the API, errors included", "content": _answers()},
            "501": refused("a method of the API that is not imitated"),
            "503": refused("there is no room for another account, namespace or document, or a change was not kept"),
        },
    }
    if verb == "get":
        operation["parameters"] = [{"name": name, "in": "query", **one} for name, one in _parameters(methods).items()]
    else:
        operation["requestBody"] = {"content": _form(methods)}
    return operation


def _form(methods: list[Method]) -> dict[str, Any]:
    """Both kinds of form, of which only multipart can hold a file."""
    parameters = _parameters(methods)
    fields = {
        name: one["schema"] | {part: value for part, value in one.items() if part not in ("schema", "required")}
        for name, one in parameters.items()
    }
    files = {one.name for method in methods for one in method.parameters if one.type == "file"}
    plain = {name: field for name, field in fields.items() if name not in files}
    return {
        "multipart/form-data": {"schema": _object(fields)},
        "application/x-www-form-urlencoded": {"schema": _object(plain)},
    }


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": sorted(_REQUIRED)}


def _parameters(methods: list[Method]) -> dict[str, dict[str, Any]]:
    """Those that each method has, and those that any of `methods` has: of these none is required."""
    found: dict[str, dict[str, Any]] = {
        name: {"required": name in _REQUIRED, "description": does, "schema": schema, "x-class": "documented"}
        for name, (does, schema) in _COMMON.items()
    }
    assert found.keys() == COMMON
    found["action"]["schema"] = {"type": "string", "examples": [method.name for method in methods]}
    own: dict[str, dict[str, Parameter]] = {}
    for method in methods:
        for one in method.parameters:
            own.setdefault(one.name, {})[method.name] = one
    return found | {name: _shared(by_method) for name, by_method in own.items()}


def _shared(by_method: dict[str, Parameter]) -> dict[str, Any]:
    """One parameter of several methods; a default that only some of them have is in `x-methods` alone."""
    schemas = [parameter_schema(one) for one in by_method.values()]
    schema = {name: value for name, value in schemas[0].items() if all(one.get(name) == value for one in schemas)}
    words = "; ".join(dict.fromkeys(one.does for one in by_method.values()))
    certainty = weakest(one.certainty for one in by_method.values())
    note = " (invented: no source documents the name)" if certainty == "invented" else ""
    described = f"{words}{note}. Of {', '.join(by_method)}"
    return {"required": False, "description": described, "schema": schema, "x-class": certainty}


def _answers() -> dict[str, Any]:
    content: dict[str, Any] = {kind.content_type.partition(";")[0]: {} for kind in FORMATS.values()}
    content["application/json"] = {"schema": {"$ref": "#/components/schemas/Envelope"}}
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
            "503": refused("there is no room for another namespace"),
        },
    }
