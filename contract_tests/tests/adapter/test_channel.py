import os
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_contract.adapter.messages import MAX_LINE, AdapterFault
from flipsnack_contract.adapter.process import MOST_PIECES, PIECE, Channel, Closed

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
        assert ends.channel.receive(timeout=0.0) is None
    finally:
        ends.close()


def test_lines_written_at_once_are_read_at_once(ends: Ends) -> None:
    """The second is there as soon as the first: that is how a second result shows."""
    ends.write(b"one\ntwo\n")
    assert [b"one", b"two"] == [ends.channel.receive(timeout=TIMEOUT), ends.channel.receive(timeout=0.0)]


def test_more_than_is_kept_arrives_in_order(ends: Ends) -> None:
    """The other side waits until the first pieces are read."""
    lines = [str(number).encode() * PIECE for number in range(3 * MOST_PIECES)]
    writer = threading.Thread(target=ends.write, args=(b"".join(line + b"\n" for line in lines),))
    writer.start()
    assert lines == [ends.channel.receive(timeout=TIMEOUT) for _ in lines]
    writer.join()


def test_closing_lets_the_other_side_write_to_its_end(ends: Ends) -> None:
    """What was not read, and what comes later, is dropped."""
    writer = threading.Thread(target=ends.write, args=(b"x" * 2 * MOST_PIECES * PIECE,))
    writer.start()
    ends.channel.close()
    writer.join()


def test_a_line_without_an_end_counts_when_nothing_more_comes(ends: Ends) -> None:
    """An adapter's last line may lack its line end."""
    ends.write(b"one\ntwo")
    os.close(ends.out)
    assert [b"one", b"two"] == [ends.channel.receive(timeout=TIMEOUT) for _ in range(2)]
    with pytest.raises(Closed):
        ends.channel.receive(timeout=TIMEOUT)


def test_a_line_has_at_most_1_mib_with_its_end(ends: Ends) -> None:
    """A longer one is a fault before it ends, so a line that never ends cannot fill the memory."""
    line = b"x" * (MAX_LINE - 1)
    writer = threading.Thread(target=ends.write, args=(line + b"\n" + line + b"x",))
    writer.start()
    assert line == ends.channel.receive(timeout=TIMEOUT)
    with pytest.raises(AdapterFault, match="too-long"):
        ends.channel.receive(timeout=TIMEOUT)
    writer.join()


def test_a_line_that_nobody_reads_does_not_block(ends: Ends) -> None:
    """However full the pipe is."""
    ends.channel.send(b"x" * 10_000_000)
    assert ends.channel.receive(timeout=0.0) is None


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
