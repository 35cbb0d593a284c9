"""A diagnosis as text for a terminal."""

from collections.abc import Iterator

from flipsnack_mock.doctor.diagnosis import Cause, Diagnosis
from flipsnack_mock.inspect.printable import printable


def text_report(found: Diagnosis) -> str:
    """The diagnosis as lines: the summary, each cause with its fix, then the expected text and signature."""
    return "\n".join(map(_printable, _lines(found)))


def _lines(found: Diagnosis) -> Iterator[str]:
    yield found.summary
    for number, cause in enumerate(found.causes):
        yield ""
        if number:
            yield "This produces the same signature:"
        yield from _cause_lines(cause)
    yield ""
    yield f"  to sign   {found.canonical}"
    if found.expected is not None:
        yield f"  expected  {found.expected}"
    if found.given:
        yield f"  given     {found.given}"
    if found.notes:
        yield ""
        yield from found.notes


def _cause_lines(cause: Cause) -> Iterator[str]:
    for mistake in cause.mistakes:
        yield f"  {mistake.name}: {mistake.how}"
        yield f"  {' ' * len(mistake.name)}  {mistake.fix}"
    if cause.signed:
        yield f"  signed    {cause.signed}"


def _printable(line: str) -> str:
    """`line` with control characters escaped: the parameters in it come from somebody else."""
    return printable(line, lambda one: repr(one)[1:-1])
