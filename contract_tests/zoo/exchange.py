"""One HTTP exchange, over a connection of its own."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract_tests.zoo.task import ClientError

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class HttpResponse:
    """One HTTP answer; header names are in lower case. `whole` is whether all of the promised body came."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


def exchange(method: str, url: str, headers: Mapping[str, str], body: str | bytes = "") -> HttpResponse:
    """The answer to one request; a URL without a scheme is one of https. Raises `ClientError`."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        connection = _connection(parts.scheme, parts.netloc)
    except ValueError:
        raise ClientError("transport", "not an address") from None
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connected = False
    try:
        connection.connect()
        connected = True
        connection.request(method, target, body or None, dict(headers))
        return _read(connection.getresponse())
    except (OSError, http.client.HTTPException) as error:
        trouble = ClientError("transport", f"no answer: {type(error).__name__}", retry_after_ms=0)
        trouble.nothing_sent = not connected
        raise trouble from None
    finally:
        connection.close()


def _connection(scheme: str, place: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(place, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(place, timeout=TIMEOUT_S)


def _read(response: http.client.HTTPResponse) -> HttpResponse:
    headers = {name.lower(): value.strip() for name, value in response.getheaders()}
    try:
        return HttpResponse(response.status, headers, response.read())
    except http.client.IncompleteRead as cut:
        return HttpResponse(response.status, headers, cut.partial, whole=False)
