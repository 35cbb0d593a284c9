import pytest
from client.tests.conftest import VirtualClock

from flipsnack_client import Progress
from flipsnack_client.display import PlainDisplay, printable


def test_plain_progress_is_one_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    """However many blocks arrive, a log gets eleven lines, with share, rate and time left."""
    clock = VirtualClock()
    display = PlainDisplay(clock)
    for received in range(0, 10_000_001, 100_000):
        display.progress(Progress(received, 10_000_000, 0))
        clock.time += 0.1
    lines = capsys.readouterr().err.splitlines()
    assert 11 == len(lines)
    assert "received 5.0 of 10.0 MB (50 %), 1.0 MB/s, 5 s left" == lines[5]


def test_without_a_length_there_is_a_rate_and_no_share(capsys: pytest.CaptureFixture[str]) -> None:
    """What the server does not tell is not made up."""
    clock = VirtualClock()
    display = PlainDisplay(clock)
    display.progress(Progress(0, None, 0))
    clock.time += 2
    display.progress(Progress(10_000_000, None, 0))
    assert "received 10.0 MB, 5.0 MB/s" == capsys.readouterr().err.splitlines()[-1]


def test_bytes_from_an_earlier_run_do_not_count_as_speed(capsys: pytest.CaptureFixture[str]) -> None:
    """The rate is that of this run."""
    clock = VirtualClock()
    display = PlainDisplay(clock)
    display.progress(Progress(8_000_000, 10_000_000, 8_000_000))
    clock.time += 1
    display.progress(Progress(9_000_000, 10_000_000, 8_000_000))
    assert "received 9.0 of 10.0 MB (90 %), 1.0 MB/s, 1 s left" == capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\r\nb", "\u202eright to left", "\x00"])
def test_what_steers_a_terminal_is_replaced(text: str) -> None:
    """Control and direction characters do not get through."""
    assert printable(text).isprintable()
