"""The session of the client of the control plane: which authorities it trusts, and which proxy it takes."""

import os
from urllib.parse import urlsplit

import requests

from flipsnack_mock.protocol.addresses import is_loopback

_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def session_for(url: str, *, ca_file: str, trust_env: bool) -> requests.Session:
    """A session for `url`, which trusts the authority in `ca_file`.

    With `trust_env`, the environment names the authority where `ca_file` is empty (`REQUESTS_CA_BUNDLE`,
    `CURL_CA_BUNDLE`, `SSL_CERT_FILE`), and the proxy unless `url` is on this machine.
    """
    session = requests.Session()
    # Else requests sends what ~/.netrc has for this host in place of the token.
    session.trust_env = False
    named = (os.environ.get(name, "").strip() for name in _AUTHORITIES if trust_env)
    session.verify = ca_file or next(filter(None, named), True)
    if trust_env and not _is_here(url):
        session.proxies.update(requests.utils.get_environ_proxies(url))
    return session


def _is_here(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:  # it is no URL, which the first request says
        return True
