import io
import zipfile
from pathlib import Path

import pytest
from client.tests.conftest import package

from flipsnack_client import DeadlineExceeded
from flipsnack_client.package import fault


def nothing() -> None:
    """Let the check go on."""


def deflated() -> bytes:
    """A compressed package."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", "<p>page</p>" * 2000)
    return content.getvalue()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999, 1.0])
def test_only_a_whole_package_passes(tmp_path: Path, share: float) -> None:
    """However little of it is missing, a shortened zip does not pass."""
    path = tmp_path / "p.zip"
    path.write_bytes(package()[: int(len(package()) * share)])
    assert (share == 1.0) is (fault(path, between=nothing) is None)


@pytest.mark.parametrize("body", [package(2000), deflated()], ids=["stored", "deflated"])
def test_a_wrong_byte_in_a_member_is_found(tmp_path: Path, body: bytes) -> None:
    """Each byte of the members' content counts."""
    path = tmp_path / "p.zip"
    for position in range(41, 55):
        path.write_bytes(body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :])
        assert fault(path, between=nothing), position


def test_the_check_of_a_large_package_can_be_stopped(tmp_path: Path) -> None:
    """The deadline is checked between blocks, and its error is raised as it is."""

    def over() -> None:
        raise DeadlineExceeded("over", elapsed=1)

    path = tmp_path / "p.zip"
    path.write_bytes(package())
    with pytest.raises(DeadlineExceeded):
        fault(path, between=over)
