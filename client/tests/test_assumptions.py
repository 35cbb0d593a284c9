"""What the vendor does not document: the client works with either reading of it that the fake has."""

from typing import Any, Literal

import pytest
from client.tests.conftest import Sandbox

from flipsnack_client import Assumptions, CollectionProcessing, ConversionFailed, Forbidden
from flipsnack_mock.testing.pdf import make_pdf


@pytest.fixture
def document(tmp_path: Any) -> Any:
    """A document of two pages."""
    path = tmp_path / "document.pdf"
    path.write_bytes(make_pdf(2))
    return path


@pytest.mark.parametrize(("base", "count"), [(0, "matches"), (0, "listed"), (1, "matches"), (1, "listed")])
def test_all_collections_are_listed_whatever_the_range_begins_with_and_the_count_counts(
    sandbox: Sandbox, base: Literal[0, 1], count: Literal["matches", "listed"]
) -> None:
    """In pages that fit, that do not, and in one."""
    sandbox.account.settings(list_base=base, list_count=count)
    made = {sandbox.account.collections.create(title=f"No. {number}")["hash"] for number in range(12)}
    client = sandbox.client(assumptions=Assumptions(first_index=base))
    for page_size in (1, 4, 5, 12, 100):
        found = [one.hash for one in client.collections(query="no.", page_size=page_size)]
        assert (12, made) == (len(found), set(found))


@pytest.mark.parametrize("answer_format", ["json", "jsonp", "xml"])
@pytest.mark.parametrize(
    "renamed",
    [
        {},
        {"flipbooks": "items", "flipbookStatus": "conversionStatus", "collectionThumbnail": ""},
        {"flipbookStatus": "phase"},
    ],
    ids=["as they are", "renamed", "named by the caller"],
)
def test_a_life_is_followed_under_other_names(
    sandbox: Sandbox, document: Any, renamed: dict[str, str], answer_format: str
) -> None:
    sandbox.account.settings(invented_names=renamed, conversion_schedule="after-30s")
    assumptions = Assumptions(conversion=renamed.get("flipbookStatus", "flipbookStatus"))
    client = sandbox.client(assumptions=assumptions, format=answer_format)
    made = client.create(document, title="Spring", status="editable")
    with pytest.raises(CollectionProcessing):
        client.update(made, status="public")
    done = client.wait_converted(made)
    assert ("processing", "complete", 1) == (made.conversion, done.conversion, len(done.items))
    published = client.update(done, status="public")
    assert ("public", True) == (published.status, published.hash != made.hash)
    with pytest.raises(Forbidden):
        client.collection(made)
    assert [published.hash] == [one.hash for one in client.collections(query="spring")]
    assert 2 == len(client.stats(published, pages=True).pages or ())
    assert 999 == client.user_stats().uploads_left
    client.delete(published)
    assert [] == list(client.collections())


def test_a_document_that_cannot_be_converted_is_a_failure_of_its_own(sandbox: Sandbox, document: Any) -> None:
    """As the vendor's third state, not as an error of the upload."""
    client = sandbox.client()
    made = client.create(document, file_name="mock-failed-after-5s.pdf")
    with pytest.raises(ConversionFailed, match=made.hash):
        client.wait_converted(made)
