"""How a collection comes to be: the document that is uploaded, by its file or by its URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from flipsnack_contract.contract import documents
from flipsnack_contract.target.session import FilePart


@dataclass(frozen=True)
class Document:
    """What is uploaded: a file, a URL or both; and its pages, None where the rules leave them open.

    `rule` is the one that asks for it to be taken.
    """

    pages: int | None
    files: tuple[FilePart, ...] = ()
    is_damaged: bool = False
    url: str = ""
    rule: str | None = None

    @property
    def title(self) -> str:
        """The title of its collection, when none is given."""
        if self.files:
            return next(one for one in self.files if one.content).file_name.rpartition(".")[0]
        return unquote(urlsplit(self.url).path.rpartition("/")[2])

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parameters that name it."""
        return {"fileUrl": self.url} if self.url else {}


DOCUMENTS: Mapping[str, Document] = {
    "a PDF": Document(1, (FilePart(documents.pdf()),)),
    "a PDF of three pages": Document(3, (FilePart(documents.pdf(3), "three.pdf"),)),
    "a PDF of eleven pages": Document(11, (FilePart(documents.pdf(11), "Elf Blätter.v2.PDF"),)),
    "a PNG": Document(1, (FilePart(documents.png(), "picture.png"),)),
    "a JPG": Document(1, (FilePart(documents.jpg(), "picture.jpg"),)),
    "a URL": Document(None, url="https://example.com/a"),
    "a file and a URL": Document(
        2, (FilePart(documents.pdf(2), "two.pdf"),), url="https://example.com/b%20c.png?d=e", rule="upload.file-wins"
    ),
    # As browsers send a field for a file that is left free.
    "a PNG and an empty file": Document(
        1,
        (FilePart(b"", "", "cover"), FilePart(documents.png(0x40), "grey.png"), FilePart(b"", "none.pdf", "more")),
        rule="upload.document-required",
    ),
    "a damaged PDF": Document(None, (FilePart(b"%PDF-1.4\n"),), is_damaged=True),
}
