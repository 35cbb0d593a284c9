import json

import pytest
from mock_server.tests.command_runner import run

from flipsnack_mock.state.magic import listed, listed_uploads


def test_every_hash_and_upload_is_listed_with_what_it_does() -> None:
    result = run("magic")
    assert 0 == result.exit_code
    for row in listed():
        assert f"{row.hash} " in result.output
        assert row.magic.does in result.output
    for name, does in listed_uploads():
        assert f"{name} " in result.output
        assert does in result.output
    assert "after-<n>-polls" in result.output
    as_json = json.loads(run("magic", "--json").output)
    assert {row.hash: row.magic.does for row in listed()} == as_json["collectionHash"]
    assert dict(listed_uploads()) == as_json["name of an upload"]


@pytest.mark.parametrize(
    ("collection_hash", "status", "words"),
    [
        ("mock-7mb", 0, "7,000,000 bytes"),
        ("mock-failed", 0, "FAILED at the first call\nas an upload: the conversion runs by the schedule failed"),
        ("mock-error-35.pdf", 0, "as an upload: refused with code 35"),
        ("mock-compelte", 1, "mock-compelte is not magic; did you mean mock-complete?"),
        ("d3m0h45h", 1, "d3m0h45h is not magic; list all with"),
    ],
)
def test_one_hash_or_name_is_explained(collection_hash: str, status: int, words: str) -> None:
    result = run("magic", collection_hash)
    assert (status, True) == (result.exit_code, words in result.output)
