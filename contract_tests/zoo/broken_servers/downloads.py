"""Servers whose resource URLs or packages go wrong."""

from urllib.parse import parse_qsl, urlencode

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import SECOND, Account, Collection
from contract_tests.zoo.alt_server.answers import Headers, HttpAnswer
from contract_tests.zoo.alt_server.downloads import Link


class RepeatsLink(AltServer, breaks="job.fresh-resource-url"):
    """Repeats its link."""

    def issue(self, account: Account, collection: Collection) -> str:
        known = (address for address, link in self.links.items() if link.collection is collection)
        return next(known, "") or super().issue(account, collection)


class LinkForEachSecond(AltServer, breaks="job.fresh-resource-url"):
    """Issues one link a second."""

    def issue(self, account: Account, collection: Collection) -> str:
        for address, link in self.links.items():
            if link.collection is collection and link.issued_at // SECOND == account.now // SECOND:
                return address
        return super().issue(account, collection)


class LivesFromWholeSecond(AltServer, breaks="url.lives-60s"):
    """Rounds the end of a link down to a second."""

    def dies_at(self, link: Link) -> int:
        return super().dies_at(link) // SECOND * SECOND


class LivesAtTheEnd(AltServer, breaks="url.lives-60s"):
    """Serves a link at the very end of its minute."""

    def dies_at(self, link: Link) -> int:
        return super().dies_at(link) + 1


class ExpiredIs404(AltServer, breaks="url.expired-is-403"):
    """Answers an expired link with 404."""

    def expired(self) -> HttpAnswer:
        return 404, *super().expired()[1:]


class ExpiredInHtml(AltServer, breaks="url.expired-is-403"):
    """Answers an expired link in HTML."""

    def expired(self) -> HttpAnswer:
        return 403, {"Content-Type": "text/html"}, b"<html><body>Denied<br></body></html>"


class AnyQuery(AltServer, breaks="url.tamper-proof"):
    """Accepts any query with a known path."""

    def find(self, address: str) -> Link | None:
        path = address.partition("?")[0]
        return next((link for known, link in self.links.items() if known.startswith(path)), None)


class IgnoresMore(AltServer, breaks="url.tamper-proof"):
    """Ignores further parameters of a link."""

    def find(self, address: str) -> Link | None:
        path, _, query = address.partition("?")
        return super().find(f"{path}?{urlencode(parse_qsl(query)[:2])}")


class DamagesByTitle(AltServer, breaks="url.zip"):
    """Damages packages with a blank in the title."""

    def package(self, collection: Collection) -> bytes:
        whole = super().package(collection)
        return whole.replace(b"\n" * 9, b"\n" * 8 + b" ") if " " in collection.title else whole


class NoRanges(AltServer, breaks="url.ranges"):
    """Knows no ranges."""

    def part(self, whole: bytes, wanted: str, headers: Headers) -> HttpAnswer:
        return super().part(whole, "", headers)
