"""A certificate authority made at each start, so that a client with hard-coded https addresses can use the fake."""

import os
import ssl
from typing import NamedTuple

from flipsnack_mock.state.settings import Settings, SettingsError


class Certificates(NamedTuple):
    """`context` is for the TLS server, `authority_pem` is the authority that its clients must trust."""

    context: ssl.SSLContext
    authority_pem: bytes


def certificates_for(settings: Settings) -> Certificates | None:
    """New certificates for `host` and the `tls_names` of the settings, or None when they ask for no TLS.

    The authority's key is discarded at once. Raises `SettingsError` when the extra that makes certificates is not
    installed, or when a name is not a host name.
    """
    if not settings.tls:
        return None
    try:
        import trustme
    except ImportError:
        message = "tls needs trustme, which comes with an extra: pip install 'flipsnack-kit[tls]'"
        raise SettingsError(message) from None
    names = [name.strip() for name in f"{settings.host},{settings.tls_names}".split(",") if name.strip()]
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        leaf = authority.issue_cert(*dict.fromkeys(names))
    except ValueError:
        expected = "expected host names and addresses with commas, as localhost,127.0.0.1"
        raise SettingsError(f"host or tls_names is not usable in a certificate: {names}; {expected}"[:500]) from None
    if hasattr(os, "memfd_create"):
        _load_from_memory(context, leaf.private_key_and_cert_chain_pem.bytes())
    else:
        leaf.configure_cert(context)
    return Certificates(context, authority.cert_pem.bytes())


def _load_from_memory(context: ssl.SSLContext, pem: bytes) -> None:
    """Load key and certificates without a file on disk.

    Python's ssl reads files only. A read-only root has no place for one, and a private key is better not written.
    """
    with os.fdopen(os.memfd_create("certificate"), "wb", buffering=0) as file:
        file.write(pem)
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}")
