"""Routes for the OpenAPI documents; the control plane's is built from its table of routes."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import flask
import msgspec

from flipsnack_mock import __version__
from flipsnack_mock.admin.openapi.schemas import refusal, refused
from flipsnack_mock.admin.openapi.vendor import vendor_document
from flipsnack_mock.admin.routes import ROUTES, Context, Route, route
from flipsnack_mock.protocol.addresses import origin_of
from flipsnack_mock.protocol.identifiers import Hash, Key
from flipsnack_mock.protocol.instants import Day

_PARTS: dict[str, Any] = {"key": Key, "hash": Hash, "date": Day}
_MEDIA = {
    "/__admin/ca.pem": ("application/x-pem-file",),
    "/__admin/export": ("application/toml", "application/json"),
    "/__admin/lint": ("application/json", "text/plain"),
    "/__admin/metrics": ("text/plain",),
    "/__admin/requests.ndjson": ("application/x-ndjson",),
}
"""Media types of the routes that do not answer JSON."""


@route("GET", "/__admin/openapi.json", "show the OpenAPI document of the control plane")
def show_control_document(context: Context) -> dict[str, Any]:
    """OpenAPI 3.1, built from the types that validate the bodies."""
    return _mounted(control_document(), context)


@route("GET", "/__admin/openapi/vendor.json", "show the OpenAPI document of the imitated API")
def show_vendor_document(context: Context) -> dict[str, Any]:
    """OpenAPI 3.1."""
    return _mounted(vendor_document(), context)


def _mounted(document: dict[str, Any], context: Context) -> dict[str, Any]:
    """`document` with the addresses of servers below the mount point at which the application was asked for it."""
    origin = origin_of(flask.request.environ, base_url=context.worlds.settings.base_url, namespace="")
    servers = [one | {"url": urlsplit(origin).path + one["url"]} for one in document["servers"]]
    return document | {"servers": servers}


@cache
def control_document() -> dict[str, Any]:
    """The document of all routes except the page."""
    described = [entry for entry in ROUTES if entry.access != "page"]
    shapes = sorted({entry.body for entry in described if entry.body is not None}, key=repr)
    schemas, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(shapes, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for entry in described:
        operation = _operation(entry, schema_of.get(entry.body))
        paths.setdefault(re.sub(r"<(\w+)>", r"{\1}", entry.path), {})[entry.method.lower()] = operation
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Control plane of flipsnack-mock", "version": __version__},
        "servers": [{"url": "/"}, {"url": "/t/{namespace}", "variables": {"namespace": {"default": "one"}}}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components | {"Refusal": refusal()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`admin_token`, if set"}},
        },
    }
    portable: dict[str, Any] = _portable(document)
    return portable


def _operation(entry: Route, body: dict[str, Any] | None) -> dict[str, Any]:
    module = entry.handler.__module__.rpartition(".")[2]
    error = refused("The body of every error of the fake itself.")
    operation: dict[str, Any] = {
        "operationId": f"{module}.{entry.handler.__name__}",
        "tags": [module],
        "summary": entry.does,
        "description": entry.handler.__doc__,
        "parameters": [*_parts(entry), *_query(entry)],
        "responses": {str(entry.status): _answer(entry), "4XX": error, "503": error},
    }
    if body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": body}}}
    if entry.access == "open":
        operation["security"] = []
    return operation


def _parts(entry: Route) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"<(\w+)>", entry.path):
        schema = msgspec.json.schema(_PARTS[name]) if name in _PARTS else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(entry: Route) -> Iterator[dict[str, Any]]:
    shapes = [] if entry.query is None else [entry.query]
    for schema in msgspec.json.schema_components(shapes)[1].values():
        for name, field in schema["properties"].items():
            # A query holds text and numbers; objects belong in the body of /__admin/requests/verify.
            if field.get("type") != "object":
                yield {"name": name, "in": "query", "required": False, "schema": _without_null(field)}


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else field


def _answer(entry: Route) -> dict[str, Any]:
    described: dict[str, Any] = {"description": entry.handler.__doc__}
    if entry.status != 204:
        described["content"] = {media: {} for media in _MEDIA.get(entry.path, ("application/json",))}
    return described


def _portable(value: Any) -> Any:
    """The same with patterns in the dialect of JSON Schema, which has no `\\Z`."""
    if isinstance(value, dict):
        return {name: _portable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_portable(inner) for inner in value]
    return value.removesuffix("\\Z") + "$" if isinstance(value, str) and value.endswith("\\Z") else value
