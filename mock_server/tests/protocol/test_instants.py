import pytest
from mock_server.tests.conftest import START

from flipsnack_mock.protocol.instants import LAST_INSTANT, to_text


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (START + 1, "2026-09-21T14:13:20.000001Z"),
        (LAST_INSTANT, "9999-12-31T23:59:59.000000Z"),
    ],
)
def test_instants_are_written_in_utc_with_microseconds(instant: int, expected: str) -> None:
    assert expected == to_text(instant)
