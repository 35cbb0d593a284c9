import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(sys.executable).parent
# Python runs a module of this name as it starts. It presses Ctrl-C in the middle of an import.
PRESSED = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize(
    ("command", "module"),
    [
        (("flipsnack", "--help"), "flipsnack_client.cli"),
        (("flipsnack", "--help"), "click.core"),
        (("flipsnack", "status", "h"), "flipsnack_client.deadline_adapter"),
        (("flipsnack", "status", "h"), "requests.sessions"),
        (("flipsnack-mock", "--help"), "flipsnack_mock.cli"),
        (("flipsnack-mock", "--help"), "click.core"),
        (("flipsnack-mock", "serve", "--port", "0"), "flipsnack_mock.server.fake"),
        (("flipsnack-mock", "serve", "--port", "0"), "uvicorn.config"),
        (("flipsnack-contract", "--help"), "flipsnack_contract.cli"),
        (("flipsnack-contract", "--help"), "click.core"),
        (("flipsnack-contract", "list"), "hypothesis.core"),
        (("flipsnack-contract", "server", "--app", "flipsnack_mock:create_app"), "flipsnack_contract.checks.runner"),
    ],
)
def test_ctrl_c_while_a_command_starts_is_one_word_and_130(
    tmp_path: Path, command: tuple[str, ...], module: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(PRESSED.format(module=module))
    program, *arguments = command
    done = subprocess.run(
        [PROGRAMS / program, *arguments],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (130, "", "interrupted") == (done.returncode, done.stdout, done.stderr.strip())
