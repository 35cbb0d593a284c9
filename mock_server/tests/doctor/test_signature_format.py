import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.doctor.signature_format import describe_format, printed_example


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("0" * 32, "format is right"),
        ("A" * 32, "not lower case"),
        ("a" * 29, "fewer than 32"),
        ("a" * 33, "more than 32"),
        ("a" * 40, "SHA-1"),
        ("a" * 64, "SHA-256"),
        ("a" * 128, "SHA-512"),
        ("-".join(["26"] * 16), "dashes"),
        ("26e781d3-d175-1d82-ec28-4acf4a019def", "UUID"),
        ("JueB09F1HYLsKErPSgGd7w==", "base64"),
        ("not a digest", "not a digest (length 12)"),
        ("'" + "0" * 32 + "'", "quote around it"),
    ],
)
def test_the_look_of_a_signature_is_put_in_words(signature: str, words: str) -> None:
    assert words in " ".join(describe_format(signature))


@given(st.text())
def test_every_text_has_a_look_and_no_text_has_none(signature: str) -> None:
    sentences = list(describe_format(signature))
    assert bool(signature) == bool(sentences)
    assert all(sentence.endswith((".", "digits.")) for sentence in sentences)


def test_a_printed_example_is_known_in_any_case_and_nothing_else_is() -> None:
    assert printed_example(" 26E781D3D1751D82EC284ACF4A019DEF ") is not None
    assert printed_example("26e781d3d1751d82ec284acf4a019dee") is None
