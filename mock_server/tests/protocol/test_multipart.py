from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.sansio.multipart import File

from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.multipart import MAX_FIELD_BYTES, MultipartReader

TYPE = "multipart/form-data; boundary=xx"
NAMES = [b"", b'; name="a"', b'; name="b"', b'; name="file"; filename="a.pdf"']
HEADS = [b"Content-Disposition: form-data" + name for name in NAMES]
LINES = st.sampled_from(
    [*HEADS, b"--xx", b"--xx--", b"Content-Type: application/pdf", b"", b"1", b"\xff", b"-", b"--x"]
)
GOOD = (
    b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n2\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF\r\n--xy\r\n\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="b"\r\n\r\n\r\n--xx--\r\n'
)


def part(name: str, *, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return f'--xx\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()


def read(body: bytes, cuts: list[int]) -> tuple[list[tuple[str, str]] | str, dict[str, bytes]]:
    """The fields of a body that came in pieces, or the rule that it broke, and the files in it."""
    files: dict[str, bytes] = {}

    def on_file(file: File) -> Callable[[bytes], None]:
        files[file.filename] = b""

        def take(data: bytes) -> None:
            files[file.filename] += data

        return take

    edges = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    try:
        reader = MultipartReader(TYPE, on_file)
        for start, stop in pairwise(edges):
            reader.feed(body[start:stop])
        reader.end()
    except BadRequest as refusal:
        return refusal.rule, {}
    return reader.fields, files


def test_fields_are_kept_and_files_handed_on() -> None:
    assert ([("a", "1\r\n2"), ("b", "")], {"a.pdf": b"%PDF\r\n--xy\r\n"}) == read(GOOD, [])


@given(body=st.lists(LINES, max_size=12).map(b"\r\n".join), cuts=st.lists(st.integers(1, 120), max_size=6))
@example(body=GOOD, cuts=list(range(1, len(GOOD))))
def test_it_makes_no_difference_how_a_body_is_cut(body: bytes, cuts: list[int]) -> None:
    assert read(body, []) == read(body, cuts)


def test_a_large_file_is_never_held_whole() -> None:
    lengths: list[int] = []
    reader = MultipartReader(TYPE, lambda _file: lambda data: lengths.append(len(data)))
    for piece in (part("file", filename="a.pdf"), *[b"1" * 100_000] * 100, b"\r\n--xx--\r\n"):
        reader.feed(piece)
    reader.end()
    assert 10_000_000 == sum(lengths)
    assert 200_000 > max(lengths)


@pytest.mark.parametrize(
    ("begin", "repeat"),
    [
        pytest.param(b"", b"1" * 1_000, id="no part at all"),
        pytest.param(b"--xx\r\n", b"X-A: " + b"1" * 1_000 + b"\r\n", id="headers of a part without an end"),
        pytest.param(b"--xx\r\nX-A: ", b"1" * 1_000, id="one header without an end"),
        pytest.param(part("a"), b"1" * 1_000, id="a field without an end"),
        pytest.param(b"", part("a") + b"\r\n", id="parts without an end"),
    ],
)
def test_what_has_no_end_is_refused_before_it_takes_memory(begin: bytes, repeat: bytes) -> None:
    body = begin + repeat * (4 * MAX_FIELD_BYTES // len(repeat))
    rule, _files = read(body, list(range(0, len(body), 10_000)))
    assert "request.size" == rule
