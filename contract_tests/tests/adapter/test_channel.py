import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.adapter.channel import Channel, Closed, ReadTimeout
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE


class Ends:
    """A channel, and the other side's ends of its three pipes."""

    def __init__(self) -> None:
        """Open the pipes."""
        reading, self.out = os.pipe()
        self.inp, writing = os.pipe()
        aside, self.err = os.pipe()
        self.channel = Channel(reading, writing, aside=aside)

    def close(self) -> None:
        """Close everything."""
        self.channel.close()
        for descriptor in (self.out, self.inp, self.err):
            with suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A channel over pipes."""
    made = Ends()
    yield made
    made.close()


@given(
    lines=st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), max_size=5), cut=st.integers(0, 50)
)
def test_lines_arrive_whole_however_they_are_cut(lines: list[bytes], cut: int) -> None:
    """What was written in pieces is read in lines."""
    ends = Ends()
    try:
        written = b"".join(line + b"\n" for line in lines)
        for piece in (written[:cut], written[cut:]):
            os.write(ends.out, piece)
        assert lines == [ends.channel.receive(patience=5.0) for _ in lines]
        assert ends.channel.is_quiet
    finally:
        ends.close()


def test_a_line_without_an_end_counts_when_nothing_more_comes(ends: Ends) -> None:
    """An adapter's last line may lack its line end."""
    os.write(ends.out, b"one\ntwo")
    os.close(ends.out)
    assert [b"one", b"two"] == [ends.channel.receive(patience=5.0) for _ in range(2)]
    with pytest.raises(Closed):
        ends.channel.receive(patience=5.0)


def test_nothing_is_silence(ends: Ends) -> None:
    """Patience has an end."""
    with pytest.raises(ReadTimeout):
        ends.channel.receive(patience=0.0)


def test_a_line_of_the_greatest_length_is_taken(ends: Ends) -> None:
    """1 MiB, its end included."""
    line = b"x" * (MAX_LINE - 1)
    received: list[bytes] = []
    for start in range(0, MAX_LINE - 1, 32768):
        os.write(ends.out, line[start : start + 32768])
        assert not ends.channel.is_quiet
    os.write(ends.out, b"\n")
    received.append(ends.channel.receive(patience=5.0))
    assert [line] == received


def test_a_longer_line_is_a_fault_before_it_ends(ends: Ends) -> None:
    """Nobody can fill the memory with a line that never ends."""
    with pytest.raises(AdapterFault, match="too-long"):  # noqa: PT012 - which write is one too many is not the point
        for _ in range(MAX_LINE // 32768 + 1):
            os.write(ends.out, b"x" * 32768)
            assert not ends.channel.is_quiet


def test_what_nobody_reads_is_silence(ends: Ends) -> None:
    """A pipe that is full and stays full does not hold the kit up for ever."""
    with pytest.raises(ReadTimeout):
        ends.channel.send(b"x" * 10_000_000, patience=0.0)


def test_a_reader_that_is_gone_is_the_end(ends: Ends) -> None:
    """Writing to it does not raise anything of the system's."""
    os.close(ends.inp)
    with pytest.raises(Closed):
        ends.channel.send(b"x\n", patience=5.0)


def test_what_comes_aside_is_kept_and_never_blocks(ends: Ends) -> None:
    """Of a flood the last 64 KiB are kept."""
    for number in range(40):
        os.write(ends.err, str(number).encode().rjust(4096, b"."))
        assert ends.channel.is_quiet
    kept = ends.channel.drain_stderr()
    assert 64 * 1024 == len(kept)
    assert kept.endswith("39")
    assert ends.channel.drain_stderr() == ""


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("one\ntwo\n\n", "two"),
        ("", ""),
        ("Error: no such module\n    at run (a.js:1)\n\nNode.js v20\n", "Error: no such module"),
        ("Traceback\nValueError: no\n", "ValueError: no"),
        ('Exception in thread "main" java.io.IOException: gone\n\tat A.main(A.java)\n', "thread"),
        ("a.sh: line 1: jq: command not found\n", "a.sh: line 1: jq: command not found"),
    ],
)
def test_the_last_words_are_those_that_name_an_error(ends: Ends, printed: str, told: str) -> None:
    """Where a runtime prints more after it; else the last line, and nothing where there is none."""
    os.write(ends.err, printed.encode())
    words = ends.channel.last_error_line
    assert told in words if told else not words
