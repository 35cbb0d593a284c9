"""Access to the control plane: programs with the token, and the page after sign-in, but no pages of other sites.

A browser sends requests on behalf of any open page, so a foreign page could control a fake on the same machine. Such a
request is recognised by `Sec-Fetch-Site`, which scripts cannot forge, or by `Origin`. A page that lets its own domain
resolve to this machine (DNS rebinding) passes both, but its domain is the `Host` header: so public names are refused
unless they are configured, or a token is set, which such a page does not have.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flipsnack_mock.protocol.addresses import url_parts
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.settings import Settings

COOKIE = "flipsnack_mock_admin"

MAX_BODY_BYTES = 10_000_000
"""The longest body that the control plane reads: that of a snapshot."""

_OWN_SITES = frozenset({"same-origin", "none"})
# Not registrable: reserved by RFC 2606, 6762, 8375 and by ICANN (internal), or used inside clusters.
_PRIVATE = ("localhost", "local", "internal", "test", "home.arpa", "lan", "svc")
_PUBLIC_END = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")


def exposure(settings: Settings, address: str) -> str:
    """A warning if other machines can reach and control the fake on `address`, otherwise empty."""
    if ipaddress.ip_address(address).is_loopback or settings.admin_token or not settings.admin:
        return ""
    return f"anyone who can reach {address} can control this fake; set admin_token, or set admin to false"


class Guard:
    """The access rules of one server."""

    def __init__(self, settings: Settings) -> None:
        """Read the token and the server's own host names from `settings`."""
        self._token = settings.admin_token.encode()
        listed = settings.admin_hosts.lower().split(",")
        self._names = {settings.host.lower(), _name_in(url_parts(settings.base_url).host), *map(str.strip, listed)}

    @property
    def wants_token(self) -> bool:
        """Whether a token is set."""
        return bool(self._token)

    def check_sender(self, environ: Mapping[str, Any], *, visitors: bool = False) -> None:
        """Raise `Refused` (403) for a request from a page of another site; `visitors` may follow a link."""
        host = environ.get("HTTP_HOST", "")
        site = environ.get("HTTP_SEC_FETCH_SITE")
        origin = environ.get("HTTP_ORIGIN")
        if site is not None:
            foreign = site not in _OWN_SITES and not (visitors and _follows_link(environ))
        else:
            foreign = origin is not None and url_parts(origin).host != host
        if foreign:
            sender = f"a page of {origin[:100]!r}" if origin else "another page"
            message = f"{sender} sent this request; the control plane accepts only programs and its own page"
            raise Refused(403, "forbidden", message)
        if not self.wants_token:
            self._check_name(host)

    def check_token(self, authorization: str) -> None:
        """Raise `Refused` (401) unless the header `Authorization` holds the token, or none is set."""
        # The name of a scheme is case-insensitive, and blanks end it (RFC 9110, 11.1 and 11.4).
        scheme, _, token = authorization.strip().partition(" ")
        if self.wants_token and not (scheme.lower() == "bearer" and self.is_token(token.strip().encode("latin-1"))):
            raise Refused(401, "unauthorized", "the control plane requires `Authorization: Bearer <admin_token>`")

    def is_token(self, given: bytes) -> bool:
        """Whether `given` is the token, compared in constant time."""
        return hmac.compare_digest(given, self._token)

    def pass_for_page(self) -> str:
        """The value of the page's cookie after sign-in, derived from the token."""
        return hmac.digest(self._token, b"flipsnack-mock: the page", hashlib.sha256).hex()

    def is_signed_in(self, cookie: str) -> bool:
        """Whether `cookie` is that value, or no token is set."""
        return not self.wants_token or hmac.compare_digest(cookie.encode(), self.pass_for_page().encode())

    def _check_name(self, host: str) -> None:
        name = _name_in(host)
        if name not in self._names and _is_public(name):
            message = (
                f"{name[:100]!r} is a public name, so this request may come from a web page whose domain resolves to "
                "this machine; add the name to the setting admin_hosts, or set admin_token"
            )
            raise Refused(403, "forbidden", message)


def _follows_link(environ: Mapping[str, Any]) -> bool:
    """Whether a person follows a link, or types the address."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_SEC_FETCH_MODE") == "navigate"
        and environ.get("HTTP_SEC_FETCH_DEST") == "document"
    )


@lru_cache(maxsize=64)
def _name_in(host: str) -> str:
    """The name or address in a Host header, without the port."""
    name = host.lower() if host.endswith("]") else re.sub(r":[0-9]*\Z", "", host.lower())
    return name.strip("[]").removesuffix(".")


@lru_cache(maxsize=64)  # most requests name the same host
def _is_public(name: str) -> bool:
    """Whether `name` could be registered in the public DNS."""
    try:
        ipaddress.ip_address(name)
        return False
    except ValueError:
        pass
    last = name.rpartition(".")[2]
    is_private = any(name == end or name.endswith(f".{end}") for end in _PRIVATE)
    return "." in name and not is_private and _PUBLIC_END.fullmatch(last) is not None
