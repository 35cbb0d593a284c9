"""Small valid documents to upload, as bytes: a PDF with any number of pages, a picture of one pixel in PNG and JPG."""

import base64
import struct
import zlib
from collections.abc import Mapping
from functools import cache

A4_HALVED = "0 0 298 421"
JPEG = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wAALCAABAAEBASIA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)


@cache
def pdf(pages: int = 1, marker: str = "page") -> bytes:
    """A PDF of that many pages; each shows `marker`, which is ASCII without brackets, and its number as text."""
    # Objects 1 to 3 are catalogue, tree of pages and font; then a page and its content in turn.
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index in range(pages):
        shown = f"BT /F1 24 Tf 40 360 Td ({marker} {index + 1}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{A4_HALVED}] /Contents {5 + 2 * index} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream")
    return _file_of(objects)


def _file_of(objects: list[str]) -> bytes:
    text, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    end = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 {count}\n0000000000 65535 f \n{table}{end}".encode("ascii")


def padded_pdf(content: bytes, padding: bytes) -> bytes:
    """A PDF of `pdf` with so many more bytes between its objects and their table."""
    body, _, table = content.rpartition(b"xref\n0")
    inner, _, offset = table.partition(b"startxref\n")
    moved = int(offset.split(b"\n")[0]) + len(padding)
    return b"%bxref\n0%bstartxref\n%d\n%%%%EOF\n" % (body + padding, inner, moved)


@cache
def png(grey: int = 0x80) -> bytes:
    """A pixel in PNG, by default half way between black and white."""
    return padded_png(b"", grey)


def padded_png(padding: bytes, grey: int = 0x80) -> bytes:
    """A grey pixel in PNG, with a chunk that holds `padding`."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    more = (b"kiTt" + padding,) if padding else ()
    chunks = (b"IHDR" + header, *more, b"IDAT" + zlib.compress(bytes((0, grey))), b"IEND")
    framed = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def jpg(marker: int = 0xE0) -> bytes:
    """A grey pixel in JPG, whose first segment has that marker: 0xE0 is JFIF, 0xE1 is what cameras write (Exif)."""
    jfif = base64.b64decode(JPEG)
    return jfif if marker == jfif[3] else jfif[:2] + _OTHER_SEGMENTS[marker] + jfif[20:]


# Tables of a file that has neither JFIF nor Exif come first; here the first of them, which is there once more.
_OTHER_SEGMENTS: Mapping[int, bytes] = {
    0xE1: b"\xff\xe1\x00\x10Exif\0\0II*\0\x08\0\0\0",
    0xE2: b"\xff\xe2\x00\x10ICC_PROFILE\0\1\1",
    0xEE: b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\0",
    0xDB: b"",
}

OTHER_KINDS: Mapping[str, bytes] = {
    "a text": b"just words\n",
    "zeros": b"\0" * 100,
    "HTML": b"<!doctype html><title>%PDF</title>",
    "XML": b'<?xml version="1.0"?><pdf/>',
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a GIF": b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
    "a WebP": b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
    "a BMP": b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0" + b"\0" * 28,
    "a TIFF": b"II*\0\x08\0\0\0\0\0\0\0\0\0",
    "an icon": b"\0\0\1\0\1\0\1\1\0\0\1\0\x20\0\x30\0\0\0\x16\0\0\0",
    "a JPEG XL": b"\xff\x0a\xfa\x7f\x01\x90\x08\x06\x01\0",
    "a HEIC": b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
    "a video": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "PostScript": b"%!PS-Adobe-3.0\n%%Pages: 1\n",
    "an old Word document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60,
    "RTF": b"{\\rtf1\\ansi words}",
    "a zip": b"PK\3\4\24\0\0\0\0\0",
    "a PDF in Base64": base64.b64encode(pdf()),
    "a PDF, packed": zlib.compress(pdf()),
}
"""What is neither PDF nor PNG nor JPG, and what browsers or programs take for a picture or a document, too."""
