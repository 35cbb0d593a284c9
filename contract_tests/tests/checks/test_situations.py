"""The circumstances: every pair of their values is tried, and the manners of sending mean the same."""

from itertools import combinations
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.checks.situations.lives import LIVES
from flipsnack_contract.checks.situations.manners import MANNERS, PLAIN
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.session import CallDraft

VALUES: dict[str, set[Any]] = {name: {row[name] for row in LIVES} for name in LIVES[0]}
DRAFT = CallDraft((("action", "user.getStats"), ("apiKey", "a key"), ("format", "jsonp"), ("callback", "a")), "secret")


def test_every_pair_of_values_is_in_a_life() -> None:
    for one, other in combinations(VALUES, 2):
        assert len(VALUES[one]) * len(VALUES[other]) == len({(row[one], row[other]) for row in LIVES}), (one, other)


def test_every_manner_sends_what_the_call_says_and_signs_what_it_sends() -> None:
    for manner in MANNERS:
        draft = manner.draft(DRAFT)
        sent = parse_qsl(urlsplit(manner.request(draft, "http://x/v1/").url).query, keep_blank_values=True)
        signature = dict(sent).pop("signature")
        assert sorted(draft.parameters) == sorted(pair for pair in sent if pair[0] != "signature")
        assert sign("secret", draft.parameters) == signature
        assert {"action", "apiKey", "format", "callback"} <= {name for name, _ in sent}


def test_the_plain_manner_has_no_part_that_could_be_wrong() -> None:
    assert [] == list(PLAIN.parts())
