import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipsnack_mock.documents.archive import FILLER_BLOCK, Package, build_package, package_of
from flipsnack_mock.documents.pages import Page

SIZES = st.one_of(st.integers(0, 60_000), st.integers(0, 3 * FILLER_BLOCK))
LARGEST = 500_000_000


def content(package: Package) -> bytes:
    return b"".join(package.pieces(0, package.size))


def build(*, package_bytes: int = 0, pages: int = 3, title: str = "My collection") -> Package:
    build_package.cache_clear()
    return build_package("d3m0h45h", title, pages, package_bytes)


BARE = build().size


@pytest.mark.parametrize("beyond", [0, 1, 2, 95, 96, 97, 98, 121, 122, 123, 124, 250])
@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_no_border_between_fillers_loses_a_byte(blocks: int, beyond: int) -> None:
    """A few bytes more than fit into a filler's file, or than its headers take."""
    size = BARE + blocks * FILLER_BLOCK + beyond
    package = build(package_bytes=size)
    assert size == package.size
    with zipfile.ZipFile(io.BytesIO(content(package))) as archive:
        assert archive.testzip() is None


@settings(max_examples=25)
@given(size=SIZES, pages=st.integers(1, 30), title=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_package_is_a_zip_of_the_size_that_was_asked_for(size: int, pages: int, title: str) -> None:
    """To the byte, unless its pages alone are larger; and its size is what is read from it."""
    bare = build(pages=pages, title=title).size
    package = build(package_bytes=size, pages=pages, title=title)
    assert max(size, bare) == package.size == len(content(package))
    with zipfile.ZipFile(io.BytesIO(content(package))) as archive:
        assert archive.testzip() is None
        assert {"index.html", "viewer.css", "viewer.js"} <= set(archive.namelist())
        assert pages == sum(name.startswith("pages/") for name in archive.namelist())


def test_only_the_same_collection_has_the_same_bytes_and_etag() -> None:
    first, second = build(package_bytes=2_000_000), build(package_bytes=2_000_000)
    assert (content(first), first.etag) == (content(second), second.etag)
    others = [build(title="Other"), build(pages=4), build(package_bytes=100_000), build(package_bytes=100_001)]
    etags = [package.etag for package in (first, build(), *others)]
    assert len(etags) == len(set(etags))
    assert first.etag[0] == first.etag[-1] == '"'


def test_a_package_refers_to_the_pictures_that_are_handed_in_and_its_etag_to_their_bytes() -> None:
    """As large as a block of filler, too: it is another file."""
    pictures = [memoryview(bytes([number]) * FILLER_BLOCK) for number in (1, 2)]
    packages = [package_of("h", "t", [Page(picture, "image/png", 3, 4)], 3 * FILLER_BLOCK) for picture in pictures]
    for picture, package in zip(pictures, packages, strict=True):
        assert 3 * FILLER_BLOCK == package.size
        assert picture == zipfile.ZipFile(io.BytesIO(content(package))).read("pages/page-0001.png")
        assert any(picture.obj is getattr(part, "obj", None) for part in package.parts)
    assert packages[0].etag != packages[1].etag


@settings(max_examples=40)
@given(start=st.integers(0, 1_200_000), length=st.integers(0, 300_000))
def test_any_part_of_it_can_be_sent(start: int, length: int) -> None:
    package = build(package_bytes=1_200_000)
    stop = min(start + length, package.size)
    assert content(package)[start:stop] == b"".join(package.pieces(start, stop))


def test_the_largest_package_costs_no_more_memory_than_its_pages() -> None:
    package = build(package_bytes=LARGEST)
    assert LARGEST == package.size
    owned = {id(part.obj if isinstance(part, memoryview) else part): len(part) for part in package.parts}
    assert sum(owned.values()) < 2 * FILLER_BLOCK


@given(st.data())
def test_an_overwritten_package_differs_only_where_it_was_overwritten(data: st.DataObject) -> None:
    package = build_package("d3m0h45h", "Title", 3, 20_000)
    offset = data.draw(st.integers(0, package.size - 1))
    wrong = data.draw(st.binary(min_size=1, max_size=min(5_000, package.size - offset)))
    damaged = package.overwritten(offset, wrong)
    expected = bytearray(content(package))
    expected[offset : offset + len(wrong)] = wrong
    assert bytes(expected) == content(damaged)
    assert expected[offset] == damaged.byte(offset)
    assert (package.size, package.etag) == (damaged.size, damaged.etag)


@pytest.mark.parametrize("package_bytes", [0, 3_000_000])
def test_the_middle_of_a_package_is_in_a_file_with_a_checksum(package_bytes: int) -> None:
    package = build_package("d3m0h45h", "Title", 3, package_bytes)
    damaged = package.overwritten(package.middle, bytes([package.byte(package.middle) ^ 1]))
    assert zipfile.ZipFile(io.BytesIO(content(damaged))).testzip() is not None
