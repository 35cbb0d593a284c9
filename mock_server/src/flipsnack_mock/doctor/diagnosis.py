"""The diagnosis: the text that should have been signed, the text that was signed instead, and how to fix it."""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.mistakes import MISTAKES
from flipsnack_mock.doctor.search import MOST_CHARACTERS, Explanation, SearchResult, search
from flipsnack_mock.doctor.signature_format import (
    could_be_digest,
    describe_format,
    is_usual,
    object_text,
    printed_example,
)
from flipsnack_mock.doctor.steps.secret import SHOWN
from flipsnack_mock.doctor.steps.signing import signed_text
from flipsnack_mock.inspect.masking import MASK, Mask
from flipsnack_mock.protocol.identifiers import automatic_secret
from flipsnack_mock.protocol.signature import canonical, sign
from flipsnack_mock.state.seeds import DOCUMENTED_SECRET

Verdict = Literal["right", "explained", "unexplained", "unsigned", "no-secret"]

_FINDABLE = 6
"""A secret with fewer characters is masked only where it was inserted: it may be part of any word."""


_BY_NAME = {mistake.name: mistake for mistake in MISTAKES}


class DiagnosedMistake(msgspec.Struct, frozen=True):
    """One mistake: its name in the table, what went wrong, how exactly, and how to fix it."""

    name: str
    what: str
    how: str
    fix: str


class Cause(msgspec.Struct, frozen=True):
    """Mistakes that together produce the signature that was sent, and the text that was signed with them."""

    mistakes: tuple[DiagnosedMistake, ...]
    signed: str


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The result for one signature.

    `canonical` is the text whose MD5 is the right signature, with the secret masked; `expected` is that signature, or
    None without the account's secret. `causes` are ordered by likelihood. `notes` hold further observations and what
    cannot be found out. `tried` counts the ways to sign that were tried; `complete` is false when the bound of work
    left out unlikely ones.
    """

    verdict: Verdict
    summary: str
    canonical: str
    given: str
    expected: str | None = None
    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    tried: int = 0
    complete: bool = True


def diagnose(case: Case, *, most_characters: int = MOST_CHARACTERS) -> Diagnosis:
    """Diagnose the signature of `case`; the search digests at most `most_characters` characters."""
    return _masked(_diagnosis(case, most_characters), case)


def _masked(found: Diagnosis, case: Case) -> Diagnosis:
    """`found` without the secret in a spelling that a parameter or the signature itself has."""
    mask, hidden = Mask(case.secrets.get(OWN)), [*_with_secrets_of_others(case)]

    def shown(text: str) -> str:
        # In a text to sign it is no word of its own, and it may be encoded there.
        return MASK if hidden else mask.text(text)

    causes = tuple(
        replace(
            cause,
            signed=shown(cause.signed),
            mistakes=tuple(replace(mistake, how=shown(mistake.how)) for mistake in cause.mistakes),
        )
        for cause in found.causes
    )
    text, given = found.canonical, found.given
    for part in hidden:
        text, given = text.replace(part, MASK), given.replace(part, MASK)
    return replace(found, canonical=mask.text(text), given=mask.whole(mask.text(given)), causes=causes)


def _with_secrets_of_others(case: Case) -> Iterator[str]:
    """Names and values of parameters that hold a secret of another account, in a spelling that `_hidden` leaves."""
    mask = Mask(None, case.others)
    for part in (part for pair in case.sent for part in pair):
        left = _hidden(case, part)
        if mask.text(left) != left:
            yield part


def _diagnosis(case: Case, most_characters: int) -> Diagnosis:
    params = dict(case.sent)
    seen = Diagnosis(
        verdict="no-secret",
        summary="The secret of this account is unknown here, so the signature cannot be judged. Provide the secret.",
        canonical=_hidden(case, canonical(SHOWN, params)),
        given=case.given,
        notes=tuple(describe_format(case.given)),
    )
    if OWN not in case.secrets:
        return seen
    seen = replace(seen, expected=sign(case.secrets[OWN], params))
    if not case.given:
        return replace(seen, verdict="unsigned", summary="The request has no signature; the API answers code 30.")
    if (case.given.lower() if case.uppercase else case.given) == seen.expected:
        return replace(seen, verdict="right", summary="The signature is right.", notes=())
    if place := printed_example(case.given):
        return _explained(seen, (Cause((_diagnosed("copied-example", f"it is printed in {place}"),), ""),))
    if writer := object_text(case.given):
        return _explained(seen, (Cause((_diagnosed("object-sent", f"so {writer}"),), ""),))
    finding = search(case, most_characters=most_characters)
    seen = replace(seen, tried=finding.tried, complete=finding.complete)
    if finding.explanations:
        return _explained(seen, tuple(_cause(case, explanation) for explanation in finding.explanations))
    return replace(
        seen, verdict="unexplained", summary=_unexplained(case, finding), notes=(*seen.notes, *_unknown(finding))
    )


def _explained(seen: Diagnosis, causes: tuple[Cause, ...]) -> Diagnosis:
    summary = " ".join(dict.fromkeys(mistake.what for mistake in causes[0].mistakes))
    return replace(seen, verdict="explained", summary=summary, causes=causes, notes=())


def _unexplained(case: Case, finding: SearchResult) -> str:
    if not could_be_digest(case.given):
        return "The signature is not a digest; expected 32 lower-case hexadecimal digits."
    if not finding.alone:
        return f"The search was cut short before every known mistake was tried; {_compared(case)}"
    other = f"Most likely another secret was used; {_compared(case)}"
    return other if is_usual(case.given) else " ".join((*describe_format(case.given), other))


def _compared(case: Case) -> str:
    return f"this account's secret is {_named_secret(case)}."


def _named_secret(case: Case) -> str:
    """The secret of an account of the fake's own, which everybody can know; otherwise what does not give it away."""
    secret = case.secrets[OWN]
    if secret in (automatic_secret(dict(case.sent).get("apiKey", "")), DOCUMENTED_SECRET):
        return secret
    return f"the one that you configured for it ({len(secret)} characters)"


def _cause(case: Case, explanation: Explanation) -> Cause:
    signed = _hidden(case, signed_text(case, explanation.taken))
    return Cause(tuple(_diagnosed(made.mistake, made.detail) for made in explanation.made), signed)


def _diagnosed(name: str, how: str) -> DiagnosedMistake:
    mistake = _BY_NAME[name]
    return DiagnosedMistake(name, mistake.what, how, mistake.fix)


def _unknown(finding: SearchResult) -> Iterator[str]:
    yield f"{finding.tried:,} ways to sign were tried; none produces the signature."
    yield finding.extent
    yield "An unknown secret, or a parameter that was signed with an unknown value, cannot be found by trying."
    yield "Compare the text above with the text that the client digests, character by character."


def _hidden(case: Case, text: str) -> str:
    """`text` without secrets: the account's own is called so."""
    for secret in sorted(case.secrets.values(), key=len, reverse=True):
        if len(secret) >= _FINDABLE:
            text = text.replace(secret, SHOWN)
    return text.replace(SHOWN, "[secret]")
