"""Who may use the control plane: programs with the token, the page after its sign-in, and no other site's pages.

A browser sends requests for whatever page is open in it, so a page of somebody else could steer a fake that runs on the
same machine. Such a request gives itself away by `Sec-Fetch-Site`, which no script can forge, or by `Origin`. One that
hides behind a name of its own that it lets point to this machine (DNS rebinding) has neither, but it has that name
as `Host`: so names that anybody can own are refused unless they are known, or a token is set, which such a page lacks.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.settings import Settings

__all__ = ["COOKIE", "Guard", "exposure"]

COOKIE = "flipsnack_mock_admin"

_OWN_SITES = frozenset({"same-origin", "none"})
# What nobody can register: reserved by RFC 2606, 6762, 8375 and by ICANN (internal), or in use inside of clusters.
_PRIVATE = ("localhost", "local", "internal", "test", "home.arpa", "lan", "svc")
_PUBLIC_END = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")


def exposure(settings: Settings, address: str) -> str:
    """What to warn of when the fake listens on `address`: nothing, unless others can reach and steer it."""
    if ipaddress.ip_address(address).is_loopback or settings.admin_token or not settings.admin:
        return ""
    return f"whoever reaches {address} can steer this fake: set admin_token, or admin to false, unless that is meant"


class Guard:
    """The rules of one server."""

    def __init__(self, settings: Settings) -> None:
        """Know the token, and the names that the server goes by."""
        self._token = settings.admin_token.encode()
        listed = settings.admin_hosts.lower().split(",")
        self._names = {settings.host.lower(), urlsplit(settings.base_url).hostname or "", *map(str.strip, listed)}

    @property
    def wants_token(self) -> bool:
        """Whether a token is set."""
        return bool(self._token)

    def check_sender(self, environ: Mapping[str, Any], *, visitors: bool = False) -> None:
        """Raise `Refused` (403) for what a page of another site has sent; `visitors` may follow a link to here."""
        host = environ.get("HTTP_HOST", "")
        site = environ.get("HTTP_SEC_FETCH_SITE")
        origin = environ.get("HTTP_ORIGIN")
        if site is not None:
            foreign = site not in _OWN_SITES and not (visitors and _follows_link(environ))
        else:
            foreign = origin is not None and urlsplit(origin).netloc != host
        if foreign:
            sender = f"a page of {origin[:100]!r}" if origin else "another page"
            message = f"{sender} has sent this; the control plane takes requests of programs and of its own page only"
            raise Refused(403, "forbidden", message)
        if not self.wants_token:
            self._check_name(host)

    def check_token(self, authorization: str) -> None:
        """Raise `Refused` (401) unless the header `Authorization` holds the token, or none is set."""
        if self.wants_token and not self.is_token(authorization.removeprefix("Bearer ").encode("latin-1")):
            raise Refused(401, "unauthorized", "the control plane wants `Authorization: Bearer <admin_token>`")

    def is_token(self, given: bytes) -> bool:
        """Whether `given` is the token, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(given, self._token)

    def pass_for_page(self) -> str:
        """What the page's cookie holds after the sign-in: not the token, but only who has it can make it."""
        return hmac.digest(self._token, b"flipsnack-mock: the page", hashlib.sha256).hex()

    def is_signed_in(self, cookie: str) -> bool:
        """Whether `cookie` is such a pass, or none is wanted."""
        return not self.wants_token or hmac.compare_digest(cookie.encode(), self.pass_for_page().encode())

    def _check_name(self, host: str) -> None:
        name = _name_in(host)
        if name not in self._names and _is_public(name):
            message = (
                f"{name[:100]!r} is a name that anybody could let point here, so a web page may be behind this "
                "request; add it to the setting admin_hosts, or set an admin_token"
            )
            raise Refused(403, "forbidden", message)


def _follows_link(environ: Mapping[str, Any]) -> bool:
    """Whether a person goes to this address, from wherever."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_SEC_FETCH_MODE") == "navigate"
        and environ.get("HTTP_SEC_FETCH_DEST") == "document"
    )


def _name_in(host: str) -> str:
    """The name or address in a Host header, without the port."""
    name = host.lower() if host.endswith("]") else re.sub(r":\d*\Z", "", host.lower())
    return name.strip("[]").removesuffix(".")


def _is_public(name: str) -> bool:
    """Whether the public name system could hold `name`."""
    try:
        ipaddress.ip_address(name)
        return False
    except ValueError:
        pass
    last = name.rpartition(".")[2]
    is_private = any(name == end or name.endswith(f".{end}") for end in _PRIVATE)
    return "." in name and not is_private and _PUBLIC_END.fullmatch(last) is not None
