"""Every option refuses what it does not take in plain words: none of click's, argparse's or pytest's reach a user."""

import argparse
import re
from collections.abc import Iterator
from typing import NoReturn

import click
import pytest

from flipsnack_contract.cli.main import cli
from flipsnack_contract.cli.wrong_usage import wrong_usage, wrong_word
from flipsnack_contract.plugin.hooks import reading
from flipsnack_contract.plugin.judged import NotJudgeable
from flipsnack_contract.plugin.option_table import OPTIONS
from flipsnack_contract.plugin.options import Options

LIBRARY = re.compile(
    r"[Ii]nvalid|No such |Missing|Got unexpected|is not (in the range|a valid|one of)|requires|argument|choose"
)
PLAIN = re.compile(r"expected|is not an option|is missing|needs a value|takes no value|^$")
BAD = ("-1", "0", "9" * 30, "no-such-word", "1.5", "", "1e400", "nan", "[1]", "٣", "1_0")
COMMANDS = ("drift", "explain", "list", "adapter check")


def wrong_words(options: list[str]) -> Iterator[list[str]]:
    yield from (["--zzz"], ["a", "b", "c"], [])
    for flag in options:
        yield from ([flag], [f"{flag}x", "1"], *([f"{flag}={value}"] for value in BAD))


def refused_by_click(name: str, words: list[str]) -> str:
    first, _, rest = name.partition(" ")
    found = cli.commands[first]
    if isinstance(found, click.Group):
        found = found.commands[rest]
    try:
        found.make_context(name, words)
    except click.ClickException as wrong:
        return wrong_usage(wrong)
    return ""


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_words_are_refused_in_plain_words(name: str) -> None:
    first, _, rest = name.partition(" ")
    found = cli.commands[first]
    params = (found.commands[rest] if isinstance(found, click.Group) else found).params
    flags = [option.opts[-1] for option in params if isinstance(option, click.Option)]
    said = [refused_by_click(name, words) for words in wrong_words(flags)]
    assert [] == [text for text in said if LIBRARY.search(text) or not PLAIN.search(text)]


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise NotJudgeable(wrong_word(message, "server"))


def refused_by_argparse(words: list[str]) -> str:
    """What is said of words that pytest's parser reads, and of values that it takes and the plugin does not."""
    parser = Parser(allow_abbrev=False)
    for one in OPTIONS:
        parser.add_argument(f"--flipsnack-{one.name}", dest=one.name, **reading(one))
    try:
        given = vars(parser.parse_args(words))
        Options({**given, "rule": None}, {})
    except NotJudgeable as wrong:
        return str(wrong)
    return ""


def test_wrong_words_for_pytest_are_refused_in_plain_words() -> None:
    said = [refused_by_argparse(words) for words in wrong_words([f"--flipsnack-{one.name}" for one in OPTIONS])]
    assert [] == [text for text in said if LIBRARY.search(text) or not PLAIN.search(text)]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("--flipsnack-examples=x", "--examples is 'x': expected a whole number of 1 or more"),
        ("--flipsnack-examples=٣", "--examples is '٣': expected a whole number of 1 or more"),
        ("--flipsnack-examples=0", "--examples is 0: expected a whole number of 1 or more"),
        ("--flipsnack-timeout=nan", "--timeout is nan: expected a number above 0, at most 86,400"),
        ("--flipsnack-timeout=1e400", "--timeout is inf: expected a number above 0, at most 86,400"),
        ("--flipsnack-mode=x", "--mode is 'x': expected persistent or exec"),
        ("--flipsnack-budget=3", "--budget counts the calls of --read-only: expected both, or neither"),
        ("--flipsnack-slow=1", "--slow takes no value"),
        ("--flipsnack-seed", "--seed needs a value"),
        ("--exampels", "--exampels is not an option; did you mean --examples?"),
    ],
)
def test_wrong_words_are_named_with_what_was_expected(words: str, text: str) -> None:
    assert text == refused_by_argparse([words])
