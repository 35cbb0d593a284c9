"""Fetches the document of a `fileUrl`: only where a setting allows it, and within bounds of size, time and address."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout, Url, parse_url

from flipsnack_mock.protocol.instants import SECOND, RealTime

MAX_REDIRECTS = 5
MAX_SECONDS = 60.0

_TIMEOUT = Timeout(connect=5.0, read=10.0)
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE_BYTES = 256 * 1024


class Unfetched(Exception):
    """A document that was not fetched; the text says why."""


def fetch(
    url: str, take: Callable[[bytes], None], *, max_bytes: int, private: bool, now: RealTime, trust: str | None = None
) -> None:
    """Hand the content at `url` to `take`, in pieces; no more of it than `max_bytes` and a piece.

    With `private`, hosts with addresses that are not public are asked too. Each redirect is judged as the first URL is,
    and the connection goes to an address that was judged. `now` gives real time in microseconds; `trust` is a file with
    the authorities to trust, by default those of the system. Raises `Unfetched`.
    """
    end = now() + round(MAX_SECONDS * SECOND)
    for _ in range(MAX_REDIRECTS + 1):
        with _answer(url, private=private, trust=trust) as answer:
            if answer.status not in _REDIRECTS:
                _read(answer, take, max_bytes, lambda: now() > end)
                return
            url = urljoin(url, answer.headers.get("Location", ""))
    raise Unfetched(f"there are more than {MAX_REDIRECTS} redirects")


@contextmanager
def _answer(url: str, *, private: bool, trust: str | None) -> Iterator[urllib3.BaseHTTPResponse]:
    try:
        target = parse_url(url)
        with _pool(target, _judged_address(target, private=private), trust) as pool:
            headers = {"Host": target.netloc or "", "Accept-Encoding": "identity", "User-Agent": "flipsnack-mock"}
            answer = pool.request(
                "GET", target.request_uri, headers=headers, retries=False, redirect=False, preload_content=False
            )
            try:
                yield answer
            finally:
                answer.close()
    except (HTTPError, OSError, ValueError) as trouble:
        raise Unfetched(f"{url[:200]} cannot be fetched: {trouble}") from None


def _pool(target: Url, address: str, trust: str | None) -> urllib3.HTTPConnectionPool:
    assert target.scheme is not None
    port = target.port or _PORTS[target.scheme]
    if target.scheme == "http":
        return urllib3.HTTPConnectionPool(address, port, timeout=_TIMEOUT)
    return urllib3.HTTPSConnectionPool(
        address, port, timeout=_TIMEOUT, server_hostname=target.host, assert_hostname=target.host, ca_certs=trust
    )


def _judged_address(target: Url, *, private: bool) -> str:
    if target.scheme not in _PORTS or not target.host or target.auth:
        raise Unfetched("a URL to fetch begins with http or https, and has a host and no password")
    host = target.host.strip("[]")
    found = socket.getaddrinfo(host, target.port or _PORTS[target.scheme], type=socket.SOCK_STREAM)
    addresses = [str(address[0]).partition("%")[0] for *_, address in found]
    hidden = [one for one in addresses if not _is_public(one)]
    if hidden and not private:
        raise Unfetched(f"{host} has the address {hidden[0]}, which is not public; fetch_private_urls allows it")
    return addresses[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        # The address in an address may be a private one.
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is not None or found in _TRANSLATED:
            return inner is not None and _is_public(str(inner))
    return found.is_global and not found.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def _read(
    answer: urllib3.BaseHTTPResponse, take: Callable[[bytes], None], max_bytes: int, is_late: Callable[[], bool]
) -> None:
    if answer.status != 200:
        raise Unfetched(f"the answer is HTTP {answer.status}, expected 200")
    size = 0
    for piece in answer.stream(_PIECE_BYTES, decode_content=False):
        size += len(piece)
        take(piece)
        if is_late():
            raise Unfetched(f"it takes more than {MAX_SECONDS:g} s")
        if size > max_bytes:
            return
