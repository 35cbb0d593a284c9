import pytest

from flipsnack_contract.target.trace import MOST, Trace, masked


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /v1/?a=1&signature=abc&b=2 -> 200", "GET /v1/?a=1&signature=…&b=2 -> 200"),
        ("GET /v1/?apiKey=LK12NS-0-IOBW&a=1", "GET /v1/?apiKey=LK12NS…&a=1"),
        ("GET /p.zip?Expires=1&Signature=xyz&Key-Pair-Id=K", "GET /p.zip?Expires=1&Signature=…&Key-Pair-Id=K"),
    ],
)
def test_signatures_are_left_out_and_keys_shortened(line: str, expected: str) -> None:
    """A report can be shown to anybody."""
    assert expected == masked(line)


def test_the_middle_of_a_long_trace_is_left_out() -> None:
    """The beginning and the end of a story are what tells it."""
    trace = Trace()
    for number in range(MOST + 50):
        trace.add(str(number))
    lines = list(trace)
    assert ("0", "… 50 steps …", str(MOST + 49)) == (lines[0], lines[MOST // 2], lines[-1])
