"""Which certificate authorities are trusted: the variables of OpenSSL beside those of requests."""

import os
from collections.abc import Iterator
from pathlib import Path

from flipsnack_client.exceptions import TransportError


def trusted(verify: object) -> object:
    """Return what requests should verify with; `verify` is what it would take itself.

    requests reads REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE. If neither is set, SSL_CERT_FILE counts, then SSL_CERT_DIR.
    Raises TransportError if the file does not exist.
    """
    found = next(_from_openssl(), True) if verify is True else verify
    if isinstance(found, str) and not Path(found).exists():
        raise TransportError(
            f"the file of certificate authorities {found} does not exist; "
            "correct or unset REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or SSL_CERT_FILE"
        )
    return found


def _from_openssl() -> Iterator[str]:
    if file := os.environ.get("SSL_CERT_FILE"):
        yield file
    for folder in os.environ.get("SSL_CERT_DIR", "").split(os.pathsep):
        if folder and Path(folder).is_dir():
            yield folder
