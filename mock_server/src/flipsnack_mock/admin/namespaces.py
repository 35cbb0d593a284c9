"""Routes for namespaces (`/t/<name>/`): list, delete."""

from typing import Any

from flipsnack_mock.admin.routes import Context, not_found, route


@route("GET", "/__admin/namespaces", "list the namespaces that were used")
def list_namespaces(context: Context) -> dict[str, Any]:
    """Names of all namespaces, oldest first."""
    return {"namespaces": context.worlds.names()}


@route("DELETE", "/__admin/namespaces/<name>", "delete a namespace and everything in it", status=204)
def delete_namespace(context: Context) -> None:
    """Delete its accounts and its journal; the next use creates it again."""
    try:
        context.worlds.remove(context.args["name"])
    except KeyError:
        raise not_found("namespace", context.args["name"], context.worlds.names()) from None
