import sys
from pathlib import Path

import pytest

from flipsnack_contract.target.app import load_app
from flipsnack_contract.target.target import Request, WsgiTarget


def test_an_app_is_loaded_by_name() -> None:
    """`module:factory`, as on the command line."""
    reply = WsgiTarget(load_app("flipsnack_mock:create_app")).send(Request("GET", "http://x.test/health"))
    assert 200 == reply.status


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("nothing", "expected module:factory"),
        ("no.such.module:app", "cannot be loaded"),
        ("flipsnack_mock.server.app:nothing", "cannot be loaded"),
        ("os:path", "makes no app: TypeError: .*; expected a function that takes no argument"),
        ("os:getcwd", "makes no app but '/.*; expected a function that takes no argument"),
    ],
)
def test_a_wrong_name_is_explained(name: str, match: str) -> None:
    """It says what was given and what was expected."""
    with pytest.raises(ValueError, match=match):
        load_app(name)


def test_an_app_in_the_working_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "an_app_of_mine.py").write_text("def make():\n    return lambda environ, start_response: [b'']\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    assert callable(load_app("an_app_of_mine:make"))
