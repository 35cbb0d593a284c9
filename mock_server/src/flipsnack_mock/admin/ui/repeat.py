"""What repeats a request of the journal: its verb, URL and parameters, and the secret that signs them again.

The journal masks signatures, but the fake knows the secrets of its accounts, so a repeated call gets a new signature.
"""

from typing import Literal
from urllib.parse import quote, urlencode

import msgspec

from flipsnack_mock.inspect.records import PACKAGE, Record
from flipsnack_mock.protocol.methods import PACKAGE_METHOD
from flipsnack_mock.protocol.signature import sign


class Repeat(msgspec.Struct, frozen=True):
    """A call to make: `params` go into the query, a form, or a multipart body with `files` (field and file name).

    With `secret` the call is signed; without it `params` are sent as they are.
    """

    method: str
    url: str
    params: dict[str, str]
    secret: str | None = None
    sends: Literal["query", "form", "multipart"] = "query"
    files: tuple[tuple[str, str], ...] = ()

    @property
    def unsigned(self) -> dict[str, str]:
        """The parameters without the signature that `secret` makes."""
        return {name: value for name, value in self.params.items() if self.secret is None or name != "signature"}

    @property
    def signed(self) -> dict[str, str]:
        """The parameters with the signature, at the place that it had."""
        if self.secret is None:
            return self.params
        return self.params | {"signature": sign(self.secret, self.unsigned)}


def repeat_of(record: Record, *, secret: str | None, base_url: str) -> Repeat | None:
    """The call that repeats `record` against the API at `base_url`, signed with `secret`; None if impossible.

    Without a `secret` the signature stays masked. For a package download it is the call that returns a new resource
    URL, because the old URL is masked.
    """
    if record.kind == PACKAGE:
        return download_call(record.key, record.hash, secret, base_url) if secret and record.hash else None
    if record.cut or not record.params:
        return None
    sends = _sends(record)
    return Repeat(
        record.method,
        base_url if record.path in ("/v1", "/v1/") else base_url.removesuffix("/v1/") + quote(record.path),
        record.params,
        secret if "signature" in record.params else None,
        sends,
        tuple((file.field, file.file_name) for file in record.files) if sends == "multipart" else (),
    )


def download_call(key: str, collection_hash: str, secret: str, base_url: str) -> Repeat:
    """The call that asks for the package of that collection."""
    params = {"action": PACKAGE_METHOD, "apiKey": key, "collectionHash": collection_hash}
    return Repeat("GET", base_url, params, secret)


def query_text(params: dict[str, str]) -> str:
    """`params` as the query of a URL."""
    return urlencode(params, quote_via=quote, safe="*")


def _sends(record: Record) -> Literal["query", "form", "multipart"]:
    if record.method != "POST":
        return "query"
    if record.content_type.lower().startswith("multipart/form-data"):
        return "multipart"
    return "form" if record.body else "query"
