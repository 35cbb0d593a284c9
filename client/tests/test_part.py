import errno
import os
import resource
import stat
from collections.abc import Callable
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
        ("h", True, "[" * 100_000),
        ("h", True, '{"version": 1, "collectionHash": "h", "total": 10, "validator": "a\\u65e5\\n"}'),
    ],
)
def test_bytes_of_unknown_origin_are_dropped(
    tmp_path: Path, collection_hash: str, resume: bool, note: str | None
) -> None:
    half(tmp_path / "p.zip")
    if note is not None:
        (tmp_path / "p.zip.part.json").write_text(note)
    assert Part.claim(tmp_path / "p.zip", collection_hash, resume=resume).size == 0


def test_publishing_replaces_the_target_and_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "p.zip").write_bytes(b"old")
    half(tmp_path / "p.zip").publish()
    assert b"12345" == (tmp_path / "p.zip").read_bytes()
    assert [tmp_path / "p.zip"] == list(tmp_path.iterdir())
    (tmp_path / "other").touch()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("other", "p.zip")]
    assert modes[0] == modes[1]


def test_what_cannot_be_written_is_said_before_the_wait_by_the_path_that_was_given(tmp_path: Path) -> None:
    for target in (tmp_path / "none" / "p.zip", tmp_path, Path("/dev/full"), Path("/proc/p.zip")):
        with pytest.raises(CannotWrite, match=f"cannot write {target}: ") as caught:
            Part.claim(target, "h", resume=True)
        assert target == caught.value.path


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(CannotWrite, match="File too large"):
            Part.claim(tmp_path / "p.zip", "h", resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [] == list(tmp_path.iterdir())


def linked(place: Path, victim: Path) -> None:
    place.symlink_to(victim)


def hard_linked(place: Path, victim: Path) -> None:
    place.hardlink_to(victim)


def pipe(place: Path, _victim: Path) -> None:
    os.mkfifo(place)


@pytest.mark.parametrize("suffix", [".part", ".part.json"])
@pytest.mark.parametrize("planted", [linked, hard_linked, pipe])
def test_what_is_planted_at_a_working_name_is_not_used(
    tmp_path: Path, suffix: str, planted: Callable[[Path, Path], None]
) -> None:
    """Another user can neither redirect what we write nor make us wait at a pipe."""
    (tmp_path / "victim").write_bytes(b"mine")
    planted(tmp_path / f"p.zip{suffix}", tmp_path / "victim")
    with pytest.raises(CannotWrite, match="not a regular file of this user"):
        Part.claim(tmp_path / "p.zip", "h", resume=True)
    assert b"mine" == (tmp_path / "victim").read_bytes()
    assert {f"p.zip{suffix}", "victim"} == set(os.listdir(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_at_a_working_name_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "p.zip.part").touch()
    os.chown(tmp_path / "p.zip.part", 12345, 12345)
    with pytest.raises(CannotWrite, match="not a regular file of this user"):
        Part.claim(tmp_path / "p.zip", "h", resume=True)


@pytest.mark.parametrize("existing", [True, False])
def test_a_target_that_is_a_link_stays_one(tmp_path: Path, *, existing: bool) -> None:
    """The file it points to is replaced, by a rename in its own folder."""
    (tmp_path / "disk").mkdir()
    if existing:
        (tmp_path / "disk" / "p.zip").write_bytes(b"old")
    (tmp_path / "link.zip").symlink_to(Path("disk") / "p.zip")
    assert tmp_path / "link.zip" == half(tmp_path / "link.zip").publish()
    assert b"12345" == (tmp_path / "disk" / "p.zip").read_bytes()
    assert (True, ["p.zip"]) == ((tmp_path / "link.zip").is_symlink(), os.listdir(tmp_path / "disk"))


@pytest.mark.parametrize("name", ["a" * 251, "a" * 255, "é" * 127])
def test_a_name_that_is_as_long_as_names_can_be_is_saved(tmp_path: Path, name: str) -> None:
    half(tmp_path / name)
    again = Part.claim(tmp_path / name, "h", resume=True)
    assert (5, KNOWN) == (again.size, again.entity())
    again.publish()
    assert [name] == os.listdir(tmp_path)


def test_a_part_that_is_gone_is_not_published(tmp_path: Path) -> None:
    part = half(tmp_path / "p.zip")
    (tmp_path / "p.zip.part").unlink()
    with pytest.raises(CannotWrite, match="No such file"):
        part.publish()


def test_only_a_part_with_bytes_is_kept(tmp_path: Path) -> None:
    Part.claim(tmp_path / "p.zip", "h", resume=True).drop_if_empty()
    assert not list(tmp_path.iterdir())
    part = half(tmp_path / "p.zip")
    part.drop_if_empty()
    assert 5 == part.size


def test_a_full_device_has_the_systems_words(tmp_path: Path) -> None:
    part = Part.claim(tmp_path / "p.zip", "h", resume=True)
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(CannotWrite, match="No space left") as caught:
        part.write(full, b"x")
    assert errno.ENOSPC == caught.value.errno
