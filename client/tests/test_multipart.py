import io

import pytest
from client.tests.multipart_reader import Part, read_multipart
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_client import CannotRead
from flipsnack_client.document import BLOCK, Document
from flipsnack_client.multipart import Multipart

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters='"\\'), min_size=1)


@given(st.dictionaries(NAMES, TEXT, max_size=4), NAMES, st.binary(max_size=300))
def test_what_arrives_is_what_was_given(fields: dict[str, str], name: str, content: bytes) -> None:
    file = io.BytesIO(content)
    with Document.opened(file, name=name) as document:
        for _ in range(2):
            body = Multipart(fields, {"file": document})
            sent = b"".join(body)
            assert len(body) == len(sent)
            assert (fields, {"file": Part(name, document.media_type, content)}) == read_multipart(
                sent, body.content_type
            )


def test_a_document_begins_where_its_file_stands_and_is_sent_in_blocks() -> None:
    file = io.BytesIO(b"skipped" + bytes(2 * BLOCK + 1))
    file.seek(7)
    told: list[int] = []
    with Document.opened(file) as document:
        body = Multipart({}, {"file": document}, on_block=told.append)
        assert BLOCK == max(map(len, body))
    assert [0, BLOCK, 2 * BLOCK, 2 * BLOCK + 1] == told
    assert not file.closed


@pytest.mark.parametrize("change", [b"", b"longer than before"])
def test_a_document_whose_length_changes_is_not_sent_to_its_end(change: bytes) -> None:
    """What was announced would not be what arrives."""
    file = io.BytesIO(b"as it was")
    with Document.opened(file) as document:
        file.seek(0)
        file.truncate()
        file.write(change)
        body = Multipart({}, {"file": document})
        with pytest.raises(CannotRead, match="its length changed"):
            list(body)
