import errno
from pathlib import Path

import pytest
from flipsnack_contract.adapter.start_error import INTERPRETER, start_error, why_not_startable

from flipsnack_contract.adapter.fault import AdapterFault
from flipsnack_contract.adapter.process import start


def _file(folder: Path, text: str, *, mode: int) -> Path:
    file = folder / "client"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_nothing_speaks_against_a_program_that_is_there(tmp_path: Path) -> None:
    """By its path, and by its name on the PATH."""
    program = _file(tmp_path, "#!/bin/sh\n", mode=0o755)
    assert "" == why_not_startable(str(program))
    assert "" == why_not_startable("client", path=str(tmp_path))


def test_a_missing_program_is_told_from_one_that_is_not_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in this folder is found by ./ only."""
    assert "no such file" == why_not_startable(str(tmp_path / "client"))
    assert "no such command on the PATH" == why_not_startable("no-such-command")
    _file(tmp_path, "#!/bin/sh\n", mode=0o755)
    monkeypatch.chdir(tmp_path)
    assert "it is not on the PATH; to run the file in this folder, write ./client" == why_not_startable("client")


def test_a_file_without_its_bit_is_told_how_to_get_it(tmp_path: Path) -> None:
    """Or how to do without."""
    program = _file(tmp_path, "#!/bin/sh\n", mode=0o644)
    assert why_not_startable(str(program)).startswith(
        f"it is not executable; run `chmod +x {program}`, or put its interpreter first"
    )


def test_a_folder_is_no_program(tmp_path: Path) -> None:
    """It cannot be made executable."""
    assert "it is a folder" == why_not_startable(str(tmp_path))


@pytest.mark.parametrize("first_line", ["print 1\n", "#!/no/such/interpreter\n"])
def test_a_script_that_names_no_interpreter_is_told_so(tmp_path: Path, first_line: str) -> None:
    """The system says that its format is wrong, or that a file which is there is not."""
    program = _file(tmp_path, first_line, mode=0o755)
    with pytest.raises(AdapterFault, match="the interpreter that its first line names does not exist"):
        start([str(program)])


def test_what_we_have_no_words_for_is_told_as_it_came(tmp_path: Path) -> None:
    """A shortage of memory is not the program's fault."""
    program = str(_file(tmp_path, "#!/bin/sh\n", mode=0o755))
    assert "[Errno 12] no memory" == start_error(program, OSError(errno.ENOMEM, "no memory"))
    assert "embedded null byte" == start_error(program, ValueError("embedded null byte"))
    assert INTERPRETER == start_error(program, OSError(errno.ENOEXEC, "Exec format error"))
