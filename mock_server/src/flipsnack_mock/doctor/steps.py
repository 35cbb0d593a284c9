"""The steps of signing in their order, each with the vendor's way and the wrong ways for a given request."""

from collections.abc import Callable, Iterable, Iterator

from flipsnack_mock.doctor import joining, parameters, secret_steps, values
from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.digests import charsets, in_utf_8
from flipsnack_mock.doctor.draft import Draft, Option, Step
from flipsnack_mock.doctor.spellings import Rewriting, rewritings

_REWRITINGS = tuple(rewritings())


def steps_of(case: Case) -> tuple[Step, ...]:
    """The steps for this request."""
    steps: tuple[tuple[Callable[[Draft], Draft] | None, Callable[[Case], Iterable[Option]]], ...] = (
        (parameters.signed_only, parameters.left_out),
        (None, parameters.others),
        (None, parameters.other_values),
        (None, values.normalised),
        (None, values.spelt),
        (None, values.changed),
        (None, values.escaped),
        (None, values.skipped),
        (parameters.by_name, parameters.ordered),
        (joining.joined_plainly, joining.joined),
        (None, secret_steps.used),
        (None, secret_steps.parts),
        (None, _secrets),
        (None, _texts),
        (secret_steps.in_front, secret_steps.placed),
        (None, _wholes),
        (in_utf_8, charsets),
    )
    return tuple(Step(right, tuple(options(case))) for right, options in steps)


def begun(case: Case, secret: str | None = None) -> Draft:
    """The draft before the first step, with the account's secret or another."""
    return Draft(case.sent, case.secrets[OWN] if secret is None else secret, joining.PLAIN)


def _secrets(_case: Case) -> Iterator[Option]:
    for one in _REWRITINGS:
        if one.secret:
            yield _rewritten("secret-altered", f"the secret: {one.detail}", one, one.secret, _with_secret)


def _texts(_case: Case) -> Iterator[Option]:
    for one in _REWRITINGS:
        if one.parameters:
            yield _rewritten(one.mistake, f"the joined parameters: {one.detail}", one, one.parameters, _with_text)


def _wholes(_case: Case) -> Iterator[Option]:
    for one in _REWRITINGS:
        if one.whole:
            yield _rewritten(one.mistake, f"the whole text: {one.detail}", one, one.whole, _with_text)


def _with_secret(draft: Draft, change: Callable[[str], str]) -> Draft:
    return Draft(draft.pairs, change(draft.secret), draft.join, draft.text, draft.key)


def _with_text(draft: Draft, change: Callable[[str], str]) -> Draft:
    return Draft(draft.pairs, draft.secret, draft.join, change(draft.text), draft.key)


def _rewritten(
    mistake: str, detail: str, one: Rewriting, cost: int, put: Callable[[Draft, Callable[[str], str]], Draft]
) -> Option:
    change, name = one.change, one.opaque
    show = (lambda draft: put(draft, lambda text: f"{name}({text})")) if name else None
    return Option(mistake, detail, cost, lambda draft: put(draft, change), show)
