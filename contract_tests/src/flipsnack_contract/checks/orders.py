"""The order of checks: when two things are wrong at once, the answer tells which was looked at first."""

from __future__ import annotations

from flipsnack_contract.check import check
from flipsnack_contract.checks.requests import form, multipart
from flipsnack_contract.draft import encoded
from flipsnack_contract.session import Session
from flipsnack_contract.situations import Situation, pairs
from flipsnack_contract.verdict import expect_code


@check("order.checks", rows=[{"first": first, "second": second} for first, second in pairs()])
def the_earlier_check_wins(session: Session, first: Situation, second: Situation) -> None:
    """Of two mistakes in one call, the answer names the one that is checked first."""
    # The later one is made first: what it does to the account must not meet the earlier one's maintenance.
    draft = first.make(session, second.make(session, session.draft()))
    # Whatever format was asked for wrongly: such a call is answered as JSON.
    answer = session.read(session.send(draft, paced=first.paced and second.paced), "json")
    expect_code(first.code, answer, f"{first} together with {second}")


@check(
    "order.credentials-before-verb",
    rows=[{"key": key, "parts": parts} for key in ("not-a-key", "0") for parts in (False, True)],
)
def a_post_with_an_unknown_key_is_41(session: Session, key: str, *, parts: bool) -> None:
    """A POST with an unknown key is 41, form-encoded as the one public client saw it, or in parts as uploads are."""
    pairs = session.draft().with_(apiKey=key).signed()
    request = multipart(session, pairs) if parts else form(session, encoded(pairs).encode())
    expect_code(41, session.read(session.send(request)), f"a POST with the key {key!r}")
