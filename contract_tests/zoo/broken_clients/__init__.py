"""Broken clients: each a few lines over the correct one, named for its fault, with the rule that it breaks."""

from contract_tests.zoo.broken_clients import (
    calls,
    conversions,
    decoding,
    documents,
    downloads,
    endings,
    files,
    headers,
    lists,
    pace,
    publishing,
    redirects,
    requests,
    secrets,
    signing,
    statistics,
    texts,
    timing,
    uploads,
)
from contract_tests.zoo.client import Client
from contract_tests.zoo.mutant import members_in

# The first of each rule is held against all rules, so those come first that are tried on few scenarios.
_OF_FEW_METHODS = (calls, statistics, publishing, lists)
_CALLING = (signing, texts, decoding, headers, requests, secrets)
_FOLLOWING = (pace, timing, endings, uploads, documents, conversions)
_SAVING = (downloads, files, redirects)
BROKEN_CLIENTS = members_in((*_OF_FEW_METHODS, *_CALLING, *_FOLLOWING, *_SAVING), Client)
"""All of them."""


def client_named(name: str) -> type[Client]:
    """The broken client of that class name; raises `LookupError`."""
    known = {client.__name__: client for client in BROKEN_CLIENTS}
    if name not in known:
        raise LookupError(f"there is no client {name!r}; expected one of {', '.join(known)}")
    return known[name]
