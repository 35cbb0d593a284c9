import re

import msgspec
import pytest
from mock_server.tests.conftest import START

from flipsnack_mock.state.account import Collection, account_id, new_account
from flipsnack_mock.state.jobs import State
from flipsnack_mock.state.settings import Behaviour, SeedAccount, SeedCollection

SEED = SeedAccount(key="K", secret="S", collections=(SeedCollection(hash="h", title="T", schedule="after-5s"),))


def called(collection: Collection, behaviour: Behaviour, now: int = START) -> Collection:
    schedule, schedule_text = collection.job_schedule(behaviour), collection.schedule_text(behaviour)
    job = collection.job.polled(schedule, now, schedule_text=schedule_text, restart_failed=False)
    return msgspec.structs.replace(collection, job=job)


def test_an_account_begins_as_its_seed_says() -> None:
    account = new_account(SEED, Behaviour())
    assert {"h": Collection(hash="h", title="T", schedule="after-5s")} == account.collections
    assert ("K", "S", [], START) == (account.key, account.secret, account.counted, account.now(START))
    assert State.NEW is account.collections["h"].state(account.behaviour, START)


@pytest.mark.parametrize(("own", "expected"), [(None, "never"), ("manual", "manual")])
def test_a_collection_without_a_schedule_has_the_accounts(own: str | None, expected: str) -> None:
    assert expected == Collection(hash="h", schedule=own).schedule_text(Behaviour(default_schedule="never"))


def test_a_setting_changes_nothing_for_a_job_that_runs() -> None:
    collection = called(Collection(hash="h"), Behaviour(default_schedule="immediate"))
    assert State.COMPLETE is collection.state(Behaviour(default_schedule="never"), START)


def test_the_public_id_has_the_vendors_shape() -> None:
    assert re.fullmatch("[0-9A-F]{11}", account_id("K"))
    assert account_id("K") != account_id("L")
