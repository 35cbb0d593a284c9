"""The order of checks: when two things are wrong at once, the answer tells which was looked at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flipsnack_contract.check import check
from flipsnack_contract.checks.requests import form, multipart
from flipsnack_contract.draft import Pairs, encoded
from flipsnack_contract.session import Session
from flipsnack_contract.situations import Situation, pairs
from flipsnack_contract.target import Request
from flipsnack_contract.verdict import expect_code


@check("order.checks", rows=[{"first": first, "second": second} for first, second in pairs()])
def the_earlier_check_wins(session: Session, first: Situation, second: Situation) -> None:
    """Of two mistakes in one call, the answer names the one that is checked first."""
    # The later one is made first: what it does to the account must not meet the earlier one's maintenance.
    draft = first.make(session, second.make(session, session.draft()))
    # Whatever format was asked for wrongly: such a call is answered as JSON.
    answer = session.read(session.send(draft, paced=first.paced and second.paced), "json")
    expect_code(first.code, answer, f"{first} together with {second}")


POSTS: Mapping[str, Callable[[Session, Pairs], Request]] = {
    "form-encoded": lambda session, pairs: form(session, encoded(pairs).encode()),
    "in parts": multipart,
    "in parts, with a file that is no text": lambda session, pairs: multipart(session, pairs, file=b"%PDF\xff\0"),
    "in the query": lambda session, pairs: Request("POST", f"{session.target.base_url}?{encoded(pairs)}"),
}


@check("order.credentials-before-verb", rows=[{"key": key, "how": how} for key in ("not-a-key", "0") for how in POSTS])
def a_post_with_an_unknown_key_is_41(session: Session, key: str, how: str) -> None:
    """A POST with an unknown key is 41: form-encoded as the one public client saw it, in parts as uploads are."""
    request = POSTS[how](session, session.draft().with_(apiKey=key).signed())
    expect_code(41, session.read(session.send(request)), f"a POST {how} with the key {key!r}")
