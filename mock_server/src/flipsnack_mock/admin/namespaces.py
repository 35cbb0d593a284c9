"""The namespaces (`/t/<name>/`) of this process: list them, and forget one."""

from __future__ import annotations

from typing import Any

from flipsnack_mock.admin.routes import Context, Reply, not_found, route


@route("GET", "/__admin/namespaces", "list the namespaces that were used")
def list_namespaces(context: Context) -> dict[str, Any]:
    """Their names, oldest first."""
    return {"namespaces": context.worlds.names()}


@route("DELETE", "/__admin/namespaces/<name>", "forget a namespace and all it has")
def delete_namespace(context: Context) -> Reply:
    """Its accounts and its journal are gone; it begins anew when it is used again."""
    try:
        context.worlds.remove(context.args["name"])
    except KeyError:
        raise not_found("namespace", context.args["name"], context.worlds.names()) from None
    return Reply(204, None)
