import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from client.tests.conftest import package

from flipsnack_client import DeadlineExceeded
from flipsnack_client.defaults import MAX_BYTES
from flipsnack_client.package import DIRECTORY_BYTES, fault


def nothing() -> None:
    """Let the check go on."""


def checked(path: Path, *, between: Callable[[], None] = nothing, max_bytes: int = MAX_BYTES) -> str | None:
    with path.open("rb") as file:
        return fault(file, between=between, max_bytes=max_bytes)


def deflated(method: int = zipfile.ZIP_DEFLATED, *, name: str = "index.html") -> bytes:
    """A compressed package."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr(name, "<p>page</p>" * 2000)
    return content.getvalue()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999, 1.0])
def test_only_a_whole_package_passes(tmp_path: Path, share: float) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(package()[: int(len(package()) * share)])
    assert (share == 1.0) is (checked(path) is None)


@pytest.mark.parametrize("body", [package(2000), deflated()], ids=["stored", "deflated"])
def test_a_wrong_byte_in_a_member_is_found(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "p.zip"
    for position in range(41, 55):
        path.write_bytes(body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :])
        assert checked(path), position


def test_the_check_of_a_large_package_can_be_stopped(tmp_path: Path) -> None:
    def over() -> None:
        raise DeadlineExceeded("over", elapsed=1)

    path = tmp_path / "p.zip"
    path.write_bytes(package())
    with pytest.raises(DeadlineExceeded):
        checked(path, between=over)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_stored_and_deflated_members_are_read(tmp_path: Path, method: int) -> None:
    """The others need hundreds of megabytes for an input of a few hundred bytes."""
    path = tmp_path / "p.zip"
    path.write_bytes(deflated(method))
    assert "index.html is neither stored nor deflated" == checked(path)


def link() -> zipfile.ZipInfo:
    member = zipfile.ZipInfo("index.html")
    member.external_attr = 0o120777 << 16
    return member


OUTSIDE = "would be unpacked outside of the folder"


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        *((name, OUTSIDE) for name in ("../x", "a/../../x", "a/..", "/etc/x", "\\x", "..\\x", "C:\\x", "c:x")),
        *((name, None) for name in ("..x/y", "a/x..", "a/.../b", "cc:/x", "a b/\u00e9.html")),
        (link(), "is a symbolic link"),
    ],
    ids=str,
)
def test_no_member_leaves_the_folder(tmp_path: Path, member: str | zipfile.ZipInfo, wrong: str | None) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "/etc/passwd")
    name = member if isinstance(member, str) else member.filename
    assert (wrong and f"{name} {wrong}") == checked(path)


@pytest.mark.parametrize(
    ("place", "value", "wrong"),
    [(8, b"\1", "is encrypted"), (24, b"\xff\xff\0\0", "ends 43535 bytes too soon")],
    ids=["encrypted", "size"],
)
def test_what_the_list_of_members_says_must_be_so(tmp_path: Path, place: int, value: bytes, wrong: str) -> None:
    body = bytearray(deflated())
    begin = body.index(b"PK\1\2") + place
    body[begin : begin + len(value)] = value
    path = tmp_path / "p.zip"
    path.write_bytes(body)
    assert f"index.html {wrong}" == checked(path)


def test_a_package_that_unpacks_to_more_than_the_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(deflated())
    assert None is checked(path, max_bytes=22_000)
    assert "it unpacks to 22000 bytes, more than the 21999 that are allowed" == checked(path, max_bytes=21_999)


def test_the_name_of_a_member_is_cleaned_and_cut(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(deflated(name="\x1b[2J" + "x" * 60_000).replace(b"\x08\x00", b"\x0c\x00"))
    found = checked(path)
    assert found is not None
    assert found.isprintable()
    assert len(found) < 200


def test_a_package_with_an_excessive_list_of_members_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 9, 9, DIRECTORY_BYTES + 1, 0, 0)
    path.write_bytes(bytes(DIRECTORY_BYTES + 1) + end)
    assert f"its list of members has more than {DIRECTORY_BYTES} bytes" == checked(path)
