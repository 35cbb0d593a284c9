from pathlib import Path

import pytest

from flipsnack_contract.contract import named_file
from flipsnack_contract.contract.named_file import read_named, read_named_text


def test_a_file_without_an_end_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(named_file, "MOST_BYTES", 10)
    with pytest.raises(OSError, match="more than 10 bytes") as caught:
        read_named(Path("/dev/zero"))
    assert "/dev/zero" == caught.value.filename
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbf1234567")
    assert "1234567" == read_named_text(tmp_path / "file")
