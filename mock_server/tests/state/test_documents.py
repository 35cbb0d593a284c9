import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
import requests
from mock_server.tests.raw_socket import query
from mock_server.tests.server.test_uploads import PNG, files_below, upload

from flipsnack_mock.state.documents import MAX_CARRIED_BYTES
from flipsnack_mock.testing import AdminError, MockServer, make_pdf

KEY = "test-documents"


def object_of(server: MockServer, collection_hash: str) -> dict[str, Any]:
    asked = query(KEY, action="collection.getCollection", collectionHash=collection_hash)
    return dict(requests.get(server.base_url, params=asked, timeout=10).json()["data"])


def restored_by(server: MockServer, taken: dict[str, Any]) -> dict[str, Any]:
    path = "/__admin/snapshot" if "accounts" in taken else f"/__admin/accounts/{KEY}/snapshot"
    return dict(server.admin.call("PUT", path, taken))


@pytest.mark.parametrize("whole", [True, False])
def test_a_snapshot_carries_documents_to_another_server_or_says_which_are_missing(whole: bool, tmp_path: Path) -> None:
    with MockServer() as server:
        made = upload(server.base_url, KEY, ("a.pdf", make_pdf(3)))
        source = server.admin if whole else server.admin.account(KEY)
        bare, full = source.snapshot(), source.snapshot(documents=True)
        thumbnail = requests.get(made["collectionThumbnail"], timeout=30).content
    (digest,) = full["documents"]
    assert make_pdf(3) == base64.b64decode(full["documents"][digest])
    assert "documents" not in bare
    with MockServer(spool=str(tmp_path)) as another:
        named = {"key": KEY, "hash": made["collectionHash"], "digest": digest, "file_name": "a.pdf"}
        assert [named] == restored_by(another, bare)["missing_documents"]
        shown = object_of(another, made["collectionHash"])
        drawn = requests.get(shown["collectionThumbnail"], timeout=30)
        assert "image/svg+xml" == drawn.headers["Content-Type"]
        assert "missing_documents" not in restored_by(another, full)
        assert [digest] == files_below(tmp_path)
        assert thumbnail == requests.get(shown["collectionThumbnail"], timeout=30).content
        another.admin.reset()
        assert [] == files_below(tmp_path)


def test_what_cannot_be_restored_changes_nothing(tmp_path: Path) -> None:
    with MockServer(spool=str(tmp_path), spool_bytes=len(PNG)) as server:
        made = upload(server.base_url, KEY, ("a.png", PNG))
        taken = server.admin.snapshot(documents=True)
        (digest,) = taken["documents"]
        wrong = {"0" * 64: base64.b64encode(PNG).decode()}
        with pytest.raises(AdminError, match="not that of the document with this digest"):
            restored_by(server, {**taken, "accounts": [], "documents": wrong})
        other = {hashlib.sha256(b"x").hexdigest(): base64.b64encode(b"x").decode()}
        with pytest.raises(AdminError, match="spool_bytes"):
            restored_by(server, {**taken, "accounts": [], "documents": other})
        assert [digest] == files_below(tmp_path)
        assert "a" == object_of(server, made["collectionHash"])["collectionTitle"]


def test_a_snapshot_of_documents_that_are_too_large_is_refused() -> None:
    with MockServer() as server:
        upload(server.base_url, KEY, ("a.png", PNG + bytes(MAX_CARRIED_BYTES)))
        with pytest.raises(AdminError, match="take it without them"):
            server.admin.snapshot(documents=True)
        assert "documents" not in server.admin.snapshot()
