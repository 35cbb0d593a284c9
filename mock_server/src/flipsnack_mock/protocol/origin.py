"""The address under which a request reached the fake: resource URLs begin with it."""

import re
from collections.abc import Mapping
from typing import Any

_HOST = re.compile(r"[A-Za-z0-9._-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def origin_of(environ: Mapping[str, Any], *, base_url: str, namespace: str) -> str:
    """Scheme, host and namespace of the WSGI request; `base_url`, where it is set, replaces scheme and host."""
    origin = base_url
    if not origin:
        host = environ.get("HTTP_HOST", "")
        if not _HOST.fullmatch(host):
            host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        origin = f"{environ['wsgi.url_scheme']}://{host}"
    return f"{origin}/t/{namespace}" if namespace else origin
