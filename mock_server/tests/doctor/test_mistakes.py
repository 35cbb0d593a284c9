from flipsnack_mock.doctor.mistakes import MISTAKES
from flipsnack_mock.doctor.signature_format import PRINTED_EXAMPLES


def test_every_mistake_has_a_unique_name_and_sentences_about_cause_and_fix() -> None:
    """`copied-example` is not in the table, because it has no variants."""
    names = [mistake.name for mistake in MISTAKES]
    assert len({*names, "copied-example"}) == len(names) + 1
    for sentence in (sentence for mistake in MISTAKES for sentence in (mistake.what, mistake.fix)):
        assert sentence[0].isupper() or sentence[0] == "`", sentence
        assert sentence[-1] in ".)", sentence


def test_printed_signatures_are_32_digits_or_the_29_of_the_old_prose() -> None:
    assert {32, 29} == {len(digest) for digest in PRINTED_EXAMPLES}
