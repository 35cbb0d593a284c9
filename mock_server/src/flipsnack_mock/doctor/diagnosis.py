"""The diagnosis: the text that should have been signed, the text that was signed instead, and how to fix it."""

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from flipsnack_mock.doctor.case import ANOTHER, OWN, Case
from flipsnack_mock.doctor.search import MOST_CHARACTERS, Explanation, SearchResult, search
from flipsnack_mock.doctor.signature_builder import SignatureBuilder
from flipsnack_mock.doctor.signature_format import describe_format, printed_example
from flipsnack_mock.doctor.signing_variant import SigningVariant
from flipsnack_mock.inspect.masking import Mask

Verdict = Literal["right", "explained", "unexplained", "unsigned", "no-secret"]

_PLACE = "\0"
"""Placeholder for the secret while a text is masked; no parameter contains it."""

_FINDABLE = 6
"""A secret with fewer characters is masked only where it was inserted: it may be part of any word."""


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
    cannot be found out. `tried` counts the variants that were tried; `complete` is false when the request was too long
    to try all of them.
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
    return _masked(_diagnosis(case, most_characters), Mask(case.secrets.get(OWN)))


def _masked(found: Diagnosis, mask: Mask) -> Diagnosis:
    """`found` without the secret in a spelling that a parameter or the signature itself has."""
    causes = tuple(
        replace(
            cause,
            signed=mask.text(cause.signed),
            mistakes=tuple(replace(mistake, how=mask.text(mistake.how)) for mistake in cause.mistakes),
        )
        for cause in found.causes
    )
    return replace(found, canonical=mask.text(found.canonical), given=mask.whole(mask.text(found.given)), causes=causes)


def _diagnosis(case: Case, most_characters: int) -> Diagnosis:
    builder = SignatureBuilder(case)
    seen = Diagnosis(
        verdict="no-secret",
        summary="The secret of this account is unknown here, so the signature cannot be judged. Provide the secret.",
        canonical=_masked_text(case, builder, SigningVariant()),
        given=case.given,
        notes=tuple(describe_format(case.given)),
    )
    if OWN not in case.secrets:
        return seen
    seen = replace(seen, expected=builder.signature(SigningVariant()))
    if not case.given:
        return replace(seen, verdict="unsigned", summary="The request has no signature; the API answers code 30.")
    if (case.given.lower() if case.uppercase else case.given) == seen.expected:
        return replace(seen, verdict="right", summary="The signature is right.", notes=())
    return _searched(case, builder, seen, search(case, most_characters=most_characters))


def _searched(case: Case, builder: SignatureBuilder, seen: Diagnosis, finding: SearchResult) -> Diagnosis:
    causes = tuple(_cause(case, builder, explanation) for explanation in finding.explanations)
    if place := printed_example(case.given):
        causes = (_copied(place), *causes)
    notes = () if causes else (*seen.notes, *_unknown(finding))
    return replace(
        seen,
        verdict="explained" if causes else "unexplained",
        summary=_summary(causes),
        causes=causes,
        notes=notes,
        tried=finding.tried,
        complete=finding.complete,
    )


def _summary(causes: tuple[Cause, ...]) -> str:
    if not causes:
        return "The signature is wrong, and no known mistake or pair of mistakes produces it."
    return " ".join(mistake.what for mistake in causes[0].mistakes)


def _cause(case: Case, builder: SignatureBuilder, explanation: Explanation) -> Cause:
    mistakes = tuple(
        DiagnosedMistake(made.mistake.name, made.mistake.what, made.variant.detail, made.mistake.fix)
        for made in explanation.made
    )
    return Cause(mistakes, _masked_text(case, builder, explanation.signing))


def _copied(place: str) -> Cause:
    mistake = DiagnosedMistake(
        "copied-example",
        "The signature is one that the vendor prints as an example.",
        f"it is printed in {place}",
        "Compute the signature of each request from its own parameters and your secret.",
    )
    return Cause((mistake,), "")


def _unknown(finding: SearchResult) -> Iterator[str]:
    yield f"{finding.tried:,} ways to sign were tried."
    if not finding.complete:
        yield "The diagnosis was cut short: the request is too long to try every pair of mistakes."
    yield "An unknown secret, or a parameter that was signed with an unknown value, cannot be found by trying."
    yield "Compare the text above with the text that the client digests, character by character."


def _masked_text(case: Case, builder: SignatureBuilder, signing: SigningVariant) -> str:
    owner = "[secret]" if signing.secret == OWN else f"[secret of {signing.secret.removeprefix(ANOTHER)}]"
    text = builder.text(signing, signing.secret_template.replace("{}", _PLACE))
    for secret in sorted(case.secrets.values(), key=len, reverse=True):
        if len(secret) >= _FINDABLE:
            text = text.replace(secret, _PLACE)
    return text.replace(_PLACE, owner)
