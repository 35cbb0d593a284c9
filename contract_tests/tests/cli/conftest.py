import sys
from collections.abc import Callable

import pytest

from flipsnack_contract.__main__ import main

Ended = tuple[object, str, str]


@pytest.fixture
def kit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs one command in this process, as it would be typed: its exit code, and what it writes to both streams."""

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["flipsnack-contract", *words])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        return (code, *capsys.readouterr())

    return run
