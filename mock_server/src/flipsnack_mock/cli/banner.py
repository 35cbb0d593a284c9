"""What `serve` says when it is ready: where it listens, and how to make a first call."""

from urllib.parse import urlencode

from flipsnack_mock import __version__
from flipsnack_mock.protocol.addresses import PAGE_PATH
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret
from flipsnack_mock.protocol.methods import PACKAGE_METHOD
from flipsnack_mock.protocol.signature import sign
from flipsnack_mock.state.settings import Settings

KEY = f"{AUTOMATIC_PREFIX}demo"
COLLECTION = "mock-complete"


def listening(url: str) -> str:
    """The first line, which programs wait for."""
    return f"flipsnack-mock {__version__} listening on {url}"


def banner(settings: Settings, url: str) -> list[str]:
    """The lines below it, for people; `url` is where this machine reaches the fake."""
    secret, base_url = automatic_secret(KEY), f"{url}/v1/"
    params = {"action": PACKAGE_METHOD, "apiKey": KEY, "collectionHash": COLLECTION}
    pattern = f"{AUTOMATIC_PREFIX}NAME"
    query = urlencode(params | {"signature": sign(secret, params)})
    curl = "curl --insecure" if settings.tls else "curl"
    return [
        f"  API   {base_url}",
        *([f"  page  {url}{PAGE_PATH}"] if settings.admin else []),
        f"  key   {KEY}, its secret {secret} (any key {pattern} works, its secret is {automatic_secret(pattern)})",
        f"  try   {curl} '{base_url}?{query}'",
        "  stop  Ctrl-C",
    ]
