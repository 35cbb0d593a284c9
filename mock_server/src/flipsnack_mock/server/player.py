"""What embed codes and collection objects point at: the player of a collection, and a picture of its first page."""

import base64
import binascii
from concurrent.futures import Future
from html import escape
from typing import Any

import flask
from werkzeug.wrappers import Response as HttpResponse

from flipsnack_mock.admin.long_poll import CAN_AWAIT, WAIT, WAITED
from flipsnack_mock.protocol.addresses import PLAYER_PATH, THUMBNAIL_PREFIX, namespace_of
from flipsnack_mock.protocol.envelope import NOSNIFF
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.instants import RealTime
from flipsnack_mock.server.uploads.flipbooks import Flipbooks
from flipsnack_mock.server.uploads.results import Awaited
from flipsnack_mock.state.account import Account, Collection, account_id
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.world import Worlds

SIDES = {"thumb": 100, "small": 200, "medium": 400, "original": 1_400}
"""The sizes of a picture that the vendor's addresses name, with ours: pixels of its longer side."""

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "svg+xml": "image/svg+xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_HEADERS = {"Cache-Control": "no-cache"} | dict([NOSNIFF])
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8">{refresh}<title>{title}</title>
<style>
html, body, iframe {{ display: block; margin: 0; border: 0; width: 100%; height: 100% }} p {{ padding: 2rem }}
</style>
<body>{content}</body></html>
"""
_REFRESH = '<meta http-equiv="refresh" content="2">'
_SAID = {
    State.NEW: "This document is about to be converted.",
    State.PROCESSING: "This document is being converted.",
    State.FAILED: "This document could not be converted.",
}


def player(worlds: Worlds, now: RealTime, flipbooks: Flipbooks) -> flask.Blueprint:
    """The player of the collections of all worlds; `now` gives real time in microseconds."""
    views = _Views(worlds, now, flipbooks)
    blueprint = flask.Blueprint("player", __name__)
    folder = "<account_id>/collections/<collection_hash>"
    for path, view in (
        (PLAYER_PATH, views.page),
        (f"{PLAYER_PATH}/{folder}/<path:name>", views.file),
        (f"{THUMBNAIL_PREFIX}{folder}/items/<item_hash>/covers/page_1/<size>", views.thumbnail),
    ):
        blueprint.add_url_rule(path, view.__name__, view, provide_automatic_options=False)
    return blueprint


class _Views:
    def __init__(self, worlds: Worlds, now: RealTime, flipbooks: Flipbooks) -> None:
        self._worlds = worlds
        self._now = now
        self._flipbooks = flipbooks

    def page(self) -> HttpResponse:
        """The page that an embed code loads: the flipbook, or how far its conversion is."""
        account, collection = self._find(*_parts(flask.request.args.get("hash", "")))
        state = collection.conversion_state(account.now(self._now()))
        number = flask.request.args.get("p", 1, type=int)
        title, refresh = escape(collection.title), ""
        if state is State.COMPLETE:
            source = f"player/{account_id(account.key)}/collections/{collection.hash}/index.html#page={number}"
            content = f'<iframe src="{source}" title="{title}" allowfullscreen></iframe>'
        else:
            content, refresh = f"<p>{_SAID[state]}</p>", _REFRESH if state is State.PROCESSING else ""
        return _answer(_PAGE.format(title=title, content=content, refresh=refresh).encode(), "html")

    def file(self, account_id: str, collection_hash: str, name: str) -> HttpResponse:
        """A file of the flipbook."""
        _, collection = self._find(account_id, collection_hash)
        _wait(self._flipbooks.begin(collection))
        content = self._flipbooks.flipbook(collection).files.get(name)
        if content is None:
            raise _not_found(f"the flipbook has no file {name[:60]!r}")
        return _answer(content, name.rpartition(".")[2])

    def thumbnail(self, account_id: str, collection_hash: str, item_hash: str, size: str) -> HttpResponse:
        """A picture of the first page."""
        _, collection = self._find(account_id, collection_hash)
        if item_hash != collection.item_hash or size not in SIDES:
            raise _not_found(f"the collection has no such picture; its sizes are {', '.join(SIDES)}")
        _wait(self._flipbooks.begin_cover(collection, SIDES[size]))
        cover = self._flipbooks.cover(collection, SIDES[size])
        return _answer(cover.picture, cover.media_type.rpartition("/")[2])

    def _find(self, public_id: str, collection_hash: str) -> tuple[Account, Collection]:
        account = self._worlds.world(namespace_of(flask.request.environ)).find_by_id(public_id)
        collection = None if account is None else account.collections.get(collection_hash)
        if account is None or collection is None or collection.deleted:
            raise _not_found("there is no such collection")
        return account, collection


def _parts(token: str) -> tuple[str, str]:
    """The public id of the account and the hash of the collection in the token of an embed code."""
    try:
        # A plus sign that was not escaped arrives as a blank.
        text = base64.b64decode(token.replace(" ", "+"), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    public_id, _, collection_hash = text.partition("+")
    return public_id, collection_hash


def _wait(made: "Future[Any] | None") -> None:
    """Wait until it is made; a server that can await asks again then."""
    environ = flask.request.environ
    if made is None or made.done() or WAITED in environ or CAN_AWAIT not in environ:
        return
    environ[WAITED], environ[WAIT] = True, Awaited(made)
    flask.abort(HttpResponse(status=204))


def _answer(content: bytes | memoryview, kind: str) -> HttpResponse:
    return HttpResponse(bytes(content), headers=_HEADERS, content_type=_TYPES[kind])


def _not_found(message: str) -> Refused:
    return Refused(404, "not_found", message)
