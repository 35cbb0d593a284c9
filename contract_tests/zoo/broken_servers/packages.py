"""Servers whose resource URLs serve the wrong package, or serve it wrongly."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Collection
from contract_tests.zoo.alt_server.answers import Headers, HttpAnswer
from contract_tests.zoo.alt_server.downloads import Link

DAY = 24 * 60 * MINUTE


class DamagesByTitle(AltServer, breaks="url.zip"):
    """Damages packages with a blank in the title."""

    def package(self, collection: Collection) -> bytes:
        whole = super().package(collection)
        return whole.replace(b"\n" * 9, b"\n" * 8 + b" ") if " " in collection.title else whole


class NoRanges(AltServer, breaks="url.ranges"):
    """Knows no ranges."""

    def part(self, whole: bytes, wanted: str, headers: Headers) -> HttpAnswer:
        return super().part(whole, "", headers)


class _Caches(AltServer):
    """Keeps packages by something that does not name them."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[object, bytes] = {}

    def package(self, collection: Collection) -> bytes:
        return self.kept.setdefault(self.name_of(collection), super().package(collection))

    def name_of(self, collection: Collection) -> object:
        """By what a package is kept."""
        raise NotImplementedError


class DrawsItsOwnPages(AltServer, breaks="url.package"):
    """Shows drawn pages instead of the uploaded ones."""

    def package(self, collection: Collection) -> bytes:
        return super().package(replace(collection, document=""))


class CachesByHash(_Caches, breaks="url.package"):
    """Keeps packages by hash, whoever owns it."""

    def name_of(self, collection: Collection) -> object:
        return collection.hash


class CachesByTitle(_Caches, breaks="url.package"):
    """Keeps packages by title."""

    def name_of(self, collection: Collection) -> object:
        return collection.title, collection.document


class CachesBySize(_Caches, breaks="url.package"):
    """Keeps packages by the number of pages."""

    def name_of(self, collection: Collection) -> object:
        return collection.pages, collection.document


class ServesTheLast(AltServer, breaks="url.package"):
    """Serves the package that was asked for last."""

    last: Collection | None = None

    def issue(self, account: Account, collection: Collection) -> str:
        self.last = collection
        return super().issue(account, collection)

    def package(self, collection: Collection) -> bytes:
        return super().package(self.last or collection)


class NamesTheHash(AltServer, breaks="url.package"):
    """Shows the hash for a title."""

    def package(self, collection: Collection) -> bytes:
        return super().package(replace(collection, title=f"{collection.hash} {collection.serial}"))


class PacksAgain(AltServer, breaks="url.package"):
    """Builds another package for each link."""

    def package(self, collection: Collection) -> bytes:
        return super().package(replace(collection, document=f"{next(self.serial)}"))

    def etag(self, _collection: Collection, _whole: bytes) -> str:
        return '"always"'


class OneEtag(AltServer, breaks="url.validators"):
    """Has one ETag for all packages."""

    def etag(self, _collection: Collection, _whole: bytes) -> str:
        return '"package"'


class EtagOfTheTitle(AltServer, breaks="url.validators"):
    """Makes the ETag of the title."""

    def etag(self, collection: Collection, _whole: bytes) -> str:
        return f'"{hashlib.sha256(collection.title.encode()).hexdigest()}"'


class NoEtagInParts(AltServer, breaks="url.validators"):
    """Leaves the ETag out of a part."""

    def part(self, whole: bytes, wanted: str, headers: Headers) -> HttpAnswer:
        status, sent, body = super().part(whole, wanted, headers)
        return status, {name: one for name, one in sent.items() if status != 206 or name != "ETag"}, body


class AlwaysModified(AltServer, breaks="url.conditions"):
    """Ignores If-None-Match."""

    def failed_condition(self, etag: str, environ: Mapping[str, Any]) -> int:
        return super().failed_condition(etag, {**environ, "HTTP_IF_NONE_MATCH": ""})


class MatchesAnything(AltServer, breaks="url.conditions"):
    """Ignores If-Match."""

    def failed_condition(self, etag: str, environ: Mapping[str, Any]) -> int:
        return super().failed_condition(etag, {**environ, "HTTP_IF_MATCH": etag})


class HeadHasNoLength(AltServer, breaks="url.validators"):
    """Answers a HEAD with the length of nothing."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        status, sent, body = super().download(address, environ)
        return status, sent, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


class StampsTheTime(AltServer, breaks="url.package"):
    """Writes the time of the download into the package; its ETag is that of the content."""

    def etag(self, collection: Collection, _whole: bytes) -> str:
        return f'"{hashlib.sha256(super().package(collection)).hexdigest()}"'

    def package(self, collection: Collection) -> bytes:
        owners = (one for one in self.accounts.values() if collection in one.collections.values())
        moment = datetime.fromtimestamp(next(owner.now for owner in owners) // SECOND, UTC)
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(super().package(collection))) as made, zipfile.ZipFile(file, "w") as stamped:
            for name in made.namelist():
                stamped.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), made.read(name))
        return file.getvalue()


class RangeBeforeExpiry(AltServer, breaks="url.expired-is-403"):
    """Looks at the range before the expiry: one beyond the end of an expired link is 416."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        link = self.find(address)
        if link is not None and not self.is_alive(link):
            whole = self.package(link.collection)
            answer = self.part(whole, environ.get("HTTP_RANGE", ""), {})
            if answer[0] == 416:
                return answer
        return super().download(address, environ)


class AsciiTitles(AltServer, breaks="url.package"):
    """Writes titles into packages in ASCII, with a question mark for every other letter."""

    def package(self, collection: Collection) -> bytes:
        return super().package(replace(collection, title=collection.title.encode("ascii", "replace").decode()))


class EtagOfTheFirst(AltServer, breaks="url.validators"):
    """Keeps the ETag that a collection had at first, although its package has another title."""

    def __init__(self) -> None:
        super().__init__()
        self.etags: dict[Collection, str] = {}

    def etag(self, collection: Collection, whole: bytes) -> str:
        return self.etags.setdefault(collection, super().etag(collection, whole))


class HeadIsNotSigned(AltServer, breaks="url.tamper-proof"):
    """Answers HEAD by the path of a resource URL alone."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        paths = {one.partition("?")[0]: one for one in self.links}
        known = paths.get(address.partition("?")[0], address)
        return super().download(known if environ["REQUEST_METHOD"] == "HEAD" else address, environ)


class TwentyDownloads(AltServer, breaks="url.lives-60s"):
    """Ends a resource URL that was used twenty times."""

    def __init__(self) -> None:
        super().__init__()
        self.used: list[Link] = []

    def is_alive(self, link: Link) -> bool:
        self.used.append(link)
        return super().is_alive(link) and self.used.count(link) <= 20
