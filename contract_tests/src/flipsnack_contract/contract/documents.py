"""Small documents to upload: valid ones of each kind that collection.create takes, and what only looks like one."""

import base64
import struct
import zlib
from functools import cache

# One grey pixel.
_JPG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
)


@cache
def pdf(pages: int = 1, text: str = "page") -> bytes:
    """A PDF of so many pages; each shows `text`, which is ASCII without parentheses, and its number."""
    kids = range(4, 4 + 2 * pages, 2)
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, kid in enumerate(kids, 1):
        show = f"BT /F 24 Tf 40 100 Td ({text} {number}) Tj ET"
        about = f"/Parent 2 0 R/MediaBox[0 0 300 200]/Resources<</Font<</F 3 0 R>>>>/Contents {kid + 1} 0 R"
        bodies += [f"<</Type/Page{about}>>", f"<</Length {len(show)}>>\nstream\n{show}\nendstream"]
    return _file_of(bodies)


def _file_of(bodies: list[str]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(bodies) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{entries}trailer\n<</Size {size}/Root 1 0 R>>\n"
    return bytes(out) + f"{table}startxref\n{len(out)}\n%%EOF\n".encode()


@cache
def png() -> bytes:
    """A PNG of one white pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\xff")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpg() -> bytes:
    """A JPG of one pixel."""
    return _JPG
