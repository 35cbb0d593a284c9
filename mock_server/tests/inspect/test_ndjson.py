import hashlib
import io
import json

import pytest
from mock_server.tests.command_runner import clean_trace, trace_of
from mock_server.tests.conftest import make_fake, signed

from flipsnack_mock.inspect.ndjson import BadTrace, read_trace
from flipsnack_mock.testing.pdf import make_pdf


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty"),
        ("no json", "line 1 cannot be read"),
        ("{}", "version None"),
        ('{"trace":2}', "version 2"),
        ('{"trace":1}', "line 1 cannot be read"),
        (clean_trace()[:-20], "line 2 cannot be read: expected JSON; it ends too early"),
        (clean_trace().replace('"r1"', '"rx"'), "expected the id of a request, as r12"),
        (clean_trace().replace('"at_us":', '"at_us":9999'), "expected a whole number from 0 to"),
    ],
)
def test_what_is_no_trace_is_refused(text: str, problem: str) -> None:
    with pytest.raises(BadTrace, match=problem):
        read_trace(text)


def test_the_header_says_where_the_requests_come_from() -> None:
    fake = make_fake(journal_size=1)
    fake.call()
    fake.call()
    header = json.loads(trace_of(fake).splitlines()[0])
    assert {"trace": 1, "world": "", "key": None, "dropped": 1} == header


def test_an_upload_is_read_as_it_was_written() -> None:
    fake = make_fake()
    fields = signed(action="collection.create", collectionHash=None)
    fake.client.post("/v1/", data=fields | {"file": (io.BytesIO(make_pdf(3)), "three.pdf")})
    (record,) = read_trace(trace_of(fake)).records
    (file,) = record.files
    expected = ("three.pdf", "pdf", 3, hashlib.sha256(make_pdf(3)).hexdigest(), len(make_pdf(3)))
    assert expected == (file.file_name, file.kind, file.pages, file.digest, file.size)
    assert ("processing", True) == (record.status, "flipbooks" in record.invented)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\r", "\x0b", "\x1c"])
def test_a_text_in_a_line_may_hold_what_ends_lines_elsewhere(mark: str) -> None:
    fake = make_fake()
    fake.call(title=f"two{mark}lines")
    (record,) = read_trace(trace_of(fake)).records
    assert f"two{mark}lines" == record.params["title"]
