import hashlib
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.server.uploads.folder import SpoolFolder
from flipsnack_mock.server.uploads.spool import Arrival, Spool

MANY = 1_000_000


def spool(parent: Path, in_use: set[str] | None = None, *, max_bytes: int = MANY, max_files: int = MANY) -> Spool:
    used = in_use if in_use is not None else set()
    made = Spool(str(parent), max_bytes=max_bytes, max_files=max_files)
    made.in_use = lambda: set(used)
    return made


def arrived(into: Spool, *pieces: bytes, max_size: int = MANY) -> Arrival:
    arrival = into.receive(max_size)
    for piece in pieces:
        arrival.write(piece)
    arrival.end()
    return arrival


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


@given(content=st.binary(min_size=1, max_size=3_000), cuts=st.lists(st.integers(0, 3_000), max_size=4))
def test_a_document_is_kept_under_the_digest_of_its_content(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cuts: list[int]
) -> None:
    """Whatever the pieces that it comes in."""
    room = spool(tmp_path_factory.mktemp("spool"))
    edges = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    arrival = arrived(room, *[content[start:stop] for start, stop in pairwise(edges)])
    assert (digest_of(content), len(content), content[:1024]) == (arrival.digest, arrival.size, arrival.head)
    path = room.path(arrival.digest)
    assert path is not None
    assert content == path.read_bytes()
    room.close()


def test_a_document_stays_as_long_as_it_is_held_or_in_use(tmp_path: Path) -> None:
    used: set[str] = set()
    room = spool(tmp_path, used)
    first, again, other = arrived(room, b"a"), arrived(room, b"a"), arrived(room, b"b")
    assert [] == room.sweep()
    first.close()
    assert [] == room.sweep(), "the second upload of the same content holds it"
    again.close()
    used.add(other.digest)
    other.close()
    assert ([first.digest], [other.digest]) == (room.sweep(), files_below(tmp_path))
    used.clear()
    room.changed()
    assert room.due
    assert ([other.digest], []) == (room.sweep(), files_below(tmp_path))
    room.changed()
    assert not room.due, "an empty spool has nothing to sweep"


@pytest.mark.parametrize(
    ("bounds", "max_size", "why"),
    [
        ({"max_bytes": 10}, MANY, "the spool has 8 bytes of at most 10 (spool_bytes)"),
        ({"max_files": 1}, MANY, "the spool has 1 documents, as many as spool_files allows"),
        ({}, 3, "a document of more than 3 bytes is not kept"),
    ],
)
def test_beyond_a_bound_nothing_is_kept_and_the_room_is_free_again(
    tmp_path: Path, bounds: dict[str, int], max_size: int, why: str
) -> None:
    room = spool(tmp_path, None, **bounds)
    first = arrived(room, b"12345678")
    refused = arrived(room, b"123", b"4", max_size=max_size)
    assert why in refused.not_kept
    assert (4, digest_of(b"1234"), None) == (refused.size, refused.digest, room.path(refused.digest))
    refused.close()
    first.close()
    assert ([first.digest], []) == (room.sweep(), files_below(tmp_path))
    assert "" == arrived(room, b"1234567890"[: bounds.get("max_bytes", 10)]).not_kept


def test_without_a_writable_folder_a_document_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    arrival = arrived(spool(tmp_path / "file"), b"abc")
    assert "name a folder that can be written to with the setting spool" in arrival.not_kept
    assert (3, digest_of(b"abc")) == (arrival.size, arrival.digest)
    arrival.close()


def test_a_closed_spool_leaves_nothing_and_takes_nothing(tmp_path: Path) -> None:
    room = spool(tmp_path)
    room.sweep()
    assert [] == list(tmp_path.iterdir()), "no folder before the first document"
    held = arrived(room, b"a")
    half = room.receive(MANY)
    half.write(b"b")
    room.close()
    assert [] == list(tmp_path.iterdir())
    half.end()
    assert half.not_kept
    assert arrived(room, b"c").not_kept
    held.close()
    assert [] == list(tmp_path.iterdir())


def test_documents_in_use_survive_any_number_of_threads(tmp_path: Path) -> None:
    """Each thread uploads the same documents, takes them into use and lets others sweep at the same time."""
    used: set[str] = set()
    room = spool(tmp_path, used)

    def upload(thread: int) -> None:
        for number in range(30):
            arrival = arrived(room, b"%d" % number)
            if number % 3 == 0:
                used.add(arrival.digest)
            arrival.close()
            if number % 5 == thread:
                room.sweep()

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    room.sweep()
    assert sorted(used) == files_below(tmp_path)


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    """Known by its lock, which only a living process holds."""
    script = (
        "import os, sys; from flipsnack_mock.server.uploads.folder import SpoolFolder\n"
        "folder = SpoolFolder(sys.argv[1], 'killed'); (folder.path / 'document').touch(); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True)
    (tmp_path / "flipsnack-mock-spool-without-lock").mkdir()
    living = SpoolFolder(str(tmp_path), "living")
    assert "flipsnack-mock-spool-killed" not in names(tmp_path)
    second = SpoolFolder(str(tmp_path), "second")
    assert ["flipsnack-mock-spool-living", "flipsnack-mock-spool-second", "flipsnack-mock-spool-without-lock"] == names(
        tmp_path
    )
    living.remove()
    second.remove()
    assert ["flipsnack-mock-spool-without-lock"] == names(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
