"""Digits are ASCII digits, and the end of a pattern is the end of the text, wherever the fake matches something."""

import re
from pathlib import Path

import pytest

import flipsnack_mock
from flipsnack_mock.state.magic import listed, magic
from flipsnack_mock.state.schedules import parse_schedule

SOURCES = sorted(Path(flipsnack_mock.__file__).parent.rglob("*.py"))
# What a pattern may be written with, but for the flag `re.ASCII`.
LOOSE = re.compile(r"""(?:re\.compile\(|pattern=)[^\n]*(?:\\[dw]|\$"\)?)""")
HASHES = [row.hash for row in listed()]


def test_no_pattern_takes_other_digits_or_a_line_break_at_its_end() -> None:
    found = [(str(source), line) for source in SOURCES for line in LOOSE.findall(source.read_text("utf-8"))]
    assert [] == [(source, line) for source, line in found if "re.ASCII" not in line]


def test_a_magic_hash_has_ascii_digits_and_nothing_behind_it() -> None:
    assert [] == [name for name in HASHES if magic(name) is None]
    arabic = {ord("0") + digit: 0x660 + digit for digit in range(10)}
    changed = {other for name in HASHES for other in (name.translate(arabic), f"{name}\n", f"{name} ")}
    assert [] == [other for other in changed - {*HASHES} if magic(other) is not None]


@pytest.mark.parametrize("words", ["after-\u0663s", "after-\u0663-polls", "half-way-\u0663s", "after-5s\n", "manual\n"])
def test_a_schedule_has_ascii_digits_and_nothing_behind_it(words: str) -> None:
    with pytest.raises(ValueError, match="is not a schedule"):
        parse_schedule(words)
