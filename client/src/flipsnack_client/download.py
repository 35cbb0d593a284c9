"""Fetches a package so that what stands under the final name is whole, or nothing does."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from flipsnack_client.caller import Caller
from flipsnack_client.deadline import Deadline
from flipsnack_client.exceptions import (
    Cancelled,
    ConnectionFailed,
    DamagedPackage,
    FlipsnackError,
    HttpError,
    LinkRefused,
)
from flipsnack_client.log import log
from flipsnack_client.package import fault
from flipsnack_client.part import Entity, Part
from flipsnack_client.resource_url import ResourceUrl
from flipsnack_client.transport import Reply
from flipsnack_client.user_agent import HEADERS


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes on disk and, where the server told it, bytes in all; `resumed` were there before."""

    received: int
    total: int | None
    resumed: int


class _Expired(FlipsnackError):
    """The server refuses the link."""


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave the request alone: an Authorization header from a .netrc would spoil a signed URL."""
    return request


class Download:
    """One package on its way to one part. `renew` asks the API for a fresh resource URL."""

    def __init__(
        self,
        caller: Caller,
        part: Part,
        renew: Callable[[], ResourceUrl],
        *,
        deadline: Deadline,
        on_progress: Callable[[Progress], None] | None,
        cancel: threading.Event | None,
    ) -> None:
        self._caller = caller
        self._part = part
        self._renew = renew
        self._deadline = deadline
        self._on_progress = on_progress
        self._cancel = cancel
        self._entity = part.entity()
        self._resumed = part.size
        self._best = part.size

    def run(self, url: ResourceUrl) -> Path:
        """Return the final path, with the whole and checked package at it."""
        retrier = self._caller.retrier(self._deadline, self._cancel)
        fresh = False
        while True:
            try:
                self._fetch(url)
                return self._finished()
            except FlipsnackError as error:
                failure = error
            if self._progressed():
                retrier.progressed()
            if not isinstance(failure, _Expired):
                retrier.pause(failure)
                fresh = False
            elif fresh:
                raise LinkRefused(f"{failure}, and it had only just been given out")
            else:
                log.info("the link has expired after %d bytes; asking for a fresh one", self._part.size)
                url, fresh = self._renew(), True

    def _progressed(self) -> bool:
        size, before = self._part.size, self._best
        self._best = max(size, before)
        return size > before

    def _fetch(self, url: ResourceUrl) -> None:
        # identity: lengths and ranges are counted in the bytes of the file itself.
        headers = {**HEADERS, "Accept-Encoding": "identity", **self._conditions()}
        request = requests.Request("GET", str(url), headers=headers, auth=_unsigned)
        with self._caller.transport.send(request, deadline=self._deadline, redirects=True) as reply:
            self._receive(reply)

    def _conditions(self) -> dict[str, str]:
        if not self._part.size or self._entity.validator is None:
            return {}
        return {"Range": f"bytes={self._part.size}-", "If-Range": self._entity.validator}

    def _receive(self, reply: Reply) -> None:
        match reply.status:
            case 200:
                self._begin(Entity(_validator(reply), reply.length))
            case 206:
                self._go_on(reply)
            case 416:
                self._beyond(reply)
                return
            case 403:
                raise _Expired(f"{reply.host} refuses the link (HTTP 403)")
            case status:
                raise HttpError(status, host=reply.host, expected="the package", retry_after=reply.retry_after)
        with self._part.appending() as file:
            self._append(reply, file)

    def _begin(self, entity: Entity) -> None:
        self._part.begin(entity)
        self._entity = entity
        self._resumed = 0

    def _go_on(self, reply: Reply) -> None:
        """Take a 206 only when it continues exactly what is here, of the same entity."""
        start, total = _content_range(reply)
        agreed = self._entity.total in (None, total)
        if start != self._part.size or not agreed or total is None:
            self._begin(Entity(None, None))
            raise ConnectionFailed(f"{reply.host} sent another part than the one asked for; starting over")
        self._entity = Entity(self._entity.validator, total)
        self._part.remember(self._entity)

    def _beyond(self, reply: Reply) -> None:
        """416: the file ends where our bytes end, or they are not of this file."""
        _, total = _content_range(reply)
        if total == self._part.size:
            self._entity = Entity(self._entity.validator, total)
            return
        self._begin(Entity(None, None))
        raise ConnectionFailed(f"{reply.host} has fewer bytes than were received; starting over")

    def _append(self, reply: Reply, file: BinaryIO) -> None:
        received = self._part.size
        self._tell(received)
        for block in reply.chunks():
            self._part.write(file, block)
            received += len(block)
            self._tell(received)
            if self._cancel is not None and self._cancel.is_set():
                raise Cancelled

    def _tell(self, received: int) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(received, self._entity.total, self._resumed))

    def _finished(self) -> Path:
        size, total = self._part.size, self._entity.total
        if total is not None and size < total:
            raise ConnectionFailed(f"the package was cut off after {size} of {total} bytes")
        wrong = f"it has {size} bytes instead of {total}" if total is not None and size > total else None
        wrong = wrong or fault(self._part.path, between=self._between)
        if wrong is None:
            return self._part.publish()
        if total is not None:
            self._part.drop()
        raise DamagedPackage(f"the package is damaged: {wrong}", maybe_cut=total is None)

    def _between(self) -> None:
        self._deadline.check("checking the package")


def _validator(reply: Reply) -> str | None:
    """Return what If-Range may carry: a strong ETag, else the date; None lets nothing be resumed."""
    if reply.encoded:
        return None
    etag = reply.headers.get("ETag", "")
    if etag.startswith('"'):
        return etag
    return reply.headers.get("Last-Modified")


def _content_range(reply: Reply) -> tuple[int | None, int | None]:
    """Return the first byte and the whole length of a Content-Range, None for what it does not say."""
    unit, _, rest = reply.headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    if unit != "bytes":
        return None, None
    return _number(span.partition("-")[0]), _number(total)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
