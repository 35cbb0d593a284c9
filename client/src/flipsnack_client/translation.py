"""Translates the exceptions of requests and urllib3 into ours, without the URLs in their texts."""

import http.client
import re
import ssl
from collections.abc import Iterator

import requests
import urllib3

from flipsnack_client.exceptions import CertificateRefused, ConnectionFailed, NotConnected, TransportError
from flipsnack_client.readable import readable

_TUNNEL = re.compile(r"Tunnel connection failed: (40[0-9])\b")
"""What http.client raises where a proxy refuses CONNECT; a refusal of the 500s may pass."""

_INVALID = (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError)

_UNCONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (requests.exceptions.ProxyError, "the proxy failed"),
    (urllib3.exceptions.NewConnectionError, "no connection"),  # it counts as a timeout too
    (requests.exceptions.ConnectTimeout, "no connection in time"),
    (requests.exceptions.Timeout, "no answer in time"),
    (TimeoutError, "no answer in time"),
    (urllib3.exceptions.TimeoutError, "no answer in time"),
    (requests.exceptions.ContentDecodingError, "the answer could not be decompressed"),
    (urllib3.exceptions.DecodeError, "the answer could not be decompressed"),
    (requests.exceptions.ChunkedEncodingError, "the answer was cut off"),
    (urllib3.exceptions.IncompleteRead, "the answer was cut off"),
    (http.client.RemoteDisconnected, "the server closed the connection without an answer"),
    (http.client.HTTPException, "the answer is not HTTP"),
    (requests.exceptions.InvalidHeader, "the answer is not HTTP"),
    (urllib3.exceptions.InvalidHeader, "the answer is not HTTP"),
)


def translated(error: BaseException, host: str, proxy: str | None = None) -> TransportError:
    """Return our exception for one of requests, urllib3, http.client or the system. Its text has no URL in it."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ssl.SSLCertVerificationError):
            return CertificateRefused(f"the certificate of {host} is refused: {readable(link.verify_message)}")
    way = f"{host} through the proxy {proxy}" if proxy else host
    lasting = _lasting(chain, proxy)
    if lasting is not None:
        return TransportError(f"cannot reach {way}: {lasting}")
    unconnected = any(isinstance(link, _UNCONNECTED) for link in chain)
    return (NotConnected if unconnected else ConnectionFailed)(f"cannot reach {way}: {_reason(chain)}")


def _lasting(chain: list[BaseException], proxy: str | None) -> str | None:
    """Return what is wrong if the next attempt would fail in the same way, else None."""
    for link in chain:
        if isinstance(link, ssl.SSLError) and link.library == "X509":
            return "the file of certificate authorities (REQUESTS_CA_BUNDLE, SSL_CERT_FILE) has no certificate in it"
        if proxy and isinstance(link, OSError) and (refused := _TUNNEL.match(str(link))):
            return f"the proxy answers HTTP {refused[1]}; check its address, user and password"
        if proxy and isinstance(link, requests.exceptions.InvalidSchema):
            return "a SOCKS proxy needs the package PySocks, which is not installed: pip install PySocks"
        if isinstance(link, _INVALID):
            # The address of the server was checked before.
            return f"the address of the {'proxy' if proxy else 'server'} is not valid, expected like http://host:port"
        if isinstance(link, requests.exceptions.InvalidSchema):
            return "the session has no adapter for this scheme"
    return None


def _reason(chain: list[BaseException]) -> str:
    for link in chain:
        if isinstance(link, ssl.SSLError) and link.reason:
            # "wrong version number" is OpenSSL's text for plain HTTP on the port.
            advice = "; a server without TLS has an address with http://" * (link.reason == "WRONG_VERSION_NUMBER")
            return f"TLS failed ({link.reason.replace('_', ' ').lower()}){advice}"
        # The system's texts ("Connection refused") contain no URL; those of a library may.
        if isinstance(link, OSError) and link.strerror and not isinstance(link, requests.RequestException):
            return link.strerror
    for kind, words in _REASONS:
        if any(isinstance(link, kind) for link in chain):
            return words
    return "the connection failed"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and all its causes; urllib3 keeps causes in arguments too."""
    pending, seen = [error], set[int]()
    while pending:
        link = pending.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        origins = [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
        pending += [origin for origin in origins if isinstance(origin, BaseException)]
