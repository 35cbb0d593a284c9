"""PDFium, which the fake reads documents with, is no dependency of the kit; here the structure is read by hand."""

import re
import struct
import zlib

import pytest

from flipsnack_contract.contract.documents import jpg, padded_pdf, padded_png, pdf

PADDING = b"\r\n\0 more \xff\n" * 20


@pytest.mark.parametrize("padding", [b"", PADDING])
@pytest.mark.parametrize("pages", [1, 2, 30])
def test_a_pdf_has_its_pages_and_every_offset_leads_to_an_object(pages: int, padding: bytes) -> None:
    document = padded_pdf(pdf(pages, "spring"), padding)
    assert len(document) >= len(pdf(pages, "spring")) + len(padding)
    assert pages == len(re.findall(rb"/Type /Page\b", document))
    assert [b"spring %d" % (index + 1) for index in range(pages)] == re.findall(rb"\((.*)\) Tj", document)
    offsets = [int(one) for one in re.findall(rb"(\d{10}) 00000 n", document)]
    assert [b"%d 0 obj" % number for number in range(1, 4 + 2 * pages)] == [
        document[offset:].split(b"\n", 1)[0] for offset in offsets
    ]
    table = int(re.findall(rb"startxref\n(\d+)", document)[0])
    assert document[table:].startswith(b"xref\n")
    for length, content in re.findall(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", document):
        assert int(length) == len(content)


@pytest.mark.parametrize(("padding", "chunks"), [(b"", []), (PADDING, [b"kiTt"])])
def test_pictures_are_whole(padding: bytes, chunks: list[bytes]) -> None:
    picture, position, kinds = padded_png(padding), 8, []
    while position < len(picture):
        (size,) = struct.unpack_from(">I", picture, position)
        kinds.append(picture[position + 4 : position + 8])
        assert zlib.crc32(picture[position + 4 : position + 8 + size]) == int.from_bytes(
            picture[position + 8 + size : position + 12 + size]
        )
        position += 12 + size
    assert [b"IHDR", *chunks, b"IDAT", b"IEND"] == kinds
    assert (b"\xff\xd8\xff", b"\xff\xd9") == (jpg()[:3], jpg()[-2:])
