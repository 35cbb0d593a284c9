"""What click refuses, and argparse for pytest, in the words of all messages: what is wrong, and what was expected."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import click

from flipsnack_contract.plugin.option_table import OPTIONS

_VALUE = re.compile(r"(File )?(?P<value>.+) is (not a valid |not in the range |not one of |a directory).*", re.DOTALL)
_ARGUMENT = re.compile(r"invalid (?:(?P<kind>\w+) value|choice): (?P<value>.*?)(?: \(choose from .*)?", re.DOTALL)
_NUMBERS = {"int": "a whole number", "float": "a number"}
_TOO_MANY = re.compile(r"Got unexpected extra arguments? \((?P<words>.*)\)\.?")


def wrong_usage(wrong: click.ClickException) -> str:
    """What is wrong with the words of a command, in one line without a full stop."""
    words = _WORDS.get(type(wrong).__name__)
    if words is not None:
        return words(wrong)
    if (found := _TOO_MANY.fullmatch(wrong.message)) and (context := getattr(wrong, "ctx", None)):
        usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
        return f"unexpected words {found['words']!r}: expected {usage}"
    return wrong.format_message().rstrip(".")


def wrong_word(said: str, command: str) -> str:
    """What is wrong with a word of `command`, which pytest's parser refused with `said`."""
    unknown = said.removeprefix("unrecognized arguments: ")
    if unknown != said:
        word = unknown.partition(" ")[0].partition("=")[0]
        names = [f"--{one.name}" for one in OPTIONS if command in one.of.split()]
        return f"{word} is not {'an option' if word.startswith('-') else 'expected'}{_question(word, names)}"
    name, _, reason = said.removeprefix("argument ").replace("--flipsnack-", "--").partition(": ")
    if reason.startswith("expected "):
        return f"{name} needs a value"
    if reason.startswith("ignored explicit argument"):
        return f"{name} takes no value"
    refused = _ARGUMENT.fullmatch(reason)
    if not refused:
        return f"{name}: {reason}"
    others = _NUMBERS.get(refused["kind"], "another value")
    expected = next((one.expected for one in OPTIONS if f"--{one.name}" == name), others)
    return f"{name} is {refused['value']}: expected {expected}"


def expected_by(kind: Any) -> str:
    """The values of a type of click, in words."""
    if isinstance(kind, click.Choice):
        *others, last = map(str, kind.choices)
        return f"{', '.join(others)} or {last}" if others else last
    return "a file" if isinstance(kind, click.Path) else "a value"


def _bad_value(wrong: Any) -> str:
    refused = _VALUE.fullmatch(wrong.message)
    # A check of our own says what it expected.
    said = f"{refused['value']}: expected {expected_by(wrong.param.type)}" if refused else wrong.message
    return f"{_name(wrong.param)} is {said}"


def _missing(wrong: Any) -> str:
    return f"{_name(wrong.param)} is missing"


def _no_option(wrong: Any) -> str:
    return f"{wrong.option_name} is not an option{_question(wrong.option_name, wrong.possibilities or ())}"


def _no_command(wrong: Any) -> str:
    known = wrong.ctx.command.list_commands(wrong.ctx)
    question = _question(wrong.command_name, known) or f"; expected one of {', '.join(known)}"
    return f"{wrong.command_name} is not a command{question}"


def _bad_option(wrong: Any) -> str:
    # Neither its context nor the option is told.
    return f"{wrong.option_name} {'takes no value' if 'not take' in wrong.message else 'needs a value'}"


def _question(name: str, names: Any) -> str:
    near = get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _name(param: click.Parameter) -> str:
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name


# By name: a class that is newer than the oldest click cannot be imported.
_WORDS: dict[str, Callable[[Any], str]] = {
    "BadParameter": _bad_value,
    "MissingParameter": _missing,
    "NoSuchOption": _no_option,
    "NoSuchCommand": _no_command,
    "BadOptionUsage": _bad_option,
}
