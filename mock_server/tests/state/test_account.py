import re

import pytest
from mock_server.tests.conftest import START

from flipsnack_mock.state.account import Collection, account_id, new_account
from flipsnack_mock.state.behaviour import Behaviour
from flipsnack_mock.state.jobs import IllegalMove, Job, State, legal_targets
from flipsnack_mock.state.schedules import parse_schedule
from flipsnack_mock.state.seeds import SeedAccount, SeedCollection

SEED = SeedAccount(key="K", secret="S", collections=(SeedCollection(hash="h", title="T", schedule="after-5s"),))


def test_an_account_begins_as_its_seed_says() -> None:
    account = new_account(SEED, Behaviour())
    assert {"h": Collection(hash="h", title="T", schedule="after-5s")} == account.collections
    assert ("K", "S", [], START) == (account.key, account.secret, account.counted, account.now(START))
    assert State.NEW is account.collections["h"].state(account.behaviour, START)


def test_a_setting_changes_nothing_for_a_job_that_runs() -> None:
    job = Job().polled(parse_schedule("manual"), START, schedule_text="immediate", restart_failed=False)
    collection = Collection(hash="h", job=job)
    assert State.COMPLETE is collection.state(Behaviour(default_schedule="never"), START)


FORCED = {"after-5s": "PROCESSING", "failed": "FAILED", "immediate": "COMPLETE", None: "COMPLETE"}


@pytest.mark.parametrize("target", ["PROCESSING", "COMPLETE", "FAILED"])
@pytest.mark.parametrize(("words", "state"), FORCED.items())
def test_a_conversion_is_forced_along_the_table_of_a_packages_job(words: str | None, state: str, target: str) -> None:
    collection = Collection(hash="h", conversion_schedule=words).conversion_begun(START)
    assert state == collection.conversion_state(START)
    if State(target) in legal_targets(State(state)):
        forced = collection.conversion_forced(State(target), START)
        # What failed is tried again, by the same schedule.
        assert (state if target == "PROCESSING" else target) == forced.conversion_state(START)
    else:
        with pytest.raises(IllegalMove):
            collection.conversion_forced(State(target), START)


def test_the_public_id_has_the_vendors_shape() -> None:
    assert re.fullmatch("[0-9A-F]{11}", account_id("K"))
    assert account_id("K") != account_id("L")
