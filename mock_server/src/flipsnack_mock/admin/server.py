"""What concerns the whole server: health, the list of routes, maintenance, reset, settings, the rules ledger."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock import __version__
from flipsnack_mock.admin.accounts import Switch
from flipsnack_mock.admin.clocks import NoFields
from flipsnack_mock.admin.routes import ROUTES, Context, route
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.errors import Refused


@route("GET", "/health", "say that the server answers", access="open")
def health(_context: Context) -> dict[str, str]:
    """Served without a token."""
    return {"status": "ok", "service": "flipsnack-mock", "version": __version__}


@route("GET", "/__admin", "list these routes")
def list_routes(_context: Context) -> dict[str, Any]:
    """Method, path and purpose of every route."""
    return {"routes": [{"method": item.method, "path": item.path, "does": item.does} for item in ROUTES]}


@route("POST", "/__admin/reset", "put everything back to how the server started", body=NoFields)
def reset(context: Context) -> dict[str, int]:
    """All accounts are as they were seeded, others are gone, maintenance is off."""
    context.body(NoFields)
    context.world.reset()
    return {"accounts": len(list(context.world.accounts))}


@route("GET", "/__admin/maintenance", "show whether everybody sees maintenance")
def show_maintenance(context: Context) -> dict[str, bool]:
    """Whether every request is answered with code 22."""
    return {"on": context.world.maintenance}


@route("PUT", "/__admin/maintenance", "switch maintenance for everybody", body=Switch)
def switch_maintenance(context: Context) -> dict[str, bool]:
    """From now on every request is (or is no longer) answered with code 22."""
    context.world.maintenance = context.body(Switch).on
    return {"on": context.world.maintenance}


@route("GET", "/__admin/settings", "show the settings in force and where each came from")
def show_settings(context: Context) -> dict[str, Any]:
    """Name, value, source and purpose of every setting; the admin token is not shown."""
    settings = {
        name: {"value": item.value, "source": item.source, "does": item.does} for name, item in context.sources.items()
    }
    if settings.get("admin_token", {}).get("value"):
        settings["admin_token"]["value"] = "***"
    return {"settings": settings}


@route("GET", "/__admin/rules", "show the rules ledger that the answers rest on")
def show_rules(_context: Context) -> dict[str, Any]:
    """Every rule with its class (documented, observed, assumed) and source."""
    return ledger()


@route("GET", "/__admin/metrics", "show counts for Prometheus")
def show_metrics(context: Context) -> HttpResponse:
    """Requests by action, code and HTTP status, accounts, maintenance, forgotten journal entries; of all namespaces."""
    # Its library is loaded by the first who asks: a fake must start quickly, and most are never scraped.
    from flipsnack_mock.inspect import metrics

    return HttpResponse(metrics.exposition(context.worlds), content_type=metrics.CONTENT_TYPE)


@route("GET", "/__admin/ca.pem", "show the authority that clients of a TLS server must trust", access="open")
def show_authority(context: Context) -> HttpResponse:
    """Served without a token; 404 when the server does not speak TLS."""
    if not context.authority_pem:
        raise Refused(404, "not_found", "this server speaks no TLS; start it with --tls true")
    return HttpResponse(context.authority_pem, content_type="application/x-pem-file")
