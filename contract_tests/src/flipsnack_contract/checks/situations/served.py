"""What the resource URLs of one key serve: whose package, in which minute."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flipsnack_contract.checks.methods.comparison import ComparedAccount
from flipsnack_contract.checks.methods.packages import files_in
from flipsnack_contract.checks.methods.uploaded import PACKAGE
from flipsnack_contract.contract.assertions import require
from flipsnack_contract.contract.clock import MINUTE
from flipsnack_contract.contract.library import CollectionModel


@dataclass
class ServedPackages:
    """The links that a key was given, and what each collection's package was under its title."""

    account: ComparedAccount
    links: list[tuple[str, int]] = field(default_factory=list)
    whole: dict[tuple[str, str], bytes] = field(default_factory=dict)
    files: dict[tuple[int, str], Mapping[str, bytes]] = field(default_factory=dict)
    books: dict[bytes, tuple[str, int]] = field(default_factory=dict)

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
        before = self.whole.setdefault((found.hash, title), reply.body)
        require(True, before == reply.body, f"{what} is the same as before", "url.package")
        files = files_in(reply.body, found.hash)
        # It stays the same collection when publishing gives it another hash.
        before_files = self.files.setdefault((id(found), title), files)
        require(True, before_files == files, f"the files in {what} are the same as before", "url.package")
        if found.pages is not None:
            book = self.books.setdefault(reply.body, (title, found.pages))
            require((title, found.pages), book, f"title and pages of {what}, and of an equal one", "url.package")

    def again(self) -> None:
        """Every link serves in its minute, whatever happened since, and the last ones not after it."""
        now = self.account.session.clock.now
        for url, since in self.links[-3:]:
            what = f"a resource URL serves {(now - since) / 1e6:.6f} s after its answer"
            require(now - since < MINUTE, self.account.session.serves(url), what, "url.lives-60s")
