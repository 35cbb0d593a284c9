"""SIGTERM and SIGHUP end a run as Ctrl-C does, so that what it started ends too."""

import signal
from contextlib import suppress
from types import FrameType

SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """The process got one of `SIGNALS`; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number


def end_like_interrupted() -> None:
    """Raise `Terminated` in the main thread at the first of the signals, unless the program handles it already."""
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            with suppress(ValueError):  # only the main thread may do this
                signal.signal(number, _raise)


def received() -> Terminated | None:
    """What ended this run, if one of the signals did: pytest does not hand the exception on."""
    return _received[0] if _received else None


_received: list[Terminated] = []


def _raise(number: int, _frame: FrameType | None) -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)  # a second one does not interrupt the clearing up
    _received.append(Terminated(number))
    raise _received[0]
