"""Multipart bodies as another implementation reads them."""

import io
from typing import Any, NamedTuple

from werkzeug.formparser import FormDataParser


class Part(NamedTuple):
    """A file of a body."""

    name: str | None
    kind: str
    content: bytes


def read_multipart(body: bytes, content_type: str) -> tuple[dict[str, str], dict[str, Part]]:
    """Return the fields and the files."""

    def in_memory(*_: Any, **__: Any) -> io.BytesIO:
        return io.BytesIO()

    kind, _, boundary = content_type.partition("; boundary=")
    parser = FormDataParser(stream_factory=in_memory)
    _, form, files = parser.parse(io.BytesIO(body), kind, len(body), {"boundary": boundary})
    return form.to_dict(), {name: Part(one.filename, one.mimetype, one.read()) for name, one in files.items()}
