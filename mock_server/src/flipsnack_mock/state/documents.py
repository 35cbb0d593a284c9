"""Uploaded documents in snapshots: carried along where that is asked for, and named where they are missing."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.state.account import Account, Collection

MAX_CARRIED_BYTES = 7_000_000
"""So many bytes of documents a snapshot carries: in base64 they fit into the body that restores it."""


class Documents(Protocol):
    """The documents that the server keeps, by their digests."""

    def size(self, digest: str) -> int | None:
        """How many bytes the document has; None when it is not here."""

    def read(self, digest: str) -> bytes:
        """The content of a document that is here."""

    def keeping(self, contents: Iterable[bytes]) -> AbstractContextManager[None]:
        """Keep documents with these `contents`: to the end of the context, and then as long as collections have them.

        Raises `OSError` when there is no room for them.
        """


def carried(documents: Documents, accounts: Iterable[Account]) -> dict[str, bytes]:
    """The documents of `accounts` that are here, by digest; raises `Refused` (413) when they are too many bytes."""
    digests = {document.digest for _, item in _uploaded(accounts) if (document := item.document) is not None}
    sizes = {digest: size for digest in sorted(digests) if (size := documents.size(digest)) is not None}
    if (total := sum(sizes.values())) > MAX_CARRIED_BYTES:
        message = (
            f"the documents have {total:,} bytes, and a snapshot carries {MAX_CARRIED_BYTES:,}; take it without them, "
            "or of one account"
        )
        raise Refused(413, "too_large", message, limit=MAX_CARRIED_BYTES)
    return {digest: documents.read(digest) for digest in sizes}


def kept(documents: Documents, found: Mapping[str, bytes]) -> AbstractContextManager[None]:
    """Keep the documents of a snapshot as `Documents.keeping` does; raises `Refused` (400) for another content."""
    for digest, content in found.items():
        if hashlib.sha256(content).hexdigest() != digest:
            message = "the content is not that of the document with this digest"
            raise Refused(400, "bad_request", message, path=f"$.documents.{digest[:64]}", expected="its own content")
    return documents.keeping(found.values())


def missing(documents: Documents, accounts: Iterable[Account]) -> dict[str, Any]:
    """The part of an answer that names the documents which are not here; empty when all are."""
    named = [
        {"key": account.key, "hash": item.hash, "digest": item.document.digest, "file_name": item.document.file_name}
        for account, item in _uploaded(accounts)
        if item.document is not None and documents.size(item.document.digest) is None
    ]
    return {"missing_documents": named} if named else {}


def _uploaded(accounts: Iterable[Account]) -> Iterator[tuple[Account, Collection]]:
    for account in accounts:
        # A copy, as other requests may change them meanwhile.
        for item in list(account.collections.values()):
            if item.document and not item.deleted:
                yield account, item
