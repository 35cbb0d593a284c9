"""What browsers and probes ask for without being told: the root, an icon, and the usual addresses of health."""

from typing import Any
from urllib.parse import urlsplit

import flask
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock import __version__
from flipsnack_mock.admin.plane import unsniffed
from flipsnack_mock.admin.server import HEALTH
from flipsnack_mock.protocol.addresses import PAGE_PATH, namespace_of, origin_of
from flipsnack_mock.state.settings import Settings

PROBES = ("/healthz", "/livez", "/readyz")
"""Other names of /health: a fake that answers is ready."""

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" rx="2" fill="#2459d1"/>'
    '<path d="M2 2h4v1H3v1h2v1H3v2H2z" fill="#fff"/></svg>'
)


def front(settings: Settings) -> flask.Blueprint:
    """The root leads a browser to the page, and tells a program the addresses; a call of the API there is refused."""
    blueprint = flask.Blueprint("front", __name__)
    blueprint.after_request(unsniffed)

    @blueprint.get("/")
    def root() -> Any:
        if flask.request.args.keys() & {"action", "apiKey", "signature"}:
            flask.abort(404)
        found = addresses(flask.request.environ, settings)
        wanted = flask.request.accept_mimetypes.best_match(["application/json", "text/html"])
        if wanted == "text/html" and "page" in found:
            # Without scheme and host: a proxy in front may have others.
            return flask.redirect(urlsplit(found["page"]).path)
        return found

    if settings.admin:
        blueprint.add_url_rule("/__admin/", "root of the control plane", root)

    @blueprint.get("/favicon.ico")
    def icon() -> HttpResponse:
        return HttpResponse(_ICON, content_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})

    for path in PROBES:
        blueprint.add_url_rule(path, path, lambda: HEALTH)
    return blueprint


def addresses(environ: dict[str, Any], settings: Settings) -> dict[str, str]:
    """The addresses of the API, the page and the control plane, under the host that the request was sent to."""
    origin = origin_of(environ, base_url=settings.base_url, namespace=namespace_of(environ))
    control = {"page": f"{origin}{PAGE_PATH}", "control_plane": f"{origin}/__admin"} if settings.admin else {}
    return {"service": "flipsnack-mock", "version": __version__, "api": f"{origin}/v1/", **control}


def served_at(environ: dict[str, Any], settings: Settings) -> str:
    """The same in a sentence, for a request that went elsewhere."""
    found = addresses(environ, settings)
    control = f", the control plane at {found['control_plane']}" if settings.admin else ""
    return f"the API is at {found['api']}{control}"
