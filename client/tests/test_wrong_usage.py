"""Every option and argument refuses what it does not take in plain words: none of click's reach a user."""

import re
from collections.abc import Iterator

import click
import pytest

from flipsnack_client.cli import COMMANDS, flipsnack
from flipsnack_client.wrong_usage import wrong_usage

LIBRARY = re.compile(
    r"Invalid|No such |Missing|Got unexpected|is not (in the range|a valid|one of)|requires|Did you mean"
)
PLAIN = re.compile(r"expected|is not an option|is missing|needs a value|takes no value|^$")
BAD = ("-1", "0", "9" * 30, "no-such-word", "1.5", "", "1e400", "nan", "[1]", "٣", "1_0")


def wrong_words(name: str) -> Iterator[list[str]]:
    """Wrong words for a command."""
    yield from (["--zzz"], ["a", "b", "c"], [])
    for option in flipsnack.commands[name].params:
        # The command itself tries to read a file, and says why it cannot.
        assert not getattr(option.type, "readable", False)
        if isinstance(option, click.Option):
            flag = option.opts[-1]
            yield from ([flag], [f"{flag}x", "1"], *([f"{flag}={value}"] for value in BAD))


def refused(name: str, words: list[str]) -> str:
    """What is said of them where click refuses them; the command does not run."""
    found = flipsnack.commands[name]
    try:
        found.make_context(name, words, parent=click.Context(flipsnack, info_name="flipsnack"))
    except click.ClickException as wrong:
        return wrong_usage(wrong)
    return ""


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_words_of_a_command_are_refused_in_plain_words(name: str) -> None:
    said = [refused(name, words) for words in wrong_words(name)]
    assert [] == [text for text in said if LIBRARY.search(text) or not PLAIN.search(text)]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["create", "--width=1.5", "a.pdf"], "--width is '1.5': expected a whole number of 1 or more"),
        (["list", "--status=x"], "--status is 'x': expected public, editable or unlisted"),
        (["create", "--width=٣", "a.pdf"], "--width is '٣': expected a whole number of 1 or more"),
        (["status", "--deadline=1_0", "h"], "--deadline is '1_0': expected a number above 0"),
        (["status", "--deadline=0", "h"], "--deadline is '0': expected a number above 0"),
        (["stats", "--start=1.1.2026", "h"], "--start is '1.1.2026': expected a date as in 2026-11-28"),
        (["download", "-o", ".", "h"], "--output is '.': expected a file"),
        (["status", "a", "b"], "unexpected words 'b': expected flipsnack status [OPTIONS] HASH"),
    ],
)
def test_wrong_words_are_named_with_what_was_expected(words: list[str], text: str) -> None:
    assert text == refused(words[0], words[1:])


def test_a_flag_without_its_value_leads_to_the_help_of_its_command() -> None:
    with pytest.raises(click.UsageError) as wrong:
        flipsnack.main(["list", "--query"], prog_name="flipsnack", standalone_mode=False)
    assert wrong.value.ctx is not None
    assert "flipsnack list" == wrong.value.ctx.command_path
