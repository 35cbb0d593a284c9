"""The command `flipsnack-contract history`, on what the fake exports."""

from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from flipsnack_contract.cli.main import cli
from flipsnack_contract.target.request_builder import ACTION, CallDraft
from flipsnack_mock.testing import MockServer


def _history(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ("history", *arguments), obj={}, standalone_mode=False)


@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 1)])
def test_a_recording_is_judged(times: int, code: int, tmp_path: Path) -> None:
    """A failed package that is asked for again is found, in either export."""
    pairs = (("action", ACTION), ("apiKey", "test-tape"), ("collectionHash", "mock-failed"))
    with MockServer() as fake:
        for _ in range(times):
            requests.get(CallDraft(pairs, "secret-test-tape").request(fake.base_url).url, timeout=10)
        for form in ("har", "ndjson"):
            (tmp_path / form).write_text(requests.get(f"{fake.url}/__admin/requests.{form}", timeout=10).text)
    for form in ("har", "ndjson"):
        done = _history(str(tmp_path / form))
        assert (code, code == 1) == (done.exit_code, "FAILED client.final-state" in done.stdout)


def test_a_file_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    """With what was expected."""
    (tmp_path / "x").write_text("nothing")
    assert "x is neither an HTTP archive (HAR) nor" in str(_history(str(tmp_path / "x")).exception)


def test_nothing_recorded_ends_in_5(tmp_path: Path) -> None:
    """An empty recording proves nothing."""
    (tmp_path / "x").write_text('{"log": {"entries": []}}')
    assert 5 == _history(str(tmp_path / "x")).exit_code
