"""Reads multipart/form-data in pieces, as they come: fields are kept, files are handed on."""

import re
from collections.abc import Callable, Iterator

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.parameters import MAX_PARTS, text_of

MAX_FIELD_BYTES = 1024 * 1024
"""All fields together may have so many bytes, and so may what is not understood yet, such as the head of a part."""

OnFile = Callable[[File], Callable[[bytes], None]]

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_LINE_BREAK = re.compile(rb"[\r\n]")


class MultipartReader:
    """A multipart body of `content_type` that is being read; `fields` are the names and values that were read so far.

    `on_file` is called at the beginning of each file and returns what takes its pieces. Every method raises
    `BadRequest` when the body is damaged, too long, or has too many parts.
    """

    def __init__(self, content_type: str, on_file: OnFile) -> None:
        boundary = _BOUNDARY.search(content_type)
        if boundary is None:
            raise BadRequest("the multipart body names no boundary", rule="code.40")
        self.fields: list[tuple[str, str]] = []
        name = boundary[1].encode("latin-1", "replace")
        self._decoder = MultipartDecoder(name, max_parts=MAX_PARTS)
        self._longest_boundary = len(b"\r\n--" + name + b"--\r\n")
        self._held = b""
        self._on_file = on_file
        self._name = ""
        self._value = bytearray()
        self._kept_bytes = 0
        self._take: Callable[[bytes], None] = self._keep

    def feed(self, piece: bytes) -> None:
        """Read the next `piece`."""
        if len(self._decoder.buffer) > MAX_FIELD_BYTES:
            raise BadRequest(f"a part begins with more than {MAX_FIELD_BYTES} bytes of headers", rule="request.size")
        data = self._held + piece
        cut = self._safe_cut(data)
        self._held = data[cut:]
        self._decoder.receive_data(data[:cut])
        self._read()

    def end(self) -> None:
        """Read what is held: no piece comes any more."""
        self._decoder.receive_data(self._held)
        self._decoder.receive_data(None)
        self._read()

    def _safe_cut(self, data: bytes) -> int:
        # Werkzeug may take a line break for data when the bytes that it has end within the boundary behind it.
        line_break = _LINE_BREAK.search(data, max(0, len(data) - self._longest_boundary))
        return len(data) if line_break is None else line_break.start()

    def _read(self) -> None:
        try:
            for event in self._events():
                self._heed(event)
        except RequestEntityTooLarge:
            raise BadRequest(f"there are more than {MAX_PARTS} parameters", rule="request.size") from None
        except (ValueError, RuntimeError, LookupError) as damage:
            # Werkzeug reports a damaged body by several exceptions.
            raise BadRequest(f"the multipart body is damaged: {damage}", rule="code.40") from None

    def _events(self) -> Iterator[Event]:
        while not isinstance(event := self._decoder.next_event(), NeedData | Epilogue):
            yield event

    def _heed(self, event: Event) -> None:
        if isinstance(event, Field):
            self._begin_field(event)
        elif isinstance(event, File):
            self._take = self._on_file(event)
        elif isinstance(event, Data):
            self._take(event.data)
            if not event.more_data and self._take == self._keep:
                self.fields.append((self._name, text_of(bytes(self._value))))

    def _begin_field(self, field: Field) -> None:
        # Werkzeug says None for a field without a name, against its own types.
        self._name, self._take = field.name, self._keep if field.name is not None else _pass_over
        if field.name is not None:
            text_of(field.name.encode())  # refuses NUL
        self._value.clear()

    def _keep(self, data: bytes) -> None:
        self._kept_bytes += len(data)
        if self._kept_bytes > MAX_FIELD_BYTES:
            raise BadRequest(f"the fields have more than {MAX_FIELD_BYTES} bytes", rule="request.size")
        self._value += data


def _pass_over(_data: bytes) -> None:
    pass
