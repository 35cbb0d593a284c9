"""collection.create: make a collection of an uploaded document, whose conversion begins then."""

from collections.abc import Callable
from urllib.parse import unquote

import msgspec

from flipsnack_mock.api.call import Call
from flipsnack_mock.api.collection_object import collection_object
from flipsnack_mock.protocol.addresses import url_parts
from flipsnack_mock.protocol.envelope import Tree
from flipsnack_mock.protocol.errors import ApiError, Code, Refused
from flipsnack_mock.protocol.messages import UploadedFile
from flipsnack_mock.state.account import Collection, stem
from flipsnack_mock.state.jobs import Job
from flipsnack_mock.state.magic import Magic, upload_magic

_FILE, _URL = "file", "fileUrl"
_PAGES = 8
"""The pages of a document that was not fetched: the fake draws them."""


class Upload(msgspec.Struct, frozen=True):
    """What a call uploads: the files in its body, and of these or of `fileUrl` the document that counts.

    `document` is None when there is none, or when the fake does not fetch it. `url` is empty when a file wins over it.
    """

    call: Call
    files: tuple[UploadedFile, ...]
    document: UploadedFile | None
    url: str

    @property
    def name(self) -> str:
        """The name of the document: of the file, or the last part of the URL's path."""
        if self.url:
            return unquote(url_parts(self.url).path.rpartition("/")[2])
        return "" if self.document is None else self.document.file_name


def run(call: Call) -> Tree:
    """The collection object; an upload that is refused counts for nothing."""
    upload = _upload(call)
    meant = upload_magic(call.arguments.get("title", ""), stem(upload.name))
    if meant is not None and meant.error is not None:
        # No rule of the vendor leads to this answer: the caller asked for it.
        raise ApiError(meant.error, f"the title or the name {upload.name[:60]!r} asks for it", rule="")
    for check in CHECKS:
        check(upload)
    call.account.count_upload(call.now)
    return collection_object(call, call.account.keep(_collection(upload, meant)))


def _upload(call: Call) -> Upload:
    url = call.arguments.get(_URL, "")
    # A document that the server fetched from `fileUrl` stands beside the files of the body.
    fetched = next((one for one in call.request.files if url and one.field == _URL), None)
    files = tuple(one for one in call.request.files if one is not fetched)
    given = next((one for one in files if one.field == _FILE and one.size), None)
    return Upload(call, files, given or fetched, "" if given else url)


def _one_file(upload: Upload) -> None:
    # An empty file is none: browsers send one for each field that was left free.
    if (count := sum(1 for one in upload.files if one.size)) > 1:
        raise ApiError(Code.MULTIPLE_FILES, f"the body has {count} files that are not empty, expected one")


def _small_enough(upload: Upload) -> None:
    limit, size = upload.call.behaviour.upload_bytes, max((one.size for one in _all(upload)), default=0)
    if size > limit:
        raise ApiError(Code.FILE_TOO_LARGE, f"the file has {size} bytes, the limit is {limit}")


def _all(upload: Upload) -> tuple[UploadedFile, ...]:
    return upload.files if upload.document is None else (*upload.files, upload.document)


def _given(upload: Upload) -> None:
    if upload.document is not None or upload.url:
        return
    names = ", ".join(f"{one.field[:40]!r} with {one.size} bytes" for one in upload.files) or "none"
    detail = f"expected a part 'file' that is not empty, or fileUrl; the files of the body: {names}"
    raise ApiError(Code.MISSING_PARAMETER, detail, rule="upload.document-required")


def _spooled(upload: Upload) -> None:
    if upload.document is not None and upload.document.not_kept:
        raise Refused(503, "not_kept", f"the document was not kept: {upload.document.not_kept}")


def _kind(upload: Upload) -> None:
    if upload.document is not None and not upload.document.kind:
        detail = upload.document.damage or "the content is neither PDF nor JPG nor PNG"
        raise ApiError(Code.INVALID_FILE_FORMAT, detail)


def _few_pages(upload: Upload) -> None:
    limit = upload.call.behaviour.upload_pages
    if upload.document is not None and upload.document.pages > limit:
        raise ApiError(Code.TOO_MANY_PAGES, f"the document has {upload.document.pages} pages, the limit is {limit}")


def _within_quota(upload: Upload) -> None:
    if not upload.call.account.uploads_left(upload.call.now):
        limit = upload.call.behaviour.uploads_per_month
        raise ApiError(Code.UPLOADS_PER_MONTH_LIMIT, f"the month's {limit} uploads are used up")


CHECKS: tuple[Callable[[Upload], None], ...] = (
    _one_file,
    _small_enough,
    _given,
    _spooled,
    _kind,
    _few_pages,
    _within_quota,
)
"""Each raises the error that the upload is answered with, in this order."""


def _collection(upload: Upload, meant: Magic | None) -> Collection:
    call, document = upload.call, upload.document
    words = meant.schedule if meant else call.behaviour.conversion_schedule
    if document is not None and document.damage and not words.startswith("failed"):
        words = f"failed-{words}"
    return Collection(
        hash=call.account.new_hash(),
        title=call.arguments.get("title", upload.name if upload.url else stem(upload.name)),
        description=call.arguments.get("description", ""),
        status=call.arguments["collectionStatus"],
        width=call.arguments["collectionWidth"],
        height=call.arguments["collectionHeight"],
        pages=_PAGES if document is None else max(1, document.pages),
        package_bytes=meant.package_bytes if meant else 0,
        conversion_schedule=words,
        conversion=Job(started_at=call.now, schedule=words),
        document=document,
    )
