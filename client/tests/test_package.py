import io
import stat
import struct
import zipfile
from collections.abc import Callable
from copy import copy

import pytest
from client.tests.conftest import package

from flipsnack_client import DeadlineExceeded
from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.package import DIRECTORY_BYTES, fault
from flipsnack_client.readable import readable


def nothing() -> None:
    """Let the check go on."""


def checked(body: bytes, *, between: Callable[[], None] = nothing, max_bytes: int = MAX_BYTES) -> str | None:
    return fault(io.BytesIO(body), between=between, max_bytes=max_bytes)


def deflated(method: int = zipfile.ZIP_DEFLATED, *, name: str = "index.html") -> bytes:
    """A compressed package."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(name, "<p>page</p>" * 2000)
    return content.getvalue()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999, 1.0])
def test_only_a_whole_package_passes(share: float) -> None:
    assert (share == 1.0) is (checked(package()[: int(len(package()) * share)]) is None)


@pytest.mark.parametrize("body", [package(2000), deflated()], ids=["stored", "deflated"])
def test_a_wrong_byte_in_a_member_is_found(body: bytes) -> None:
    for position in range(41, 55):
        assert checked(body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]), position


def test_the_check_of_a_large_package_can_be_stopped() -> None:
    def over() -> None:
        raise DeadlineExceeded("over", elapsed=1)

    with pytest.raises(DeadlineExceeded):
        checked(package(), between=over)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_stored_and_deflated_members_are_read(method: int) -> None:
    """The others need hundreds of megabytes for an input of a few hundred bytes."""
    assert "index.html is neither stored nor deflated" == checked(deflated(method))


def of_kind(kind: int) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("index.html")
    member.external_attr = (kind | 0o777) << 16
    return member


SPECIAL = "is neither a file nor a folder"
OUTSIDE = "would be unpacked outside of the folder"


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        *((name, OUTSIDE) for name in ("../x", "a/../../x", "a/.. ", "/etc/x", "\\x", "..\\x", "C:\\x", "c:x")),
        *((name, None) for name in ("..x/y", "a/x..", "a/.../b", "cc:/x", "a b/\u00e9.html")),
        *((of_kind(kind), SPECIAL) for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR)),
        *((of_kind(kind), None) for kind in (stat.S_IFREG, stat.S_IFDIR)),
        ("a\x1b[2J", "has a control character in its name"),
    ],
    ids=str,
)
def test_no_member_leaves_the_folder(member: str | zipfile.ZipInfo, wrong: str | None) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    name = member if isinstance(member, str) else member.filename
    assert (wrong and f"{readable(name)} {wrong}") == checked(content.getvalue())


EMPTY = b"PK\5\6" + bytes(18)
HEAD, LIST, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
MANY = 2**31 - 1


def patched(record: bytes, place: int, value: int, size: int, *, of: bytes | None = None) -> bytes:
    """A package in which a number of one of its records is another."""
    body = bytearray(of or deflated())
    begin = body.index(record) + place
    body[begin : begin + size] = value.to_bytes(size, "little")
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (patched(LIST, 8, 1, 1), "index.html is encrypted"),
        (patched(LIST, 20, MANY, 4), "index.html has no end before the list of members"),
        (patched(LIST, 24, MANY, 4, of=patched(HEAD, 22, MANY, 4)), f"index.html ends {MANY - 22_000} bytes too soon"),
        *((patched(HEAD, place, 9, 1), "index.html is described in two ways") for place in (6, 8, 14, 18, 22)),
        (patched(HEAD, 22, 2**32 - 1, 4), None),
        (patched(END, 10, 2, 2), "it says that it has 2 members, and has 1"),
        (b"MZ" + deflated(), "index.html is the first member, and something else is before it"),
        (deflated() + package(), "index.html is the first member, and something else is before it"),
        (deflated() + EMPTY, "its list of members is empty, and something is before it"),
        (EMPTY, None),
    ],
    ids=lambda value: None if value is None else str(value[:40]),
)
def test_what_a_package_says_of_its_members_must_be_so(body: bytes, wrong: str | None) -> None:
    assert wrong == checked(body)


def members_at(*places: tuple[str, int]) -> bytes:
    """A package with a member, and a list that names it at each place."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a", "<p>page</p>")
        archive.filelist = [copy(archive.filelist[0]) for _ in places]
        for member, place in zip(archive.filelist, places, strict=True):
            member.filename, member.header_offset = place
    return content.getvalue()


@pytest.mark.parametrize(
    ("places", "wrong"),
    [
        ([("a", 0)], None),
        ([("a", 0), ("b", 0)], "b begins in another member"),
        ([("b", 11), ("a", 0)], "b begins in another member"),
        ([("a", 0), ("a", 60)], "a is there twice"),
        ([("a/b", 0), ("a\\.\\b", 60)], "a\\.\\b is there twice"),
    ],
)
def test_what_others_may_unpack_differently_is_refused(places: list[tuple[str, int]], wrong: str | None) -> None:
    assert wrong == checked(members_at(*places))


def test_a_package_that_unpacks_to_more_than_the_bound_is_refused() -> None:
    assert None is checked(deflated(), max_bytes=22_000)
    assert "it unpacks to 22000 bytes, more than the 21999 that are allowed" == checked(deflated(), max_bytes=21_999)


def test_the_name_of_a_member_is_cleaned_and_cut() -> None:
    found = checked(deflated(name="\x1b[2J" + "x" * 60_000).replace(b"\x08\x00", b"\x0c\x00"))
    assert found is not None
    assert found.isprintable()
    assert len(found) < 200


def test_a_package_with_an_excessive_list_of_members_is_refused_before_it_is_read() -> None:
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 9, 9, DIRECTORY_BYTES + 1, 0, 0)
    assert f"its list of members has more than {DIRECTORY_BYTES} bytes" == checked(bytes(DIRECTORY_BYTES + 1) + end)
