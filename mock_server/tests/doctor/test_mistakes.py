import pytest

from flipsnack_mock.doctor.mistakes import MISTAKES, Mistake
from flipsnack_mock.doctor.signature_format import PRINTED_EXAMPLES

EVERY = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)


def test_every_mistake_has_a_name_of_its_own() -> None:
    """A name stands for one mistake; the one that needs no recipe takes no name of another."""
    names = [mistake.name for mistake in MISTAKES]
    assert len(names) == len(set(names))
    assert "copied-example" not in names


@EVERY
def test_a_mistake_says_what_went_wrong_and_how_to_mend_it(mistake: Mistake) -> None:
    """Both are whole sentences."""
    for sentence in (mistake.what, mistake.fix):
        assert sentence[0].isupper() or sentence[0] == "`"
        assert sentence[-1] in ".)"


def test_printed_signatures_are_32_digits_or_the_29_of_the_old_prose() -> None:
    """The table of the vendor's examples holds digests, one of them without its last three digits."""
    assert {32, 29} == {len(digest) for digest in PRINTED_EXAMPLES}
