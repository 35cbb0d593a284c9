"""Servers whose packages, resource URLs, limits or keys go wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from contract_tests.zoo.meddling import Answered, App, Asked, Made, between, fake, forward, internal, meddled

from flipsnack_contract.contract.methods import package_method
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.request_builder import encoded

LINK = re.compile(rb'"resourceUrl":"([^"]*)"')
COLLECTIONS = re.compile(r"/__admin/accounts/([^/]+)/collections")
LINK_PARTS = ("Expires", "Signature", "Key-Pair-Id")
COMPLETE = re.compile(rb'"COMPLETE","resourceUrl":"[^"]*"|COMPLETE</status><resourceUrl>[^<]*</resourceUrl>')


def _at_work(answered: Answered) -> Answered:
    """The same answer about a package that is not built yet, in whatever format."""

    def change(found: re.Match[bytes]) -> bytes:
        return b'"PROCESSING"' if found[0].startswith(b'"') else b"PROCESSING</status>"

    return answered.says(COMPLETE.sub(change, answered.body))


def _is_download(asked: Asked) -> bool:
    return asked.path.startswith("/packages/")


def _job_says(old: bytes, new: bytes) -> Callable[[], App]:
    return lambda: meddled(answer=lambda asked, answered: answered.replaced(old, new) if asked.is_call else answered)


def _started_when_made() -> App:
    app = fake()

    def answer(asked: Asked, answered: Answered) -> Answered:
        made = COLLECTIONS.fullmatch(asked.path)
        if asked.method == "POST" and made:
            collection_hash = re.findall(rb'"hash":"([^"]*)"', answered.body)[0].decode()
            pairs = [("action", package_method().name), ("apiKey", made[1]), ("collectionHash", collection_hash)]
            query = encoded([*pairs, ("signature", sign(asked.secrets[made[1]], pairs))])
            forward(app, internal("GET", "/v1/", query))
        return answered

    return between(app, lambda asked: asked, answer)


def _always_processing_first() -> App:
    seen: set[str] = set()

    def answer(asked: Asked, answered: Answered) -> Answered:
        collection = asked.collection
        if not (asked.is_call and COMPLETE.search(answered.body)) or collection in seen:
            return answered
        seen.add(collection)
        return _at_work(answered)

    return meddled(answer=answer)


def _goes_back() -> App:
    calls: dict[str, int] = {}

    def answer(asked: Asked, answered: Answered) -> Answered:
        if not (asked.is_call and COMPLETE.search(answered.body)):
            return answered
        collection = asked.collection
        calls[collection] = calls.get(collection, 0) + 1
        return _at_work(answered) if calls[collection] == 3 else answered

    return meddled(answer=answer)


def _same_link() -> App:
    links: dict[str, bytes] = {}

    def answer(asked: Asked, answered: Answered) -> Answered:
        found = LINK.search(answered.body)
        if not (asked.is_call and found):
            return answered
        first = links.setdefault(asked.collection, found[1])
        return answered.replaced(found[1], first)

    return meddled(answer=answer)


def _null_link() -> App:
    """A `resourceUrl` without a URL in it while a package is not there."""

    def answer(asked: Asked, answered: Answered) -> Answered:
        if not asked.is_call:
            return answered
        in_json = answered.replaced(b'"status":"PROCESSING"', b'"status":"PROCESSING","resourceUrl":null')
        return in_json.replaced(b"<status>PROCESSING</status>", b"<status>PROCESSING</status><resourceUrl/>")

    return meddled(answer=answer)


def _link_for_all() -> App:
    """Keys with a collection of the same hash that ask in the same second are given the same link."""
    links: dict[str, bytes] = {}

    def answer(asked: Asked, answered: Answered) -> Answered:
        found = LINK.search(answered.body)
        if not (asked.is_call and found) or re.fullmatch(r"f\d{6}", asked.get("collectionHash") or ""):
            return answered
        second = re.findall(rb"Expires=(\d+)", found[1])[0].decode()
        return answered.replaced(found[1], links.setdefault(f"{asked.get('collectionHash')} {second}", found[1]))

    return meddled(answer=answer)


def _more_than_enough(asked: Asked) -> Asked:
    kept = [piece for piece in asked.query.split("&") if piece.partition("=")[0] in LINK_PARTS]
    return asked.has(QUERY_STRING="&".join(kept[:3])) if _is_download(asked) else asked


def _damaged_by_title() -> App:
    """Of the package of a collection with a blank in its title one byte is wrong."""

    def answer(asked: Asked, answered: Answered) -> Answered:
        whole = asked.path.endswith("/a-book.zip") and answered.status == 200
        middle = len(answered.body) // 2
        flipped = bytes([answered.body[middle] ^ 1]) if whole else b""
        return answered.says(answered.body[:middle] + flipped + answered.body[middle + 1 :]) if whole else answered

    return meddled(answer=answer)


def _denied(rewrite: Callable[[Answered], Answered]) -> Callable[[], App]:
    def answer(asked: Asked, answered: Answered) -> Answered:
        return rewrite(answered) if _is_download(asked) and answered.status == 403 else answered

    return lambda: meddled(answer=answer)


def _without_its_query() -> App:
    """Whoever has seen one good URL of a package may use its path with any query."""
    good: dict[str, str] = {}

    def ask(asked: Asked) -> Asked:
        return asked.has(QUERY_STRING=good.get(asked.path, asked.query)) if _is_download(asked) else asked

    def answer(asked: Asked, answered: Answered) -> Answered:
        if asked.is_call and (found := LINK.search(answered.body)):
            parts = urlsplit(found[1].decode())
            good[parts.path] = parts.query
        return answered

    return meddled(ask, answer)


def _damaged() -> App:
    def answer(asked: Asked, answered: Answered) -> Answered:
        whole = _is_download(asked) and answered.status == 200 and len(answered.body) > 400
        flipped = bytes([answered.body[200] ^ 1]) if whole else b""
        return answered.says(answered.body[:200] + flipped + answered.body[201:]) if whole else answered

    return meddled(answer=answer)


def _without_ranges() -> App:
    def ask(asked: Asked) -> Asked:
        return Asked({name: value for name, value in asked.environ.items() if name != "HTTP_RANGE"})

    return meddled(ask)


def _one_limit_for_all() -> App:
    """Counts the calls of one instant over all keys; it takes any word to a clock for the next instant."""
    counted = [0]

    def ask(asked: Asked) -> Asked:
        if asked.path.endswith("/clock/advance"):
            counted[0] = 0
        return asked

    def answer(asked: Asked, answered: Answered) -> Answered:
        if not asked.is_call or b'"code":20' not in answered.body:
            return answered
        counted[0] += 1
        refusal = b'{"code":31,"status":"Requests per second limit exceeded"}'
        return answered.says(refusal) if counted[0] > 5 else answered

    return meddled(ask, answer)


def _maintenance_for_all() -> App:
    def ask(asked: Asked) -> Asked:
        return asked.has(PATH_INFO="/__admin/maintenance") if asked.path.endswith("/maintenance") else asked

    return meddled(ask)


def _collections_for_all() -> App:
    """A collection made under one key can be asked for under every other."""
    app = fake()
    owners: dict[str, str] = {}

    def answer(asked: Asked, answered: Answered) -> Answered:
        made = COLLECTIONS.fullmatch(asked.path)
        if asked.method == "POST" and made and answered.status == 201:
            owners[re.findall(rb'"hash":"([^"]*)"', answered.body)[0].decode()] = made[1]
        owner = owners.get(asked.get("collectionHash") or "") if asked.is_call else None
        if owner is None or b'"code":43' not in answered.body or owner == asked.get("apiKey"):
            return answered
        return forward(app, asked.signed_anew([(n, owner if n == "apiKey" else v) for n, v in asked.pairs]))

    return between(app, lambda asked: asked, answer)


def _forced_too_early() -> App:
    """A job that is ended before its first call reports PROCESSING once."""
    forced: set[str] = set()

    def ask(asked: Asked) -> Asked:
        ended = re.fullmatch(r"/__admin/accounts/([^/]+)/jobs/([^/]+)", asked.path)
        if asked.method == "PUT" and ended:
            forced.add(f"{ended[1]} {ended[2]}")
        return asked

    def answer(asked: Asked, answered: Answered) -> Answered:
        collection = asked.collection
        if not (asked.is_call and collection in forced and COMPLETE.search(answered.body)):
            return answered
        forced.discard(collection)
        return _at_work(answered)

    return meddled(ask, answer)


SERVERS: tuple[Made, ...] = (
    ("starts a package when it is made", "job.started-by-first-call", _started_when_made),
    ("says RUNNING", "job.states", _job_says(b'"PROCESSING"', b'"RUNNING"')),
    ("goes back from COMPLETE once", "job.never-goes-back", _goes_back),
    ("is never complete at once", "job.complete-at-once", _always_processing_first),
    ("has an empty link while it works", "job.resource-url-with-complete", _null_link),
    (
        "completes without a link",
        "job.resource-url-with-complete",
        lambda: meddled(
            answer=lambda asked, answered: (
                answered.says(LINK.sub(b'"size":1', answered.body)) if asked.is_call else answered
            )
        ),
    ),
    ("repeats its link", "job.fresh-resource-url", _same_link),
    (
        "answers an expired link with 404",
        "url.expired-is-403",
        _denied(lambda answered: Answered(404, answered.headers, answered.body)),
    ),
    (
        "answers an expired link in HTML",
        "url.expired-is-403",
        _denied(lambda answered: answered.says(b"<html><body>Denied<br></body></html>")),
    ),
    ("takes any query for a known path", "url.tamper-proof", _without_its_query),
    ("takes more than it handed out", "url.tamper-proof", lambda: meddled(_more_than_enough)),
    ("damages a byte of the package", "url.zip", _damaged),
    ("damages packages with a blank in the title", "url.zip", _damaged_by_title),
    ("knows no ranges", "url.ranges", _without_ranges),
    ("has one limit for all keys", "limit.per-key", _one_limit_for_all),
    ("puts everybody into maintenance", "key.isolation", _maintenance_for_all),
    ("gives everybody the same link", "key.isolation", _link_for_all),
    ("shows collections to every key", "key.isolation", _collections_for_all),
    ("reports a job ended early as PROCESSING", "history.agrees", _forced_too_early),
)
