"""A multipart body that is read as it comes: its fields in memory, its files in the spool."""

from collections.abc import Callable

import msgspec
from werkzeug.sansio.multipart import File

from flipsnack_mock.protocol.errors import BadRequest, Refused
from flipsnack_mock.protocol.messages import Form, UploadedFile
from flipsnack_mock.protocol.multipart import MultipartReader
from flipsnack_mock.server.uploads.documents import DocumentProcesses, Inspection, kind_of
from flipsnack_mock.server.uploads.spool import Arrival, Spool

MAX_FILE_BYTES = 500_000_000
"""The largest file that is kept, by the vendor's limit; of a longer one only the size is known."""

MAX_FORM_BYTES = MAX_FILE_BYTES + 256 * 1024 * 1024
"""So much of a body is read, so that one that is too long can be answered; a longer one ends the connection."""

MAX_FILES = 10
"""So many files of a body are told apart; further ones are passed over."""

_NAME_LENGTH = 255


class FormBody:
    """A sink for the pieces of a multipart body of `content_type`.

    After `end`, `form` and `files` have what was read. The files stay in the spool until `close`, and then only if a
    collection has them. `room` is how many bytes are still read, and `refusal` why the body could not be read.
    """

    most = MAX_FORM_BYTES
    takes_long = True

    def __init__(self, content_type: str, spool: Spool, processes: DocumentProcesses) -> None:
        self.refusal: Refused | None = None
        self.room = MAX_FORM_BYTES
        self.form = Form(())
        self.files: tuple[UploadedFile, ...] = ()
        self._content_type = content_type
        self._spool = spool
        self._processes = processes
        self._arrivals: list[tuple[File, Arrival]] = []
        self._reader: MultipartReader | None = None
        self._attempt(self._begin)

    def __call__(self, piece: bytes) -> None:
        self.room -= len(piece)
        if (reader := self._reader) is not None and not self.form.damage:
            self._attempt(lambda: reader.feed(piece))

    @property
    def content(self) -> bytes:
        """Nothing; raises `refusal` if there is one."""
        if self.refusal is not None:
            raise self.refusal
        return b""

    def end(self) -> None:
        """Work out `form` and `files` of the body, or of as much of it as was read."""
        if self._reader is None:
            return
        if self.room > 0 and not self.form.damage:
            self._attempt(self._reader.end)
        self.form = msgspec.structs.replace(self.form, fields=tuple(self._reader.fields))
        for _, arrival in self._arrivals:
            arrival.end()
        # A second one is refused whatever it is.
        is_alone = len([arrival for _, arrival in self._arrivals if arrival.size]) == 1
        processes = self._processes if is_alone else None
        self.files = tuple(
            # A part may have no name, against the types of Werkzeug.
            uploaded_file(arrival, processes, field=part.name or "", file_name=part.filename or "")
            for part, arrival in self._arrivals
        )

    def close(self) -> None:
        """Hold the files no longer."""
        for _, arrival in self._arrivals:
            arrival.close()
        self._arrivals.clear()

    def _begin(self) -> None:
        self._reader = MultipartReader(self._content_type, self._begin_file)

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BadRequest as refusal:
            self.form = Form((), damage=refusal.detail, rule=refusal.rule)

    def _begin_file(self, part: File) -> Callable[[bytes], None]:
        arrival = self._spool.receive(MAX_FILE_BYTES)
        if len(self._arrivals) < MAX_FILES:
            self._arrivals.append((part, arrival))
            return arrival.write
        return lambda _piece: None


def uploaded_file(
    arrival: Arrival, processes: DocumentProcesses | None, *, field: str, file_name: str, failure: str = ""
) -> UploadedFile:
    """What `arrival`, which has ended, is as a file of a request; with `processes` it is looked into.

    With a `failure` it did not come as it should, and is of no kind.
    """
    kind, found = None if failure else kind_of(arrival.head), Inspection(damage=failure)
    if processes is not None and kind is not None and (path := arrival.path) is not None:
        found = processes.inspect(kind, path, arrival.digest)
    return UploadedFile(
        field=field[:_NAME_LENGTH],
        file_name=file_name[:_NAME_LENGTH],
        size=arrival.size,
        digest=arrival.digest,
        kind=kind or "",
        pages=found.pages,
        damage=found.damage,
        not_kept=arrival.not_kept,
    )
