"""The body of an upload: multipart/form-data (RFC 7578) of known length, made block by block while it is sent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from urllib3.fields import RequestField
from urllib3.filepost import choose_boundary

from flipsnack_client.document import Document


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """Bytes of the document that were sent, and its size."""

    sent: int
    total: int


class Multipart:
    """Text fields, then documents. `requests` sends it as it is: it has a length and yields bytes.

    `begun` is whether sending it has begun. `on_block` is called with the number of bytes of documents that were
    sent: before the first block, and after each.
    """

    def __init__(
        self,
        fields: Mapping[str, str],
        documents: Mapping[str, Document],
        *,
        on_block: Callable[[int], None] = lambda _sent: None,
    ) -> None:
        self.fields = dict(fields)
        self.begun = False
        self._documents = dict(documents)
        self._on_block = on_block
        self._boundary = choose_boundary()

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"multipart/form-data; boundary={self._boundary}"

    def __len__(self) -> int:
        heads = (self._file_head(name, document) for name, document in self._documents.items())
        sizes = (document.size + len(b"\r\n") for document in self._documents.values())
        return len(self._text_parts()) + sum(map(len, heads)) + sum(sizes) + len(self._end())

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        sent = 0
        self._on_block(sent)
        yield self._text_parts()
        for name, document in self._documents.items():
            yield self._file_head(name, document)
            for block in document.blocks():
                yield block
                sent += len(block)
                self._on_block(sent)
            yield b"\r\n"
        yield self._end()

    def _text_parts(self) -> bytes:
        heads = {name: self._head(RequestField(name, value)) for name, value in self.fields.items()}
        return b"".join(heads[name] + value.encode() + b"\r\n" for name, value in self.fields.items())

    def _file_head(self, name: str, document: Document) -> bytes:
        return self._head(RequestField(name, b"", filename=document.name), document.media_type)

    def _head(self, field: RequestField, content_type: str | None = None) -> bytes:
        field.make_multipart(content_type=content_type)
        return f"--{self._boundary}\r\n{field.render_headers()}".encode()

    def _end(self) -> bytes:
        return f"--{self._boundary}--\r\n".encode()
