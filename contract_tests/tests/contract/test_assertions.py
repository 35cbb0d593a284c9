import pytest

from flipsnack_contract.contract.assertions import Violation, expect, expect_code, expect_in
from flipsnack_contract.contract.decoding import Answer


def test_a_violation_says_what_was_expected_and_what_came() -> None:
    """One sentence for the reader, its parts for the reports."""
    with pytest.raises(Violation, match="the state: expected 'COMPLETE', got 'FAILED'") as caught:
        expect("COMPLETE", "FAILED", "the state")
    assert ("'COMPLETE'", "'FAILED'") == (caught.value.expected, caught.value.found)


def test_codes_are_named() -> None:
    """A number says little."""
    with pytest.raises(Violation, match=r"expected code 44 \(Invalid signature\), got code 20 \(OK\)"):
        expect_code(44, Answer(20, "OK"), "a wrong signature")


def test_what_is_as_expected_passes() -> None:
    """Silently."""
    expect_in((1, 2), 2, "a number")
    expect_code(20, Answer(20, "OK"), "a call")
