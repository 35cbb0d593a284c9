"""The order of checks: when two things are wrong at once, the answer tells which was looked at first."""

from __future__ import annotations

from collections.abc import Mapping

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.request_cases import RequestCase, pairs
from flipsnack_contract.checks.requests import POSTS, Posting, multipart
from flipsnack_contract.contract.assertions import expect_code
from flipsnack_contract.target.session import Session


@check("order.checks", rows=[{"first": first, "second": second} for first, second in pairs()])
def the_earlier_check_wins(session: Session, first: RequestCase, second: RequestCase) -> None:
    """Of two mistakes in one call, the answer names the one that is checked first."""
    # The later one is made first: what it does to the account must not meet the earlier one's maintenance.
    draft = first.make(session, second.make(session, session.draft()))
    # Whatever format was asked for wrongly: such a call is answered as JSON.
    answer = session.read(session.send(draft, paced=first.paced and second.paced), "json")
    expect_code(first.code, answer, f"{first} together with {second}")


UPLOADS: Mapping[str, Posting] = {
    **POSTS,
    "upload": lambda session, pairs: multipart(session, pairs, file=b"%PDF\xff\0"),
}


@check(
    "order.credentials-before-verb", rows=[{"key": key, "body": body} for key in ("not-a-key", "0") for body in UPLOADS]
)
def a_post_with_an_unknown_key_is_41(session: Session, key: str, body: str) -> None:
    """A POST with an unknown key is 41: as a form, as the one public client saw it, and in parts as uploads are."""
    request = UPLOADS[body](session, session.draft().with_(apiKey=key).signed())
    expect_code(41, session.read(session.send(request)), f"a POST, {body}, with the key {key!r}")
