"""The order of checks: of two mistakes in one call, the answer names the one that is checked first."""

from __future__ import annotations

from collections.abc import Mapping

from flipsnack_contract.checks.check import check
from flipsnack_contract.checks.request_cases import RequestCase, pairs
from flipsnack_contract.checks.requests import POSTS, Posting, multipart
from flipsnack_contract.contract.assertions import expect_code
from flipsnack_contract.contract.methods import every_method
from flipsnack_contract.target.session import Session


@check("order.checks", methods=every_method, rows=[{"first": first, "second": second} for first, second in pairs()])
def the_earlier_check_wins(session: Session, first: RequestCase, second: RequestCase) -> None:
    """Of two mistakes in one call, the answer names the one that is checked first."""
    # The later one is made first, so that its changes of the account come before an earlier one's maintenance.
    draft = first.make(session, second.make(session, session.draft()))
    # A call with a wrong format is answered as JSON.
    answer = session.read(session.send(draft, paced=first.paced and second.paced), "json")
    expect_code(first.code, answer, f"{first} together with {second}")


UPLOADS: Mapping[str, Posting] = {
    **POSTS,
    "upload": lambda session, pairs: multipart(session, pairs, file=b"%PDF\xff\0"),
}


@check("order.credentials-before-verb", rows={"key": ("not-a-key", "0"), "body": UPLOADS})
def a_post_with_an_unknown_key_is_41(session: Session, key: str, body: str) -> None:
    """A POST with an unknown key is 41, as a form (seen by a public client) and in parts, as uploads are."""
    request = UPLOADS[body](session, session.draft().with_(apiKey=key).signed())
    expect_code(41, session.read(session.send(request)), f"a POST, {body}, with the key {key!r}")
