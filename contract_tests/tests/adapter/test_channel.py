import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.adapter.channel import MOST_LINES, Channel, Closed, ReadTimeout
from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.messages import MAX_LINE

TIMEOUT = 60.0


class Ends:
    """A channel, and the other side's ends of its two pipes."""

    def __init__(self) -> None:
        """Open the pipes."""
        reading, self.out = os.pipe()
        self.inp, writing = os.pipe()
        self.channel = Channel(os.fdopen(reading, "rb", 0), os.fdopen(writing, "wb", 0))

    def write(self, content: bytes) -> None:
        """Write everything, however little the pipe holds."""
        with suppress(BrokenPipeError), open(self.out, "wb", closefd=False) as pipe:
            pipe.write(content)

    def close(self) -> None:
        """Close everything."""
        for descriptor in (self.out, self.inp):
            with suppress(OSError):
                os.close(descriptor)
        self.channel.close()


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
            ends.write(piece)
        assert lines == [ends.channel.receive(timeout=TIMEOUT) for _ in lines]
        assert ends.channel.is_quiet
    finally:
        ends.close()


def test_lines_written_at_once_are_read_at_once(ends: Ends) -> None:
    """After the first of them the channel is not quiet: that is how a second result shows."""
    ends.write(b"one\ntwo\n")
    assert b"one" == ends.channel.receive(timeout=TIMEOUT)
    assert not ends.channel.is_quiet


def test_more_lines_than_are_kept_arrive_in_order(ends: Ends) -> None:
    """The other side waits until the first ones are read."""
    lines = [str(number).encode() for number in range(3 * MOST_LINES)]
    for line in lines:
        ends.write(line + b"\n")
    assert lines == [ends.channel.receive(timeout=TIMEOUT) for _ in lines]


def test_a_line_without_an_end_counts_when_nothing_more_comes(ends: Ends) -> None:
    """An adapter's last line may lack its line end."""
    ends.write(b"one\ntwo")
    os.close(ends.out)
    assert [b"one", b"two"] == [ends.channel.receive(timeout=TIMEOUT) for _ in range(2)]
    with pytest.raises(Closed):
        ends.channel.receive(timeout=TIMEOUT)


def test_no_line_is_a_timeout(ends: Ends) -> None:
    """The channel does not wait for ever."""
    with pytest.raises(ReadTimeout):
        ends.channel.receive(timeout=0.0)


def test_a_line_of_the_greatest_length_is_taken(ends: Ends) -> None:
    """1 MiB, its end included."""
    line = b"x" * (MAX_LINE - 1)
    ends.write(line + b"\n")
    assert line == ends.channel.receive(timeout=TIMEOUT)


def test_a_longer_line_is_a_fault_before_it_ends(ends: Ends) -> None:
    """A line that never ends cannot fill the memory."""
    ends.write(b"x" * MAX_LINE)
    with pytest.raises(AdapterFault, match="too-long"):
        ends.channel.receive(timeout=TIMEOUT)


def test_a_line_that_nobody_reads_does_not_block(ends: Ends) -> None:
    """However full the pipe is."""
    ends.channel.send(b"x" * 10_000_000)
    with pytest.raises(ReadTimeout):
        ends.channel.receive(timeout=0.0)


def test_writing_to_a_reader_that_is_gone_is_no_error(ends: Ends) -> None:
    """That it is gone shows when it is read from."""
    os.close(ends.inp)
    ends.channel.send(b"x\n")
    os.close(ends.out)
    with pytest.raises(Closed):
        ends.channel.receive(timeout=TIMEOUT)


def test_closing_the_writing_end_ends_the_input_of_the_other_side(ends: Ends) -> None:
    """After all that was sent."""
    ends.channel.send(b"one\n")
    ends.channel.close_writing()
    with open(ends.inp, "rb", closefd=False) as pipe:
        assert pipe.read() == b"one\n"
