"""The resource URLs of the second correct server: they are issued, looked up, and serve a package in ranges."""

import hashlib
import html
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Accounts, Collection
from contract_tests.zoo.alt_server.answers import Headers, HttpAnswer


@dataclass(frozen=True)
class Link:
    """What a resource URL serves, for whom, and the instant of the answer that carried it."""

    account: Account
    collection: Collection
    issued_at: int


class Downloads(Accounts):
    """Resource URLs. Each is kept as it was issued, so a changed one is unknown."""

    lifetime = MINUTE

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, Link] = {}

    def issue(self, account: Account, collection: Collection) -> str:
        """The path and query of a new resource URL."""
        token = hashlib.sha256(str(next(self.serial)).encode()).hexdigest()
        link = Link(account, collection, account.now)
        address = f"/packages/{token[:8]}.zip?Expires={self.dies_at(link) // SECOND}&Signature={token}"
        self.links[address] = link
        return address

    def find(self, address: str) -> Link | None:
        """The link of a path with its query."""
        return self.links.get(address)

    def dies_at(self, link: Link) -> int:
        """The first instant at which a link does not serve."""
        return link.issued_at + self.lifetime

    def is_alive(self, link: Link) -> bool:
        """Whether a link serves its package now: never when its account was deleted, or reset."""
        return link.account in self.accounts.values() and link.account.now < self.dies_at(link)

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        """The package, a part of it, or a refusal."""
        link = self.find(address)
        if link is None:
            return self.denied()
        if not self.is_alive(link):
            return self.expired()
        whole = self.package(link.collection)
        etag = self.etag(link.collection, whole)
        headers = {"Content-Type": "application/zip", "ETag": etag, "Accept-Ranges": "bytes"}
        if status := self.failed_condition(etag, environ):
            return status, headers, b""
        wanted = environ.get("HTTP_RANGE", "") if environ.get("HTTP_IF_RANGE", etag) == etag else ""
        # Only a GET has ranges (RFC 9110, 14.2).
        return self.part(whole, wanted if environ["REQUEST_METHOD"] == "GET" else "", headers)

    def etag(self, _collection: Collection, whole: bytes) -> str:
        """The ETag of a package."""
        return f'"{hashlib.sha256(whole).hexdigest()}"'

    def failed_condition(self, etag: str, environ: Mapping[str, Any]) -> int:
        """The HTTP status of a request whose condition does not hold; 0 when all hold (RFC 9110, 13.2.2)."""
        if environ.get("HTTP_IF_MATCH", etag) not in (etag, "*"):
            return 412
        return 304 if environ.get("HTTP_IF_NONE_MATCH") in (etag, "*") else 0

    def denied(self) -> HttpAnswer:
        """The answer to a link that was never issued."""
        return 403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code></Error>"

    def expired(self) -> HttpAnswer:
        """The answer to a link that does not serve any more."""
        return self.denied()

    def part(self, whole: bytes, wanted: str, headers: Headers) -> HttpAnswer:
        """The `wanted` range, or the whole where that is not one."""
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
        if match is None:
            return 200, headers, whole
        size = len(whole)
        first = int(match[1]) if match[1] else max(0, size - int(match[2]))
        last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
        if first >= size:
            return 416, {"Content-Range": f"bytes */{size}"}, b""
        return 206, {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}, whole[first : last + 1]

    def package(self, collection: Collection) -> bytes:
        """The zip archive of a collection."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            page = f"<!doctype html><title>{html.escape(collection.title)}</title>".encode()
            archive.writestr(zipfile.ZipInfo("index.html"), page + b"\n" * 700)
            for number in range(1, collection.pages + 1):
                shown = f"page {number} of the document {collection.document}"
                archive.writestr(zipfile.ZipInfo(f"pages/{number:04}.txt"), shown)
        return file.getvalue()
