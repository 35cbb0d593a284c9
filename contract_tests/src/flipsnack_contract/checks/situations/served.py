"""What the resource URLs of one key serve: whose package, in which minute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from flipsnack_contract.checks.methods.comparison import ComparedAccount
from flipsnack_contract.checks.methods.packages import files_in
from flipsnack_contract.checks.methods.uploaded import GET, PACKAGE
from flipsnack_contract.checks.methods.urls import asked
from flipsnack_contract.contract.assertions import require
from flipsnack_contract.contract.clock import MINUTE, SECOND
from flipsnack_contract.contract.library import CollectionModel


@dataclass
class ServedPackages:
    """The links that a key was given, and what each collection's package was under its title."""

    account: ComparedAccount
    ways: Iterator[str]
    links: list[tuple[str, int]] = field(default_factory=list)
    whole: dict[tuple[str, str], bytes] = field(default_factory=dict)
    files: dict[tuple[int, str], Mapping[str, bytes]] = field(default_factory=dict)
    books: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    etags: dict[str, bytes] = field(default_factory=dict)
    forged: Iterator[int] = field(default_factory=count)

    def look(self, collection: str, form: str) -> None:
        """Ask for a package; where it is built, it is that of this collection."""
        url = self.account.look(PACKAGE, collection, form, {}).resource_url
        found = self.account.model.find(collection)
        if url and found:
            require(False, url in {one for one, _ in self.links}, "a link was there before", "job.fresh-resource-url")
            self.links.append((url, self.account.session.clock.now))
            self._require_own(url, found)

    def _require_own(self, url: str, found: CollectionModel) -> None:
        reply, title = self.account.session.get(url), found.title
        what = f"the package of {title!r}, {found.hash}"
        require(200, reply.status, f"the HTTP status of {what}", "url.lives-60s")
        same = self.etags.setdefault(reply.headers.get("etag", ""), reply.body) == reply.body
        require(True, same, f"{what} and another one have one ETag", "url.validators")
        before = self.whole.setdefault((found.hash, title), reply.body)
        require(True, before == reply.body, f"{what} is the same as before", "url.package")
        files = files_in(reply.body, found.hash)
        # It stays the same collection when publishing gives it another hash.
        before_files = self.files.setdefault((id(found), title), files)
        require(True, before_files == files, f"the files in {what} are the same as before", "url.package")
        if found.pages is not None:
            book = self.books.setdefault(reply.body, (title, found.pages))
            require((title, found.pages), book, f"title and pages of {what}, and of an equal one", "url.package")

    def picture(self, collection: str) -> None:
        """The thumbnail of a collection is a picture; nothing where there is no collection, or no such name."""
        session = self.account.session
        url = (session.call(GET, collection).data or {}).get("collectionThumbnail")
        if url is not None:
            reply = session.get(str(url))
            found = (reply.status, reply.content_type.partition("/")[0], bool(reply.body))
            require((200, "image", True), found, f"the thumbnail of {collection}", "collection.thumbnail")

    def again(self) -> None:
        """Links serve in their minute, in whatever way they were used, and not after it; a changed one never does."""
        session = self.account.session
        for url, since in self._chosen():
            age, way = session.clock.now - since, next(self.ways)
            reply = asked(session, url, way)
            what = f"a resource URL {age / SECOND:.6f} s after its answer, by {way}"
            if age >= MINUTE:
                require(403, reply.status, f"the HTTP status of {what}", "url.expired-is-403")
            require(age < MINUTE, session.serves(url), f"{what}: whether it serves", "url.lives-60s")
            for forged in (_changed(url, next(self.forged)), *self._of_others(url)):
                status = asked(session, forged, way).status
                require(True, status in (403, 404), f"{what}, changed to {forged}, is refused", "url.tamper-proof")

    def _of_others(self, url: str) -> list[str]:
        """The query of another link behind the path of this one, when that has another path."""
        path, other = url.partition("?")[0], self.links[next(self.forged) % len(self.links)][0].partition("?")
        return [] if other[0] == path else [f"{path}?{other[2]}"]

    def _chosen(self) -> list[tuple[str, int]]:
        """The oldest and the newest link that serve, and the newest one that does not any more."""
        now = self.account.session.clock.now
        alive = [one for one in self.links if now - one[1] < MINUTE]
        dead = [one for one in self.links if one not in alive]
        return [*alive[:1], *alive[1:][-1:], *dead[-1:]]


def _changed(url: str, place: int) -> str:
    """The URL with one of the last letters of path or query changed."""
    path, _, query = url.partition("?")
    at = len(query) - 1 - place % 12
    other = "0" if query[at] != "0" else "1"
    return f"{path[:-5]}x{path[-4:]}?{query}" if place % 3 == 0 else f"{path}?{query[:at]}{other}{query[at + 1 :]}"
