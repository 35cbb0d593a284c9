from collections.abc import Iterator

import pytest
from flipsnack_contract.adapter.stderr import StderrFile


@pytest.fixture
def stderr() -> Iterator[StderrFile]:
    """An empty one."""
    made = StderrFile()
    yield made
    made.close()


def test_of_a_flood_the_last_64_kib_are_kept(stderr: StderrFile) -> None:
    """And each part is read once."""
    for number in range(40):
        stderr.file.write(str(number).encode().rjust(4096, b"."))
    kept = stderr.drain()
    assert (64 * 1024, "39", "") == (len(kept), kept[-2:], stderr.drain())
    stderr.file.write(b"more")
    assert "more" == stderr.drain()


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("one\ntwo\n\n", "two"),
        ("", ""),
        ("Error: no such module\n    at run (a.js:1)\n\nNode.js v20\n", "Error: no such module"),
        ("Traceback\nValueError: no\n", "ValueError: no"),
        (
            'Exception in thread "main" java.io.IOException: gone\n\tat A.main(A.java)\n',
            'Exception in thread "main" java.io.IOException: gone',
        ),
        ("a.sh: line 1: jq: command not found\n", "a.sh: line 1: jq: command not found"),
    ],
)
def test_the_last_error_line_is_the_one_that_names_an_error(stderr: StderrFile, printed: str, shown: str) -> None:
    """Where a runtime prints more after it; else the last line, and nothing where there is none."""
    stderr.file.write(printed.encode())
    assert shown == stderr.last_error_line
