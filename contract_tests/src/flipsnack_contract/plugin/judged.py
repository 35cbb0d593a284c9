"""What a run judges, the parts of it that become pytest's items, and why there may be nothing to judge."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flipsnack_contract.contract.decoding import cut
from flipsnack_contract.target.outcome import Exit
from flipsnack_contract.target.result import Result


@dataclass(frozen=True)
class Part:
    """One item: `judge` gives the result, or the results. `rule` is what an error of the part is reported for.

    `alone`: nothing else may use the target meanwhile. `scenarios` is how many of a client run in it, at most.
    """

    name: str
    rule: str
    judge: Callable[[], Result | Iterable[Result]]
    alone: bool = False
    scenarios: int = 0


@dataclass(frozen=True)
class Judged:
    """A server, a client or a recording: its `name` with its version, `notes` for the reader, and its parts.

    `finish` makes one result for each check out of those of all parts; `advice` says what to mend first, if anything.
    `serial` says why several workers cannot judge it; empty when they can.
    """

    name: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    finish: Callable[[Sequence[Result]], tuple[Result, ...]] = tuple
    advice: Callable[[Sequence[Result]], str] = lambda _results: ""
    serial: str = ""


class NotJudgeable(Exception):
    """There is nothing to judge; the text says why and how to mend it, `code` is the exit code."""

    def __init__(self, text: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(cut(text, 2000))
        self.code = code


@contextmanager
def explained() -> Iterator[None]:
    """Turn the errors of files, of the adapter and of the target into `NotJudgeable`, each with its exit code."""
    try:
        yield
    except OSError as wrong:
        if wrong.filename is None:  # of no file, such as a pipe whose reader has ended
            raise
        raise NotJudgeable(f"{wrong.filename}: {wrong.strerror}") from None
    except Exception as trouble:
        known = _not_judgeable(trouble)
        if known is None:
            raise
        raise known from None


def _not_judgeable(trouble: Exception) -> NotJudgeable | None:
    # Imported when something is wrong: `--help` goes through here, too.
    from flipsnack_contract.adapter.fake_server import NoAddress, NoFake, NoPackage
    from flipsnack_contract.adapter.launch import BadUse
    from flipsnack_contract.adapter.messages import AdapterFault
    from flipsnack_contract.contract.assertions import Inconclusive

    if isinstance(trouble, BadUse | NoAddress):
        return NotJudgeable(str(trouble))
    if isinstance(trouble, AdapterFault):
        return NotJudgeable(f"the adapter does not work: {trouble}", Exit.ADAPTER)
    if isinstance(trouble, NoFake | NoPackage | Inconclusive):
        return NotJudgeable(str(trouble), Exit.UNREACHABLE)
    return None
