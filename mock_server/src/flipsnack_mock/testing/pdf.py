"""PDFs for tests: real ones, with as many pages and as much text as a test needs."""

import textwrap
from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 420, 595
_LINE_LENGTH = 50
_LINES = 30


def make_pdf(pages: int = 1, text: str | Sequence[str] = "") -> bytes:
    """A PDF of A5 pages, each with its number as a heading and `text` below it, in Helvetica.

    A sequence has the text of each page; pages beyond its end have none. Of a text as much is shown as fits on the
    page, and characters outside Windows-1252 become question marks. The same arguments give the same bytes.
    """
    texts = [text] * pages if isinstance(text, str) else list(text)
    numbers = [4 + 2 * index for index in range(pages)]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] /MediaBox [0 0 {_WIDTH} {_HEIGHT}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for index, number in enumerate(numbers):
        resources = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} >>".encode())
        content = _content(index + 1, texts[index] if index < len(texts) else "")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return _file(objects)


def _content(number: int, text: str) -> bytes:
    lines = [line for paragraph in text.splitlines() for line in textwrap.wrap(paragraph, _LINE_LENGTH) or [""]]
    shown = "".join(f"0 -16 Td ({_escaped(line)}) Tj " for line in lines[:_LINES])
    words = f"BT /F1 22 Tf 40 540 Td (Page {number}) Tj /F1 12 Tf 0 -10 Td {shown}ET"
    return words.encode("cp1252", "replace")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: list[bytes]) -> bytes:
    file, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"".join(_table(offsets))
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)
    return bytes(file)


def _table(offsets: list[int]) -> Iterator[bytes]:
    yield b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    for offset in offsets:
        yield b"%010d 00000 n \n" % offset
