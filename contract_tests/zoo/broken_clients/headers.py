"""Clients whose requests say something wrong, or too much, in a header."""

import base64
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from contract_tests.zoo.client import Client
from contract_tests.zoo.exchange import HttpResponse, exchange

Headers = Mapping[str, str]


class _AddsHeaders(Client):
    """Adds headers to each call, or to each download."""

    on_calls = on_downloads = False

    def added(self) -> Headers:
        raise NotImplementedError

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        is_call = url.startswith(self.task.base_url)
        is_meant = self.on_calls if is_call else self.on_downloads
        return super().get(url, {**(headers or {}), **(self.added() if is_meant else {})})


class NamesAnotherHost(_AddsHeaders, breaks="client.http"):
    """Names the API's host in each download, whichever server it asks."""

    on_downloads = True

    def added(self) -> Headers:
        return {"Host": "api.flipsnack.com"}


class SendsABodyWithGet(Client, breaks="client.http"):
    """Sends a body with each download."""

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        return exchange("GET", url, headers or {}, "" if url.startswith(self.task.base_url) else "{}")


class AuthorizesDownloads(_AddsHeaders, breaks="client.credentials-not-in-download"):
    """Sends its key as authorization with each download."""

    on_downloads = True

    def added(self) -> Headers:
        return {"Authorization": f"Bearer {quote(self.task.key)}"}


class TellsWhereItComesFrom(_AddsHeaders, breaks="client.credentials-not-in-download"):
    """Names the signed address of its call as the referer of a download."""

    on_downloads = True

    def added(self) -> Headers:
        signed = {**self.params(), "signature": self.signature(self.params())}
        return {"Referer": f"{self.task.base_url}?{self.query(signed)}"}


class SendsItsKeyAlong(_AddsHeaders, breaks="client.credentials-not-in-download"):
    """Sends its key in a header of its own with each request."""

    on_calls = on_downloads = True

    def added(self) -> Headers:
        return {"X-Api-Key": quote(self.task.key)}


class AuthorizesWithTheSecret(_AddsHeaders, breaks="client.secret-not-sent"):
    """Sends key and secret as the user and the password of each call."""

    on_calls = True

    def added(self) -> Headers:
        pair = f"{self.task.key}:{self.task.secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


class SecretInHexadecimal(_AddsHeaders, breaks="client.secret-not-sent"):
    """Sends the bytes of the secret in hexadecimal, to be found in the server's log."""

    on_calls = True

    def added(self) -> Headers:
        return {"X-Trace": self.task.secret.encode().hex()}


class SecretInTheAgent(_AddsHeaders, breaks="client.secret-not-sent"):
    """Names its secret, as it would be in an address, in the name of the user agent."""

    on_calls = on_downloads = True

    def added(self) -> Headers:
        return {"User-Agent": f"client/1.0 ({quote(quote(self.task.secret))})"}


class AcceptsWhatItCannotRead(_AddsHeaders, breaks="client.success"):
    """Accepts compressed answers, and reads them as they come."""

    on_calls = True

    def added(self) -> Headers:
        return {"Accept-Encoding": "gzip, deflate"}


class WantsALength(Client, breaks="client.success"):
    """Takes an answer without a Content-Length for a broken one."""

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        response = super().get(url, headers)
        if "content-length" in response.headers:
            return response
        return HttpResponse(response.status, response.headers, b"")


class KnowsOneMediaType(Client, breaks="client.success"):
    """Compares the media type of an answer letter by letter."""

    def get(self, url: str, headers: Headers | None = None) -> HttpResponse:
        response = super().get(url, headers)
        kind = response.headers.get("content-type", "")
        is_known = kind.startswith(("application/", "text/")) and kind == kind.lower()
        return response if is_known else HttpResponse(415, response.headers, b"")


class WritesAccents(_AddsHeaders, breaks="client.http"):
    """Names its user with an accent in each call, which servers read in different ways."""

    on_calls = True

    def added(self) -> Headers:
        return {"X-User": "Renée"}


class AgentNamesTheKey(Client, breaks="client.credentials-not-in-download"):
    """Names the key in the User-Agent of all requests, that of a package too."""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
        return super().get(url, {**(headers or {}), "User-Agent": f"downloader/1.0 {quote(self.task.key)}"})


class KeepsTheHost(_AddsHeaders, breaks="client.http"):
    """Keeps the host of the API, whichever server a link leads to."""

    on_downloads = True

    def added(self) -> Headers:
        return {"Host": urlsplit(self.task.base_url).netloc}
