"""What every judging command shares: files for the results, lists of known failures, and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.markup import escape

from flipsnack_contract.contract.clock import today
from flipsnack_contract.expectations import Expectation, ExpectationError, Known, parse_expectations, rewritten
from flipsnack_contract.reports import FORMATS, jsonl, write_reports
from flipsnack_contract.target.result import Outcome, Result, exit_code

__all__ = [
    "Outputs",
    "expect_folders",
    "known_options",
    "output_options",
    "outputs_of",
    "report_options",
    "reported",
]

_Command = Callable[..., Any]
_FILE = click.Path(dir_okay=False)
_FILES = {
    "junit": "Write JUnit XML there.",
    "tap": "Write TAP 14 there.",
    "html": "Write a page for people there, one file.",
    "markdown": "Write Markdown there, for the summary of a CI job.",
    "badge": "Write the JSON of an endpoint badge there.",
}


@dataclass(frozen=True)
class Outputs:
    """Where results go and what is known of them. `partial`: not every check was asked for."""

    files: Mapping[str, str | None]
    jsonl: str | None
    known: Known
    list_file: str | None
    fix: bool
    partial: bool

    def kept(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass the results on, known failures as such; each is written as a line of JSON before the next is awaited.

        Raises `click.UsageError` for a check that both lists cover.
        """
        with ExitStack() as stack:
            file = stack.enter_context(_opened(self.jsonl)) if self.jsonl else None
            for result in results:
                settled = self._settled(result)
                if file is not None:
                    print(jsonl(settled), file=file, flush=True)
                yield settled

    def finish(self, results: Sequence[Result], console: Console) -> int:
        """Write the reports, say what is stale in the lists or rewrite them; the exit code."""
        reported(results, self.files)
        if self.fix:
            known = self._fixed(results, console)
            return exit_code(known.settle(result) for result in results)
        stale = self.known.stale(results, today=today(), complete=not self.partial)
        for sentence in stale:
            console.print(f"stale  {escape(sentence)}", highlight=False, style="yellow", soft_wrap=True)
        return exit_code(results, stale=bool(stale))

    def _settled(self, result: Result) -> Result:
        try:
            return self.known.settle(result)
        except ExpectationError as wrong:
            raise click.UsageError(str(wrong)) from None

    def _fixed(self, results: Sequence[Result], console: Console) -> Known:
        if any(result.outcome is Outcome.BROKEN for result in results):
            raise click.UsageError(
                f"--fix left {self.list_file} as it was: a check could not be carried out, so not all is known"
            )
        text = rewritten(results, self.known.expected, today=today(), version=self.known.version)
        _writing(lambda: Path(str(self.list_file)).write_text(text, encoding="utf-8"))
        console.print(f"wrote {text.count(chr(10))} known failures to {self.list_file}", highlight=False)
        return replace(self.known, expected=parse_expectations(text, str(self.list_file)))


def output_options(command: _Command) -> _Command:
    """Give a command the options that say where results are written."""
    return click.option("--jsonl", type=_FILE, help="Write each result there as a line of JSON.")(
        report_options(command)
    )


def report_options(command: _Command) -> _Command:
    """Give a command the options that name a file for each form of report."""
    return _with([click.option(f"--{name}", type=_FILE, help=_FILES[name]) for name in FORMATS], command)


def known_options(command: _Command) -> _Command:
    """Give a command the options that name the lists of known failures."""
    existing = click.Path(exists=True, dir_okay=False)
    options = (
        click.option("--expected", type=_FILE, help="List of failures that are known: see the kit's README."),
        click.option("--flaky", type=existing, help="List of checks that may fail or pass."),
        click.option("--fix", is_flag=True, help="Rewrite the --expected list as this run, a complete one, has it."),
    )
    return _with(options, command)


def outputs_of(options: Mapping[str, Any], *, partial: bool, version: str = "") -> Outputs:
    """What the options say; `version` is that of the client that is judged. Raises `click.UsageError`."""
    fix = bool(options["fix"])
    if fix and not options["expected"]:
        raise click.UsageError("--fix rewrites the list that --expected names; name one")
    if fix and partial:
        raise click.UsageError("--fix needs a complete run, without -k: a list from a part would forget the rest")
    if options["expected"] and not fix and not Path(options["expected"]).exists():
        raise click.UsageError(f"--expected {options['expected']}: there is no such file; --fix writes one")
    expect_folders([options["jsonl"], *(options[name] for name in FORMATS)])
    return Outputs(
        files={name: options[name] for name in FORMATS},
        jsonl=options["jsonl"],
        known=Known(_listed(options["expected"]), _listed(options["flaky"]), version),
        list_file=options["expected"],
        fix=fix,
        partial=partial,
    )


def reported(results: Sequence[Result], options: Mapping[str, Any]) -> None:
    """Write the reports that the options name. Raises `click.UsageError` for a file that cannot be written."""
    _writing(lambda: write_reports(results, {name: options[name] for name in FORMATS}))


def _with(options: Iterable[Callable[[_Command], _Command]], command: _Command) -> _Command:
    for option in reversed(list(options)):
        command = option(command)
    return command


def _listed(file: str | None) -> tuple[Expectation, ...]:
    if file is None or not Path(file).exists():
        return ()
    try:
        return parse_expectations(Path(file).read_text(encoding="utf-8"), file)
    except (ExpectationError, OSError, UnicodeDecodeError) as wrong:
        raise click.UsageError(str(wrong)) from None


def expect_folders(files: Iterable[str | None]) -> None:
    """Before anything is judged, so that a slip costs no run. Raises `click.UsageError`."""
    for file in files:
        if file is not None and not Path(file).absolute().parent.is_dir():
            raise click.UsageError(f"cannot write {file}: there is no folder {Path(file).parent}")


def _opened(file: str) -> TextIO:
    try:
        # Half a surrogate pair is no text, but a fine escape of JSON.
        return open(file, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as trouble:
        raise _unwritable(trouble) from None


def _writing(write: Callable[[], Any]) -> None:
    try:
        write()
    except OSError as trouble:
        raise _unwritable(trouble) from None


def _unwritable(trouble: OSError) -> click.UsageError:
    return click.UsageError(f"cannot write {trouble.filename}: {trouble.strerror}")
