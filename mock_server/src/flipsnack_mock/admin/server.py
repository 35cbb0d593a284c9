"""Routes for the whole server.

Health, list of routes, maintenance, reset, settings, ledger, methods, metrics, CA, magic names, namespaces.
"""

from typing import Any

import msgspec
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock import __version__
from flipsnack_mock.admin.accounts import Switch
from flipsnack_mock.admin.clocks import NoFields
from flipsnack_mock.admin.long_poll import let_go, work
from flipsnack_mock.admin.routes import ROUTES, Context, not_found, route
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.methods import INVENTED, METHODS, OBJECTS, UNBUILT
from flipsnack_mock.state.magic import listed, listed_uploads
from flipsnack_mock.state.schedules import GRAMMAR

HEALTH = {"status": "ok", "service": "flipsnack-mock", "version": __version__}


@route("GET", "/health", "check that the server is up", access="open")
def health(_context: Context) -> dict[str, str]:
    """Available without a token."""
    return HEALTH


@route("GET", "/__admin", "list these routes")
def list_routes(_context: Context) -> dict[str, Any]:
    """Method, path and purpose of every route."""
    return {"routes": [{"method": item.method, "path": item.path, "does": item.does} for item in ROUTES]}


@route("POST", "/__admin/reset", "reset everything to the state at start", body=NoFields)
def reset(context: Context) -> Any:
    """Reset seeded accounts, delete others, switch maintenance off."""
    context.body(NoFields)
    removed, count = context.world.reset(), len(list(context.world.accounts))

    def answer() -> dict[str, int]:
        let_go(removed)
        return {"accounts": count}

    return work(answer, size=sum(map(len, removed)))


@route("GET", "/__admin/maintenance", "show whether maintenance is on for all accounts")
def show_maintenance(context: Context) -> dict[str, bool]:
    """Whether every request is answered with code 22."""
    return {"on": context.world.maintenance}


@route("PUT", "/__admin/maintenance", "switch maintenance for all accounts", body=Switch)
def switch_maintenance(context: Context) -> dict[str, bool]:
    """Answer every request with code 22, or stop doing so."""
    context.world.maintenance = context.body(Switch).on
    return {"on": context.world.maintenance}


@route("GET", "/__admin/settings", "show the settings in force and where each came from")
def show_settings(context: Context) -> dict[str, Any]:
    """Value, source and description of every setting; the admin token is masked."""
    settings = {
        name: {"value": item.value, "source": item.source, "does": item.does} for name, item in context.sources.items()
    }
    if settings.get("admin_token", {}).get("value"):
        settings["admin_token"]["value"] = "***"
    return {"settings": settings}


@route("GET", "/__admin/rules", "show the rules ledger behind the answers")
def show_rules(context: Context) -> dict[str, Any]:
    """Every rule with its class and source; `invented_names` has each invented name and what it is called here."""
    names = context.world.behaviour.invented_names
    return ledger() | {"invented_names": {name: names.get(name, name) for name in sorted(INVENTED)}}


@route("GET", "/__admin/methods", "show the method table: parameters, fields and codes, and how well each is known")
def show_methods(_context: Context) -> dict[str, Any]:
    """The `methods`, the `objects` in their answers, and the `unbuilt` methods, each with its reason."""
    return {"methods": [*METHODS.values()], "objects": [*OBJECTS.values()], "unbuilt": [*UNBUILT.values()]}


@route("GET", "/__admin/metrics", "show counts for Prometheus")
def show_metrics(context: Context) -> HttpResponse:
    """Requests by action, code and HTTP status, accounts, maintenance, dropped entries, for all namespaces."""
    # Imported on first use: a fake must start quickly, and most are never scraped.
    from flipsnack_mock.inspect import metrics

    return HttpResponse(metrics.exposition(context.worlds), content_type=metrics.CONTENT_TYPE)


@route("GET", "/__admin/ca.pem", "show the certificate authority that TLS clients must trust", access="open")
def show_authority(context: Context) -> HttpResponse:
    """Available without a token; 404 if the server does not use TLS."""
    if not context.authority_pem:
        raise Refused(404, "not_found", "this server does not use TLS; start it with --tls")
    return HttpResponse(context.authority_pem, content_type="application/x-pem-file")


@route("GET", "/__admin/magic", "list the magic collection hashes, and the magic names of uploads")
def list_magic(_context: Context) -> dict[str, Any]:
    """Each hash and each name with what it does; for a pattern with a variable part, examples."""
    rows = [{"hash": row.hash, "pattern": row.pattern} | msgspec.structs.asdict(row.magic) for row in listed()]
    uploads = [{"name": name, "does": does} for name, does in listed_uploads()]
    return {"magic": rows, "uploads": uploads, "schedules": GRAMMAR}


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
