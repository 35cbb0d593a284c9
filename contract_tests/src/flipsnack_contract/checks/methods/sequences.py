"""Every event after every other one, and every way to ask: whole answers are compared with the model's."""

from collections.abc import Iterator
from itertools import cycle

from flipsnack_contract.checks.check import CONTROL, check
from flipsnack_contract.checks.methods.stage import EVENTS, staged
from flipsnack_contract.checks.methods.uploaded import EMBED, GET, PACKAGE, STATS
from flipsnack_contract.checks.methods.ways import EMBEDS, LISTS, STATISTICS, spread
from flipsnack_contract.checks.request_cases import FORMATS
from flipsnack_contract.target.session import Session


def _in_turn(first: str) -> Iterator[str]:
    """The first event before and after each that stands behind it in the table."""
    names = list(EVENTS)
    for second in names[names.index(first) :]:
        yield from (first, second)


@check("history.agrees", needs=CONTROL, rows={"first": EVENTS})
def every_event_follows_every_other(session: Session, first: str) -> None:
    """Whatever happens after whatever, every method answers as the rules say, about that collection and another."""
    stage = staged(session)
    asked = cycle(zip(spread(LISTS), cycle(spread(EMBEDS)), cycle(spread(STATISTICS)), cycle(FORMATS)))
    for event in _in_turn(first):
        session.trace.add(f"{event} happens to {stage.subject}")
        EVENTS[event](stage)
        listed, embedded, summed, form = next(asked)
        for name, way in ((GET, {}), (EMBED, embedded), (STATS, summed), (PACKAGE, {})):
            stage.mine.look(name, stage.subject, form, way)
        stage.mine.look(GET, stage.other, form, {})
        stage.mine.listed("json", {})
        stage.mine.listed(form, listed)
        stage.mine.summed(form)
