"""Every option and argument refuses what it does not take in plain words: none of click's reach a user."""

import re
from collections.abc import Iterator

import click
import pytest

from flipsnack_mock.cli.main import COMMANDS, command
from flipsnack_mock.cli.wrong_usage import wrong_usage

LIBRARY = re.compile(
    r"Invalid|No such |Missing|Got unexpected|is not (in the range|a valid|one of)|requires|Did you mean"
)
BAD = ("-1", "0", "9" * 30, "no-such-word", "1.5", "", "1e400", "nan", "[1]")


def words_of(name: str) -> Iterator[list[str]]:
    """Wrong words for a command."""
    yield from (["--zzz"], ["a", "b", "c"], [])
    for option in command.commands[name].params:
        # The command itself tries to read a file, and says why it cannot.
        assert not getattr(option.type, "readable", False)
        if isinstance(option, click.Option):
            flag = option.opts[-1]
            yield from ([flag], [f"{flag}x", "1"], *([f"{flag}={value}"] for value in BAD))


def refused(name: str, words: list[str]) -> str:
    """What is said of them where click refuses them; the command does not run."""
    found = command.commands[name]
    try:
        found.make_context(name, words, parent=click.Context(command, info_name="flipsnack-mock"))
    except click.ClickException as wrong:
        return wrong_usage(wrong)
    return ""


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_words_of_a_command_are_refused_in_plain_words(name: str) -> None:
    said = {words: refused(name, list(words)) for words in map(tuple, words_of(name))}
    assert said["--zzz",] == "--zzz is not an option"
    assert [] == [text for text in said.values() if LIBRARY.search(text)]
    known = r"expected|is not an option|is missing|needs a value|takes no value|^$"
    assert [] == [text for text in said.values() if not re.search(known, text)]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["serve", "--log=loud"], "--log is 'loud': expected pretty, json or off"),
        (["serve", "--por", "1"], "--por is not an option; did you mean --port?"),
        (["serve", "--port"], "--port needs a value"),
        (["serve", "--tls=1"], "--tls takes no value"),
        (["serve", "a", "b"], "unexpected words 'a b': expected flipsnack-mock serve [OPTIONS]"),
        (["health", "--timeout=nan"], "--timeout is 'nan': expected a number above 0, at most 86,400"),
        (["health", "--timeout=1e400"], "--timeout is inf: expected a number above 0, at most 86,400"),
        (["doctor"], "URL is missing"),
    ],
)
def test_wrong_words_are_named_with_what_was_expected(words: list[str], text: str) -> None:
    assert text == refused(words[0], words[1:])


def test_an_unknown_command_is_refused_with_all_or_the_nearest() -> None:
    def said(word: str) -> str:
        with pytest.raises(click.ClickException) as wrong:
            command.main([word], standalone_mode=False)
        return wrong_usage(wrong.value)

    assert "srve is not a command; did you mean serve?" == said("srve")
    assert f"x is not a command; expected one of {', '.join(COMMANDS)}" == said("x")


def test_a_flag_without_its_value_leads_to_the_help_of_its_command() -> None:
    with pytest.raises(click.UsageError) as wrong:
        command.main(["serve", "--port"], prog_name="flipsnack-mock", standalone_mode=False)
    assert wrong.value.ctx is not None
    assert "flipsnack-mock serve" == wrong.value.ctx.command_path
