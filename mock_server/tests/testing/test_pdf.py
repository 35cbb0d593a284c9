import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.testing import make_pdf

# A word that ends in a hyphen goes on in the next line, for PDFium.
LETTERS = st.characters(codec="cp1252", categories=["L", "N", "P", "S"], exclude_characters="-\xad")
WORDS = st.text(LETTERS, min_size=1, max_size=8)


def texts_of(document: bytes) -> list[list[str]]:
    """The lines of each page, as PDFium reads them."""
    pages = pypdfium2.PdfDocument(document)
    return [[line.strip() for line in page.get_textpage().get_text_bounded().splitlines()] for page in pages]


@given(words=st.lists(WORDS, min_size=1, max_size=5))
def test_a_made_pdf_says_what_it_was_given(words: list[str]) -> None:
    assert [["Page 1", *words], ["Page 2", *words]] == texts_of(make_pdf(2, "\n".join(words)))


@pytest.mark.parametrize(
    ("pages", "text", "expected"),
    [
        (0, "", None),
        (1, "", [["Page 1"]]),
        (2, ["one"], [["Page 1", "one"], ["Page 2"]]),
        (1, "snow \u2603", [["Page 1", "snow ?"]]),
        (1, "a" * 70, [["Page 1", "a" * 50, "a" * 20]]),
        (1, "\n".join("line" for _ in range(99)), [["Page 1", *["line"] * 30]]),
    ],
)
def test_each_page_has_its_text_as_far_as_it_fits(
    pages: int, text: str | list[str], expected: list[list[str]] | None
) -> None:
    made = make_pdf(pages, text)
    assert made == make_pdf(pages, text)
    if expected is not None:
        assert expected == texts_of(made)
