import io
import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from flipsnack_mock.server.uploads.document_process import let_wait, waiting_process
from flipsnack_mock.server.uploads.documents import DocumentProcesses, Inspection, kind_of
from flipsnack_mock.testing import make_pdf

ONE = make_pdf(1, "a page")
LARGE_HEAD = b"<< /Type /Catalog /X " + b"[" * 50_000 + b"]" * 50_000


def picture(fmt: str, *, mode: str = "RGB", size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, fmt)
    return file.getvalue()


def with_content(content: bytes) -> bytes:
    """A PDF of one page whose content stream is this one, compressed."""
    packed = zlib.compress(content, 1)
    start, stop = ONE.index(b"<< /Length"), ONE.index(b"endstream")
    return ONE[:start] + b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\n" + ONE[stop:]


@pytest.mark.parametrize(
    ("make", "kind", "pages", "damage"),
    [
        pytest.param(lambda: make_pdf(12, "text (with) \\ signs"), "pdf", 12, "", id="a PDF"),
        pytest.param(lambda: b"\xef\xbb\xbf\n" + ONE, "pdf", 1, "", id="a PDF behind other bytes"),
        pytest.param(lambda: picture("PNG", mode="RGBA"), "png", 1, "", id="a PNG"),
        pytest.param(lambda: picture("PNG", mode="I;16"), "png", 1, "", id="a PNG of 16 bits"),
        pytest.param(lambda: picture("JPEG", mode="CMYK"), "jpg", 1, "", id="a JPEG"),
        pytest.param(lambda: picture("GIF"), None, 1, "", id="a GIF"),
        pytest.param(lambda: b"%PDF", None, 1, "", id="no version"),
        pytest.param(lambda: b"PK\x03\x04", None, 1, "", id="an archive"),
        pytest.param(lambda: b"%PDF-", "pdf", 1, "the PDF cannot be read", id="a header alone"),
        pytest.param(lambda: ONE[:300], "pdf", 1, "the PDF cannot be read", id="a beginning"),
        pytest.param(lambda: b"%PDF-1.7\n" + bytes(range(256)) * 99, "pdf", 1, "the PDF cannot be read", id="rubbish"),
        pytest.param(lambda: make_pdf(0), "pdf", 1, "the PDF cannot be read", id="no pages"),
        pytest.param(lambda: make_pdf(50_000), "pdf", 50_000, "", id="50,000 pages"),
        pytest.param(
            lambda: ONE.replace(b"[4 0 R]", b"[2 0 R]"), "pdf", 1, "page 1 of the PDF cannot be read", id="a circle"
        ),
        pytest.param(
            lambda: ONE.replace(b"/Count 1 ", b"/Count 2000000000 "), "pdf", 1, "", id="a lie about the pages"
        ),
        pytest.param(
            lambda: ONE.replace(b"0 0 420 595", b"0 0 1e12 1e12"), "pdf", 1, "", id="a page of a million miles"
        ),
        pytest.param(lambda: ONE.replace(b"<< /Type /Catalog", LARGE_HEAD), "pdf", 1, "", id="deep arrays"),
        pytest.param(
            lambda: picture("PNG", size=(300, 300))[:300], "png", 1, "the picture cannot be read", id="half a PNG"
        ),
        pytest.param(
            lambda: picture("JPEG", size=(300, 300))[:900], "jpg", 1, "the picture cannot be read", id="half a JPEG"
        ),
        pytest.param(
            lambda: picture("PNG", mode="1", size=(20_000, 10_000)), "png", 1, "the picture cannot", id="a bomb"
        ),
    ],
)
def test_any_document_has_a_kind_pages_and_the_damage_that_it_has(
    tmp_path: Path, make: Callable[[], bytes], kind: str | None, pages: int, damage: str
) -> None:
    path, content = tmp_path / "document", make()
    path.write_bytes(content)
    found = kind_of(content[:1024])
    assert kind == found
    if found is not None:
        seen = DocumentProcesses().inspect(found, path, "digest")
        assert (pages, damage) == (seen.pages, seen.damage[: len(damage)])
        assert bool(damage) == bool(seen.damage)


def encrypted() -> bytes:
    """A PDF that no known password opens."""
    entry = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"11" * 32,
        b"22" * 32,
    )
    return ONE.replace(b"/Root 1 0 R", b"/Root 1 0 R " + entry)


@pytest.mark.parametrize(
    ("content", "seconds", "damage"),
    [
        pytest.param(encrypted, 10, "the PDF needs a password", id="encrypted"),
        pytest.param(
            lambda: with_content(b"q " * 50_000_000), 1, "it took more than 1 s|the process ended", id="a long content"
        ),
    ],
)
def test_a_document_that_cannot_be_looked_into_is_damaged(
    tmp_path: Path, content: Callable[[], bytes], seconds: float, damage: str
) -> None:
    """Its process is stopped after a time, and bounded in memory."""
    path = tmp_path / "document"
    path.write_bytes(content())
    assert re.search(damage, DocumentProcesses(seconds=seconds).inspect("pdf", path, "digest").damage)


def test_what_keeps_its_process_waiting_is_damaged_in_time(tmp_path: Path) -> None:
    path = tmp_path / "document"
    os.mkfifo(path)
    assert "it took more than 0.2 s" in DocumentProcesses(seconds=0.2).inspect("png", path, "digest").damage


def test_a_process_that_ended_while_it_waited_is_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(make_pdf(2))
    ended = waiting_process()
    ended.end()
    let_wait(ended)
    assert Inspection(2) == DocumentProcesses().inspect("pdf", path, "digest")


@pytest.mark.parametrize(("content", "stays"), [(ONE, True), (ONE[:300], False)], ids=["sound", "damaged"])
def test_the_process_of_a_damaged_document_is_asked_for_no_other(tmp_path: Path, content: bytes, stays: bool) -> None:
    path = tmp_path / "document"
    path.write_bytes(content)
    process = waiting_process()
    let_wait(process)
    DocumentProcesses().inspect("pdf", path, "digest")
    assert stays == process.can_be_asked


def test_the_same_content_is_looked_into_once(tmp_path: Path) -> None:
    path = tmp_path / "document"
    processes = DocumentProcesses()
    # What only kept the process from its work is not remembered.
    assert "the process ended" in processes.inspect("pdf", path, "digest").damage
    path.write_bytes(make_pdf(3))
    assert Inspection(3) == processes.inspect("pdf", path, "digest")
    path.unlink()
    assert Inspection(3) == processes.inspect("pdf", path, "digest")
    processes.close()
    assert "the server stops" in processes.inspect("pdf", path, "another").damage
