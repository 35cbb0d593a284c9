"""The steps of signing in their order, each with the vendor's way and the wrong ways for a given request.

Some make one text of the parameters, some change the secret; then the secret is put to the text, the whole may be
rewritten, and it becomes bytes.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flipsnack_mock.doctor.case import Case
from flipsnack_mock.doctor.steps import joining, orders, parameters, rewritings, secret, sending, values, variables
from flipsnack_mock.doctor.steps.chains import Taken, replayed
from flipsnack_mock.doctor.steps.digests import charsets, in_utf_8
from flipsnack_mock.doctor.steps.draft import Data, Draft, Message, Option, Step
from flipsnack_mock.doctor.steps.spellings import Change


class Signing(NamedTuple):
    """The steps in their five stages. Of `places` and `charsets` each signature has one; the first is the vendor's."""

    texts: tuple[Step[Draft], ...]
    secrets: tuple[Step[str], ...]
    places: tuple[Option[Message], ...]
    wholes: tuple[Step[Change], ...]
    charsets: tuple[Option[Data], ...]


def signing(case: Case) -> Signing:
    """The steps for this request."""
    return Signing(
        tuple(Step(right, tuple(options(case))) for right, options in _TEXTS),
        (
            Step(None, tuple(secret.used(case))),
            Step(None, tuple(secret.parts(case))),
            *_SECRETS,
        ),
        (Option("", "", 0, secret.in_front), *secret.placed(case)),
        _WHOLES,
        (Option("", "", 0, in_utf_8), *charsets(case)),
    )


_REWRITTEN = tuple(rewritings.text_options())
_TEXTS: tuple[tuple[Callable[[Draft], Draft] | None, Callable[[Case], Iterable[Option[Draft]]]], ...] = (
    (None, sending.broken),
    (None, sending.blanks),
    (parameters.signed_only, parameters.left_out),
    (None, parameters.others),
    (None, parameters.other_values),
    (None, values.normalised),
    (None, values.spelt),
    (None, values.changed),
    (None, values.deleted),
    (None, values.escaped),
    (None, values.skipped),
    (orders.by_name, orders.ordered),
    (None, variables.unset),
    (joining.joined_plainly, joining.joined),
    (None, lambda _case: _REWRITTEN),
)
_SECRETS = tuple(Step(None, options) for options in rewritings.secret_options())
_WHOLES = tuple(Step(None, options) for options in rewritings.whole_options())


UNCHANGED: Change = str
"""The whole text before it is rewritten."""


class Stages(NamedTuple):
    """What a signature is made of, stage by stage: the wrong ways that were taken in each."""

    texts: Taken
    secrets: Taken
    places: Taken
    wholes: Taken
    charsets: Taken


def begun(case: Case) -> Draft:
    """The parameters as they were sent."""
    return Draft(case.sent, joining.PLAIN)


def signed_text(case: Case, taken: Stages) -> str:
    """The text that was signed, as it is shown to people: with `SHOWN` for the secret."""
    rights = {number: right for number, (right, _) in enumerate(_TEXTS) if right}
    draft = replayed(begun(case), rights, taken.texts)
    shown = replayed(secret.SHOWN, {}, taken.secrets)
    place: Callable[..., Any] = taken.places[0][1].apply if taken.places else secret.in_front
    text, _ = place(draft, shown)
    return replayed(UNCHANGED, {}, taken.wholes)(text)
