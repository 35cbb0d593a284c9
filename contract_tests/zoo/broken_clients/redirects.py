"""Clients that follow redirects too far, or tell too much on the way."""

from collections.abc import Mapping
from urllib.parse import urljoin

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse, exchange

MOVED = (301, 302, 303, 307, 308)
Headers = Mapping[str, str]
Params = Mapping[str, str]


class _Follows(Client):
    """Follows the redirects of downloads, at most `hops` of them."""

    hops = 10

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        response = super().get(url, headers)
        for _ in range(self.hops):
            location = response.headers.get("location")
            if response.status not in MOVED or location is None or url.startswith(self.task.base_url):
                break
            url = urljoin(url, location)
            response = exchange("GET", url, self.along(headers or {}))
        return response

    def along(self, headers: Headers) -> Headers:
        """The headers of a redirected request."""
        return headers


class FollowsForEver(_Follows, breaks="client.redirect"):
    """Follows a chain of two hundred redirects."""

    hops = 200


class KeyGoesAlong(_Follows, breaks="client.redirect"):
    """Sends its key to wherever a redirect leads."""

    def along(self, headers: Headers) -> Headers:
        return {**headers, "Authorization": f"Bearer {self.task.key.encode().hex()}"}


class CookiesGoAlong(_Follows, breaks="client.redirect"):
    """Sends its cookies to wherever a redirect leads."""

    def along(self, headers: Headers) -> Headers:
        return {**headers, "Cookie": "session=1"}


class CallsGoAlong(Client, breaks="client.redirect"):
    """Repeats a call, with its signature, at the address that a redirect names."""

    def call(self, params: Params) -> HttpResponse:
        response = super().call(params)
        if response.status in MOVED and (location := response.headers.get("location")):
            return exchange("GET", f"{location.partition('?')[0]}?{self.query(params)}", {})
        return response


class RedirectedIsDone(Client, breaks="client.agreement"):
    """Takes a redirect for the package, and an empty file for the whole."""

    moved = False

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        response = super().get(url, headers)
        self.moved = response.status in MOVED and not url.startswith(self.task.base_url)
        return HttpResponse(200, response.headers, response.body, response.whole) if self.moved else response

    def inspect(self, content: bytes) -> None:
        if not self.moved:
            super().inspect(content)


class SlashIsHome(Client, breaks="client.redirect"):
    """Follows redirects that begin with a slash as if they led to the same server: `//host/` leads to another one."""

    def call(self, params: Params) -> HttpResponse:
        response = super().call(params)
        location = response.headers.get("location", "")
        if response.status in MOVED and location.startswith("/"):
            return exchange("GET", f"{urljoin(self.task.base_url, location)}?{self.query(params)}", {})
        return response


class FollowsTenWithTheirQuery(Client, breaks="client.redirect"):
    """Follows ten redirects of a call, wherever they lead, with the query that they name."""

    def call(self, params: Params) -> HttpResponse:
        url, response = self.task.base_url, super().call(params)
        for _ in range(10):
            if response.status not in MOVED or "location" not in response.headers:
                break
            url = urljoin(url, response.headers["location"])
            response = exchange("GET", url, {})
        return response
