"""A fake that somebody else started, as `--flipsnack-url` names it."""

import requests

from flipsnack_mock.testing.admin_client import AdminClient, AdminError

_EXAMPLE = "http://127.0.0.1:3547"
# The first that fits counts: some of these errors of requests are subclasses of others.
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "its certificate is not trusted; name its authority in SSL_CERT_FILE"),
    (requests.exceptions.ProxyError, "the proxy of the environment does not reach it; add its host to NO_PROXY"),
    (requests.ConnectionError, "no server answers there; start it with `flipsnack-mock serve`, or correct the URL"),
    (requests.Timeout, "the server there does not answer in time; is it the fake?"),
    (requests.exceptions.InvalidJSONError, "the server there is not the fake; expected the answers of its /__admin"),
    (ValueError, f"that is not the URL of a server; expected one such as {_EXAMPLE}"),
)


class NotConnected(Exception):
    """`--flipsnack-url` names no fake to work with; the text says in one sentence why, and what to do."""


def connected(url: str, token: str) -> AdminClient:
    """A client of the fake at `url`, which has answered. Raises `NotConnected`."""
    admin = AdminClient(url, token=token)
    try:
        admin.namespaces()
    except AdminError as refusal:
        raise NotConnected(f"--flipsnack-url {url}: the control plane refuses: {refusal}") from None
    except (requests.RequestException, OSError) as trouble:
        cause = next((words for kind, words in _CAUSES if isinstance(trouble, kind)), str(trouble))
        raise NotConnected(f"--flipsnack-url {url}: {cause}") from None
    return admin
