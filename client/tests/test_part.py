import errno
import stat
from pathlib import Path

import pytest

from flipsnack_client import CannotWrite
from flipsnack_client.part import Entity, Part

KNOWN = Entity('"v1"', 10)


def half(target: Path) -> Part:
    """A part with five of ten bytes."""
    part = Part.claim(target, "h", resume=True)
    part.begin(KNOWN)
    with part.appending() as file:
        part.write(file, b"12345")
    return part


def test_another_process_finds_what_was_received(tmp_path: Path) -> None:
    """Bytes and entity are there for the next claim."""
    half(tmp_path / "p.zip")
    again = Part.claim(tmp_path / "p.zip", "h", resume=True)
    assert (5, KNOWN) == (again.size, again.entity())


@pytest.mark.parametrize(
    ("collection_hash", "resume", "note"),
    [
        ("other", True, None),
        ("h", False, None),
        ("h", True, "garbage"),
        ("h", True, '{"version": 2}'),
        ("h", True, "[]"),
    ],
)
def test_bytes_of_unknown_origin_are_dropped(
    tmp_path: Path, collection_hash: str, resume: bool, note: str | None
) -> None:
    """Another collection, a wish to start over, or an unreadable note: the part starts empty."""
    half(tmp_path / "p.zip")
    if note is not None:
        (tmp_path / "p.zip.part.json").write_text(note)
    assert Part.claim(tmp_path / "p.zip", collection_hash, resume=resume).size == 0


def test_publishing_replaces_the_target_and_leaves_nothing_else(tmp_path: Path) -> None:
    """The target has the bytes and the mode of any new file here; part and note are gone."""
    (tmp_path / "p.zip").write_bytes(b"old")
    half(tmp_path / "p.zip").publish()
    assert b"12345" == (tmp_path / "p.zip").read_bytes()
    assert [tmp_path / "p.zip"] == list(tmp_path.iterdir())
    (tmp_path / "other").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("other", "p.zip")]
    assert modes[0] == modes[1]


def test_what_cannot_be_written_is_said_before_the_wait(tmp_path: Path) -> None:
    """A missing folder, a folder as target and a device are refused when the part is claimed."""
    for target in (tmp_path / "none" / "p.zip", tmp_path, Path("/dev/full")):
        with pytest.raises(CannotWrite, match=str(target)):
            Part.claim(target, "h", resume=True)


def test_a_symbolic_link_in_the_parts_place_is_not_followed(tmp_path: Path) -> None:
    """Another user cannot redirect what we write."""
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "p.zip.part").symlink_to(tmp_path / "victim")
    with pytest.raises(CannotWrite):
        Part.claim(tmp_path / "p.zip", "h", resume=True)
    assert b"mine" == (tmp_path / "victim").read_bytes()


def test_only_a_part_with_bytes_is_kept(tmp_path: Path) -> None:
    """Where nothing was received there is nothing to resume."""
    Part.claim(tmp_path / "p.zip", "h", resume=True).drop_if_empty()
    assert not list(tmp_path.iterdir())
    part = half(tmp_path / "p.zip")
    part.drop_if_empty()
    assert 5 == part.size


def test_a_full_device_has_the_systems_words(tmp_path: Path) -> None:
    """No space left is a CannotWrite with its errno."""
    part = Part.claim(tmp_path / "p.zip", "h", resume=True)
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(CannotWrite, match="No space left") as caught:
        part.write(full, b"x")
    assert errno.ENOSPC == caught.value.errno
