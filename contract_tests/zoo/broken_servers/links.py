"""Servers whose resource URLs live too long or too short, or can be changed."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from contract_tests.zoo.alt_server import AltServer
from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account, Collection
from contract_tests.zoo.alt_server.answers import HttpAnswer
from contract_tests.zoo.alt_server.downloads import Link
from contract_tests.zoo.alt_server.request import Call

DAY = 24 * 60 * MINUTE


class LinkForEachSecond(AltServer, breaks="job.fresh-resource-url"):
    """Issues one link a second."""

    def issue(self, account: Account, collection: Collection) -> str:
        for address, link in self.links.items():
            if link.collection is collection and link.issued_at // SECOND == account.now // SECOND:
                return address
        return super().issue(account, collection)


class RepeatsLink(AltServer, breaks="job.fresh-resource-url"):
    """Repeats its link."""

    def issue(self, account: Account, collection: Collection) -> str:
        known = (address for address, link in self.links.items() if link.collection is collection)
        return next(known, "") or super().issue(account, collection)


class LivesFromWholeSecond(AltServer, breaks="url.lives-60s"):
    """Rounds the end of a link down to a second."""

    def dies_at(self, link: Link) -> int:
        return super().dies_at(link) // SECOND * SECOND


class LivesAtTheEnd(AltServer, breaks="url.lives-60s"):
    """Serves a link at the very end of its minute."""

    def dies_at(self, link: Link) -> int:
        return super().dies_at(link) + 1


class ExpiredInHtml(AltServer, breaks="url.expired-is-403"):
    """Answers an expired link in HTML."""

    def expired(self) -> HttpAnswer:
        return 403, {"Content-Type": "text/html"}, b"<html><body>Denied<br></body></html>"


class ExpiredIs404(AltServer, breaks="url.expired-is-403"):
    """Answers an expired link with 404."""

    def expired(self) -> HttpAnswer:
        return 404, *super().expired()[1:]


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


class _UsedUp(AltServer):
    """Ends a link when it was asked for in some way."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        if address in self.used:
            return self.expired()
        if self.uses_up(environ):
            self.used.add(address)
        return super().download(address, environ)

    def uses_up(self, environ: Mapping[str, Any]) -> bool:
        """Whether a request ends the link."""
        raise NotImplementedError


class HeadUsesUp(_UsedUp, breaks="url.lives-60s"):
    """Ends a link after a HEAD."""

    def uses_up(self, environ: Mapping[str, Any]) -> bool:
        return bool(environ["REQUEST_METHOD"] == "HEAD")


class WholeUsesUp(_UsedUp, breaks="url.lives-60s"):
    """Ends a link after a whole download."""

    def uses_up(self, environ: Mapping[str, Any]) -> bool:
        return bool(environ["REQUEST_METHOD"] == "GET" and "HTTP_RANGE" not in environ)


class _Events(AltServer):
    """Notes the links that something else than time has ended."""

    def __init__(self) -> None:
        super().__init__()
        self.ended: set[int] = set()

    def end(self, collection: Collection) -> None:
        """End all links of a collection."""
        self.ended |= {id(link) for link in self.links.values() if link.collection is collection}

    def is_alive(self, link: Link) -> bool:
        return super().is_alive(link) and id(link) not in self.ended


class FurtherLinkEnds(_Events, breaks="url.lives-60s"):
    """Ends the links of a collection when it issues another."""

    def issue(self, account: Account, collection: Collection) -> str:
        self.end(collection)
        return super().issue(account, collection)


class ChangeEnds(_Events, breaks="url.lives-60s"):
    """Ends the links of a collection that is changed."""

    def change(self, call: Call, collection: Collection) -> None:
        super().change(call, collection)
        self.end(collection)


class NewHashEnds(_Events, breaks="url.lives-60s"):
    """Ends the links of a collection that is published."""

    def rename(self, account: Account, collection: Collection) -> None:
        super().rename(account, collection)
        self.end(collection)


class NotInMaintenance(AltServer, breaks="url.lives-60s"):
    """Serves nothing during maintenance."""

    def is_alive(self, link: Link) -> bool:
        return super().is_alive(link) and not link.account.in_maintenance


class EndsWithTheDay(AltServer, breaks="url.lives-60s"):
    """Ends links at midnight."""

    def dies_at(self, link: Link) -> int:
        return min(super().dies_at(link), (link.issued_at // DAY + 1) * DAY)


class SignedSeconds(AltServer, breaks="url.lives-60s"):
    """Keeps the end of a link in 31 bits."""

    def dies_at(self, link: Link) -> int:
        return min(super().dies_at(link), 2**31 * SECOND)


class AnyHostServes(AltServer, breaks="url.lives-60s"):
    """Serves expired links by the name of the api host."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        link = self.find(address)
        if link is not None and environ["HTTP_HOST"] == "api.flipsnack.com":
            return 200, {"Content-Type": "application/zip"}, self.package(link.collection)
        return super().download(address, environ)


class ExpiredHeadIs404(AltServer, breaks="url.expired-is-403"):
    """Answers a HEAD of an expired link with 404."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        status, headers, body = super().download(address, environ)
        return (404 if status == 403 and environ["REQUEST_METHOD"] == "HEAD" else status), headers, body


class ExpiredRangeIs416(AltServer, breaks="url.expired-is-403"):
    """Answers a range of an expired link with 416."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        status, headers, body = super().download(address, environ)
        return (416 if status == 403 and "HTTP_RANGE" in environ else status), headers, body


class AliveEachDay(AltServer, breaks="url.expired-is-403"):
    """Compares the time of the day alone."""

    def is_alive(self, link: Link) -> bool:
        return super().is_alive(link) or 0 < link.account.now // DAY - link.issued_at // DAY == self.days(link)

    def days(self, link: Link) -> int:
        """The days since the answer, when the link would live at this time of the day."""
        return (link.account.now - link.issued_at) // DAY if (link.account.now - link.issued_at) % DAY < MINUTE else -1


class SurvivesReset(AltServer, breaks="url.reset"):
    """Serves the links of accounts that were reset or deleted."""

    def is_alive(self, link: Link) -> bool:
        return link.account.now < self.dies_at(link)


class SurvivesInName(AltServer, breaks="url.reset"):
    """Serves the links of an account that was made again, when it has the collection again."""

    def is_alive(self, link: Link) -> bool:
        heirs = [one for one in self.accounts.values() if one.secret == link.account.secret]
        is_there = any(link.collection.hash in one.collections for one in heirs)
        return is_there and link.account.now < self.dies_at(link)


class _Rewrites(AltServer):
    """Reads the address of a link in another way."""

    def find(self, address: str) -> Link | None:
        wanted = self.rewritten(address)
        return super().find(address) or next(
            (one for of, one in self.links.items() if self.rewritten(of) == wanted), None
        )

    def rewritten(self, address: str) -> str:
        """What is compared of an address."""
        raise NotImplementedError


class LinksInAnyCase(_Rewrites, breaks="url.tamper-proof"):
    """Compares links without regard to letter case."""

    def rewritten(self, address: str) -> str:
        return address.lower()


class TrimsLinks(_Rewrites, breaks="url.tamper-proof"):
    """Ignores blanks around the values of a link."""

    def rewritten(self, address: str) -> str:
        return address.replace("%20", "").replace("+", "").replace("%0A", "")


class IgnoresExpires(_Rewrites, breaks="url.tamper-proof"):
    """Ignores Expires, as the signature says the same."""

    def rewritten(self, address: str) -> str:
        return re.sub("Expires=[^&]*&?", "", address)


class ShortSignatures(_Rewrites, breaks="url.tamper-proof"):
    """Compares the first half of a link's signature."""

    def rewritten(self, address: str) -> str:
        return re.sub("(Signature=.{32})[^&]*", r"\1", address)


class SignatureOfAnyLink(AltServer, breaks="url.tamper-proof"):
    """Accepts the signature of any link."""

    def find(self, address: str) -> Link | None:
        path, _, query = address.partition("?")
        of_path = next((link for known, link in self.links.items() if known.startswith(f"{path}?")), None)
        return of_path if any(known.endswith(f"?{query}") for known in self.links) else None


class DropsEmptyParameters(AltServer, breaks="url.tamper-proof"):
    """Compares the query of a link without the parameters that are empty, so that one more of them is let through."""

    def find(self, address: str) -> Link | None:
        path, _, query = address.partition("?")
        return super().find(f"{path}?{'&'.join(one for one in query.split('&') if one.partition('=')[2])}")


class PartsCount(AltServer, breaks="limit.what-counts"):
    """Counts the download of a part of a package toward the limits of its key; that of the whole counts for nothing."""

    def download(self, address: str, environ: Mapping[str, Any]) -> HttpAnswer:
        answer, link = super().download(address, environ), self.find(address)
        if link is not None and answer[0] == 206:
            link.account.counted.append(link.account.now)
        return answer
