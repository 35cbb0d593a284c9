"""Downloads a package to a part file and renames it to the final path once it is complete and checked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests

from flipsnack_client.caller import Caller
from flipsnack_client.deadline import Deadline
from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.exceptions import (
    ConnectionFailed,
    DamagedPackage,
    FlipsnackError,
    HttpError,
    LinkRefused,
)
from flipsnack_client.log import log
from flipsnack_client.numerals import number
from flipsnack_client.package import fault
from flipsnack_client.part import Entity, Part, is_validator
from flipsnack_client.resource_url import ResourceUrl
from flipsnack_client.retry import Retrier
from flipsnack_client.transport import Response
from flipsnack_client.user_agent import HEADERS


@dataclass(frozen=True, slots=True)
class Progress:
    """Bytes on disk, the total if the server announced it, and the bytes `resumed` from an earlier run."""

    received: int
    total: int | None
    resumed: int


class _Expired(FlipsnackError):
    pass


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # Passed as `auth`, so that requests adds no Authorization header from a .netrc: it would invalidate a signed URL.
    return request


class Download:
    """One download into one part. `renew` asks the API for a fresh resource URL."""

    def __init__(
        self,
        caller: Caller,
        part: Part,
        renew: Callable[[], ResourceUrl],
        *,
        deadline: Deadline,
        on_progress: Callable[[Progress], None] | None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._caller = caller
        self._part = part
        self._renew = renew
        self._deadline = deadline
        self._on_progress = on_progress
        self._max_bytes = max_bytes
        self._entity = part.entity()
        self._resumed = part.size
        self._best = part.size

    def run(self, url: ResourceUrl) -> Path:
        """Download, check and publish the package; return its final path."""
        retrier = Retrier(self._caller.retry, self._deadline)
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
                raise LinkRefused(f"{failure}, although the API has only just returned it")
            else:
                log.info("the link has expired after %d bytes; asking for a fresh one", self._part.size)
                url, fresh = self._renew(), True

    def _progressed(self) -> bool:
        size, before = self._part.size, self._best
        self._best = max(size, before)
        return size > before

    def _fetch(self, url: ResourceUrl) -> None:
        # identity: Content-Length and ranges must count the bytes of the file itself.
        headers = {**HEADERS, "Accept-Encoding": "identity", **self._conditions()}
        request = requests.Request("GET", str(url), headers=headers, auth=_unsigned)
        with self._caller.transport.send(request, deadline=self._deadline, redirects=True) as response:
            self._receive(response)

    def _conditions(self) -> dict[str, str]:
        if not self._part.size or self._entity.validator is None:
            return {}
        return {"Range": f"bytes={self._part.size}-", "If-Range": self._entity.validator}

    def _receive(self, response: Response) -> None:
        match response.status:
            case 200:
                self._begin(Entity(_validator(response), response.length))
            case 206:
                self._continue(response)
            case 416:
                self._beyond(response)
                return
            case 403:
                raise _Expired(f"{response.host} refuses the link (HTTP 403)")
            case status:
                raise HttpError(status, host=response.host, expected="the package", retry_after=response.retry_after)
        with self._part.appending() as file:
            self._append(response, file)

    def _begin(self, entity: Entity) -> None:
        self._part.begin(entity)
        self._entity = entity
        self._resumed = 0

    def _continue(self, response: Response) -> None:
        """Accept a 206 only if it continues the part exactly, from the same entity."""
        start, total = _content_range(response)
        agreed = self._entity.total in (None, total) and self._is_same(response)
        if start != self._part.size or not agreed or total is None:
            self._begin(Entity(None, None))
            raise ConnectionFailed(f"{response.host} sent a part of another file, or another range; starting over")
        self._entity = Entity(self._entity.validator, total)
        self._part.remember(self._entity)

    def _is_same(self, response: Response) -> bool:
        """Whether the validator of a part, where it has one, is that of the bytes so far (RFC 9110, 15.3.7.3)."""
        validator = self._entity.validator
        name = "ETag" if validator is not None and validator.startswith('"') else "Last-Modified"
        return response.headers.get(name) in (None, validator)

    def _beyond(self, response: Response) -> None:
        """Handle a 416: either the part is complete, or it is not a part of this file."""
        _, total = _content_range(response)
        if total == self._part.size:
            self._entity = Entity(self._entity.validator, total)
            return
        self._begin(Entity(None, None))
        raise ConnectionFailed(f"{response.host} has no rest of what was received (HTTP 416); starting over")

    def _append(self, response: Response, file: BinaryIO) -> None:
        received = self._part.size
        self._bound(max(received, self._entity.total or 0))
        self._report(received)
        for block in response.chunks():
            received += len(block)
            self._bound(received)
            self._part.write(file, block)
            self._report(received)
            self._deadline.check_cancel()

    def _bound(self, size: int) -> None:
        if size > self._max_bytes:
            self._begin(Entity(None, None))
            raise DamagedPackage(f"the package has more than the {self._max_bytes} bytes that are allowed")

    def _report(self, received: int) -> None:
        if self._on_progress is not None:
            self._on_progress(Progress(received, self._entity.total, self._resumed))

    def _finished(self) -> Path:
        size, total = self._part.size, self._entity.total
        if total is not None and size < total:
            raise ConnectionFailed(f"the package was cut off after {size} of {total} bytes")
        wrong = f"it has {size} bytes instead of {total}" if total is not None and size > total else None
        wrong = wrong or self._fault()
        if wrong is None:
            return self._part.publish()
        maybe_cut = total is None and self._part.begins_archive()
        if not maybe_cut:
            self._part.drop()
        raise DamagedPackage(f"the package is damaged: {wrong}", maybe_cut=maybe_cut)

    def _fault(self) -> str | None:
        with self._part.reading() as file:
            return fault(file, between=self._between, max_bytes=self._max_bytes)

    def _between(self) -> None:
        self._deadline.check("checking the package")


def _validator(response: Response) -> str | None:
    """Return the validator for If-Range: a strong ETag, else the date; None if the download cannot be resumed."""
    if response.encoded:
        return None
    etag = response.headers.get("ETag", "")
    if etag.startswith('"') and is_validator(etag):
        return etag
    date = response.headers.get("Last-Modified")
    return date if is_validator(date) else None


def _content_range(response: Response) -> tuple[int | None, int | None]:
    """Return the first byte and the whole length of a Content-Range, None for what is missing."""
    unit, _, rest = response.headers.get("Content-Range", "").partition(" ")
    span, _, total = rest.partition("/")
    if unit.lower() != "bytes":  # RFC 9110, 14.1
        return None, None
    return number(span.partition("-")[0]), number(total)
