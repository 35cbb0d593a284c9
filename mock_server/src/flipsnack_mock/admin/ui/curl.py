"""A request in the journal as a curl command.

The journal masks signatures, but the fake knows the secrets of its accounts, so the command gets a new signature.
"""

import shlex
from urllib.parse import quote, urlencode

from flipsnack_mock.inspect.records import PACKAGE, Record
from flipsnack_mock.protocol import signature
from flipsnack_mock.protocol.methods import PACKAGE_METHOD


def curl(record: Record, *, secret: str | None, base_url: str) -> str:
    """The command that repeats `record` against the API at `base_url`, signed with `secret`; empty if impossible.

    Without a `secret` the signature stays masked. For a package download it is the call that returns a new resource
    URL, because the old URL is masked.
    """
    if record.kind == PACKAGE:
        return (
            download_call(record.key, record.hash, secret=secret, base_url=base_url) if secret and record.hash else ""
        )
    if record.cut or not record.params:
        return ""
    params = _signed(record.params, secret)
    url = base_url if record.path in ("/v1", "/v1/") else base_url.removesuffix("/v1/") + quote(record.path)
    if record.method == "GET":
        return _command(f"{url}?{_query(params)}")
    if record.method == "POST" and record.content_type.lower().startswith("multipart/form-data"):
        return _command(*_parts(params, record), url)
    if record.method == "POST" and record.body:
        return _command(url, "--data", _query(params))
    how = ("-I",) if record.method == "HEAD" else ("-X", record.method)
    return _command(*how, f"{url}?{_query(params)}")


def download_call(key: str, collection_hash: str, *, secret: str, base_url: str) -> str:
    """The command that asks for the package of that collection."""
    params = {"action": PACKAGE_METHOD, "apiKey": key, "collectionHash": collection_hash}
    return _command(f"{base_url}?{signed_query(params, secret)}")


def signed_query(params: dict[str, str], secret: str) -> str:
    """The query of a call with `params`, signed."""
    return _query(params | {"signature": signature.sign(secret, params)})


def _signed(params: dict[str, str], secret: str | None) -> dict[str, str]:
    if secret is None or "signature" not in params:
        return params
    return params | {"signature": signature.sign(secret, params)}


def _parts(params: dict[str, str], record: Record) -> list[str]:
    fields = [word for pair in params.items() for word in ("--form-string", "=".join(pair))]
    names = [(file.field, file.file_name.replace("\\", r"\\").replace('"', r"\"")) for file in record.files]
    return fields + [word for field, name in names for word in ("--form", f'{field}=@"{name}"')]


def _query(params: dict[str, str]) -> str:
    return urlencode(params, quote_via=quote, safe="*")


def _command(*arguments: str) -> str:
    return shlex.join(["curl", *arguments])
