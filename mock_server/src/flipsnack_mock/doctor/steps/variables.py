"""What becomes of a text when a variable is read with the letters after it, as a shell reads `$secretaction`."""

from collections.abc import Iterator
from functools import partial

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps.draft import LIKELY, UNLIKELY, Draft, Message, Option, Pairs
from flipsnack_mock.doctor.steps.parameters import option, signed_names

_MOST = 9


def unset(case: Case) -> Iterator[Option[Draft]]:
    """A value is missing with the name after it: that of one parameter, or of all but the last."""
    places = range(len(signed_names(case)) - 1)
    for place in places[:_MOST]:
        detail = f"the value of parameter {place + 1} in signed order is missing, and the name after it"
        yield option("variable-unset", detail, UNLIKELY, partial(_without, places=frozenset({place})))
    yield option("variable-unset", _ALL, UNLIKELY, partial(_without, places=frozenset(places)))


def unset_secret() -> Iterator[Option[Message]]:
    """The secret is missing with the first name: the text begins with the first value, or is the last value alone."""
    detail = "the secret is missing, and the first name: the text begins with the first value"
    yield Option("variable-unset", detail, LIKELY, partial(_message, alone=False))
    yield Option("variable-unset", f"the secret is missing too, and {_ALL}", UNLIKELY, partial(_message, alone=True))


_ALL = "every value but the last is missing, and the name after it"


def _without(pairs: Pairs, places: frozenset[int]) -> Pairs:
    """`pairs` without the values at these places and the names after them."""
    return tuple(
        [
            ("" if place - 1 in places else name, "" if place in places else value)
            for place, (name, value) in enumerate(pairs)
        ]
    )


def _message(draft: Draft, _secret: str, *, alone: bool) -> Message:
    named = draft.pairs[-1:] if alone else draft.pairs
    return draft.join.write((("", named[0][1]), *named[1:])) if named else "", None
