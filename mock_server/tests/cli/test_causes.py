from typing import Any

import pytest
from mock_server.tests.conftest import KEY, SECOND, SECRET, START, signed
from werkzeug.test import Client

from flipsnack_mock.cli.causes import Causes
from flipsnack_mock.server.fake import Fake
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.seeds import SeedAccount
from flipsnack_mock.state.settings import Settings

REFUSED = "the signature does not match the parameters"
OTHER_SECRET = f"{REFUSED}: most likely another secret was used; this account's secret is"
WRONG = {"signature": "0" * 32}
UPPER = {"signature": signed()["signature"].upper()}
OWN = (SeedAccount(key=KEY, secret="kept-to-myself"),)


def logged(*calls: dict[str, Any], seed: tuple[SeedAccount, ...] = ()) -> tuple[Causes, list[Entry]]:
    """What explains the entries of `calls`, looked at twice a second, as the log gets them."""
    entries: list[Entry] = []
    fake = Fake(Settings(seed=seed, requests_per_second=0), now=lambda: START, on_exchange=entries.append)
    for call in calls:
        Client(fake.wsgi_app).get("/t/ci/v1/", query_string=signed(**call))
    times = iter(range(0, 100 * SECOND, SECOND // 2))
    return Causes(fake.worlds, lambda: next(times)), entries


@pytest.mark.parametrize(
    ("seed", "call", "why"),
    [
        ((), WRONG, f"{OTHER_SECRET} {SECRET}"),
        (OWN, WRONG, f"{OTHER_SECRET} the one that you configured for it (14 characters)"),
        ((), UPPER, f"{REFUSED}: the hexadecimal digits are in upper case"),
        ((), {}, ""),
        ((), {"collectionHash": "nowhere"}, "the account has no collection 'nowhere'"),
    ],
    ids=["another secret", "a secret of one's own", "a known mistake", "no mistake", "another refusal"],
)
def test_the_log_has_the_cause_of_a_wrong_signature(
    seed: tuple[SeedAccount, ...], call: dict[str, str], why: str
) -> None:
    causes, (entry,) = logged(call, seed=seed)
    assert why == causes(entry).detail


def test_one_signature_in_a_second_is_diagnosed() -> None:
    causes, entries = logged(*[UPPER] * 3)
    found = [causes(entry).detail for entry in entries]
    assert [True, False, True] == [one.endswith("upper case") for one in found]
