"""The download of a package from its resource URL."""

from flipsnack_mock.api import resource_urls
from flipsnack_mock.api.call import Call
from flipsnack_mock.documents.archive import Package
from flipsnack_mock.faults.rules import PACKAGE_ACTION
from flipsnack_mock.protocol.byte_ranges import failed_condition, requested_range
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.state.account import Collection
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.world import World

VERBS = frozenset({"GET", "HEAD"})
_ZIP = "application/zip"


def download(call: Call) -> Response:
    """The package, or a part of it; 403 when the resource URL is not, or no longer, valid."""
    entry = call.entry
    entry.fmt = "zip"
    try:
        collection = _collection(call)
    except resource_urls.Denied as denial:
        entry.failed, entry.detail, entry.rule = "resource-url", str(denial), denial.rule
        return Response(403, "application/xml", resource_urls.ACCESS_DENIED)
    if call.injection is not None:
        call.injection.meet("zip")
    return package_response(call.world.package_of(collection), call.request)


def collection_at(path: str, world: World) -> Collection | None:
    """The collection whose package is at `path`, whether or not a request for it is valid; nothing changes."""
    try:
        account_id, collection_hash = resource_urls.locate(path)
    except resource_urls.Denied:
        return None
    account = world.find_by_id(account_id)
    return None if account is None else account.collections.get(collection_hash)


def _collection(call: Call) -> Collection:
    request = call.request
    if request.method not in VERBS:
        raise resource_urls.Denied("a package is fetched by GET or HEAD", rule="url.ranges")
    account_id, collection_hash = resource_urls.locate(request.path)
    account = call.world.find_by_id(account_id)
    if account is None:
        raise resource_urls.Denied("no account has this id")
    call.belongs_to(account, PACKAGE_ACTION, collection_hash)
    resource_urls.verify(account, request.path, origin=request.origin, query=request.query, now=call.now)
    collection = account.collections.get(account.final_hash(collection_hash))
    if collection is None or (collection.deleted and account.behaviour.deleted_url == "dies"):
        raise resource_urls.Denied("the collection is gone", rule="delete.url-lives")
    if collection.state(account.behaviour, call.now) is not State.COMPLETE:
        raise resource_urls.Denied("the package is not built: the account was reset")
    return collection


def package_response(package: Package, request: Request) -> Response:
    """The response to `request` for `package`: 200, 206 with a part of it, 304, 412 or 416."""
    headers: tuple[tuple[str, str], ...] = (("ETag", package.etag), ("Accept-Ranges", "bytes"))
    if status := failed_condition(request.conditions, package.etag):
        return Response(status, _ZIP, b"", headers)
    # Only GET knows ranges (RFC 9110, 14.2).
    header = request.range if request.method == "GET" else ""
    part = requested_range(header, request.conditions.get("if-range"), size=package.size, etag=package.etag)
    if part is None:
        return Response(200, _ZIP, package, headers)
    if not part.length:
        headers = (*headers, ("Content-Range", f"bytes */{package.size}"))
        return Response(416, "application/xml", resource_urls.INVALID_RANGE, headers)
    headers = (*headers, ("Content-Range", f"bytes {part.start}-{part.stop - 1}/{package.size}"))
    return Response(206, _ZIP, package, headers, range=part)
