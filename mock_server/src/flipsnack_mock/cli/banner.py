"""What `serve` says when it is ready: where it listens, and how to make a first call."""

from flipsnack_mock import __version__
from flipsnack_mock.admin.ui.curl import download_call
from flipsnack_mock.admin.ui.routes import PATH
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX, automatic_secret
from flipsnack_mock.state.settings import Settings

KEY = f"{AUTOMATIC_PREFIX}demo"
COLLECTION = "mock-complete"


def listening(url: str) -> str:
    """The first line, which programs wait for."""
    return f"flipsnack-mock {__version__} listening on {url}"


def banner(settings: Settings, url: str) -> list[str]:
    """The lines below it, for people; `url` is where this machine reaches the fake."""
    secret, base_url = automatic_secret(KEY), f"{url}/v1/"
    call = download_call(KEY, COLLECTION, secret=secret, base_url=base_url)
    prefix = AUTOMATIC_PREFIX
    return [
        f"  API   {base_url}",
        *([f"  page  {url}{PATH}"] if settings.admin else []),
        f"  key   {KEY}, its secret {secret} (so any key {prefix}NAME, with the secret {automatic_secret(prefix)}NAME)",
        f"  try   {call.replace('curl', 'curl --insecure', 1) if settings.tls else call}",
        "  stop  Ctrl-C",
    ]
