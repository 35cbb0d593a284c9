import pytest
from mock_server.tests.conftest import KEY, SECOND, Door, make_door, signed

from flipsnack_mock.state.seeds import SeedAccount, SeedCollection

DOCUMENTED_SECRET = "123ABCDE-456-7890-FGH"


def states(door: Door, collection_hash: str, *waits: float) -> list[str]:
    """The status of a first call, and of one more after each of the waits (seconds)."""
    found = [door.call(collectionHash=collection_hash)["data"]["status"]]
    for seconds in waits:
        door.now += round(seconds * SECOND)
        found.append(door.call(collectionHash=collection_hash)["data"]["status"])
    return [status[0] for status in found]


@pytest.mark.parametrize(
    ("words", "waits", "expected"),
    [
        ("immediate", (0,), "CC"),
        ("after-5s", (4.999999, 0.000001), "PPC"),
        ("after-0.5s", (0.5,), "PC"),
        ("after-2-polls", (0, 0, 0), "PPCC"),
        ("half-way-8s", (3.999999, 0.000001), "PPC"),
        ("half-way-8s", (0, 0, 0, 0), "PPPPC"),
        ("manual", (1e6,), "PP"),
        ("never", (1e6,), "PP"),
        ("failed", (0,), "FF"),
        ("failed-after-5s", (4.999999, 0.000001, 1e6), "PPFF"),
        ("failed-after-1-poll", (0, 0), "PFF"),
    ],
)
def test_the_first_call_starts_the_job_and_later_ones_report_it(
    door: Door, words: str, waits: tuple[float, ...], expected: str
) -> None:
    assert expected == "".join(states(door, f"mock-{words}", *waits))


@pytest.mark.parametrize(
    ("own", "settings", "waits", "expected"),
    [
        (None, {}, (4.9, 0.1), "PPC"),
        (None, {"default_schedule": "immediate"}, (), "C"),
        ("failed", {"default_schedule": "never"}, (), "F"),
    ],
)
def test_a_collection_has_its_own_schedule_or_the_default(
    own: str | None, settings: dict[str, str], waits: tuple[float, ...], expected: str
) -> None:
    collection = SeedCollection(hash="own", schedule=own)
    account = SeedAccount(key=KEY, secret=f"secret-{KEY}", collections=(collection,))
    assert expected == "".join(states(make_door(seed=(account,), **settings), "own", *waits))


@pytest.mark.parametrize(("words", "waits"), [("after-1-poll", (0, 0, 0)), ("after-5s", (5, 0, 5))])
def test_a_setting_restarts_what_failed_once_it_was_reported(words: str, waits: tuple[float, ...]) -> None:
    """Otherwise a client would not see a failure that came between its calls; the schedule begins again."""
    assert "PFPF" == "".join(states(make_door(restart_failed=True), f"mock-failed-{words}", *waits))


def test_each_complete_answer_and_no_other_has_a_url_of_its_own(door: Door) -> None:
    assert {"status": "PROCESSING"} == door.call(collectionHash="mock-processing")["data"]
    assert {"status": "FAILED"} == door.call(collectionHash="mock-failed")["data"]
    assert 10 == len({door.call()["data"]["resourceUrl"] for _ in range(10)})


@pytest.mark.parametrize(
    ("key", "own", "foreign"),
    [("LK12NS-0-IOBW3S89VVJH12Z", "d3m0h45h", "fxh4k89"), ("45FD-267-7SG7832", "fxh4k89", "d3m0h45h")],
)
def test_the_documented_examples_work_as_printed(door: Door, key: str, own: str, foreign: str) -> None:
    assert 20 == door.call(signed(DOCUMENTED_SECRET, apiKey=key, collectionHash=own))["code"]
    assert 43 == door.call(signed(DOCUMENTED_SECRET, apiKey=key, collectionHash=foreign))["code"]


@pytest.mark.parametrize(
    ("hint", "hashes"),
    [
        ("", ["nowhere", "Mock-complete", "D3M0H45H", "x" * 9999]),
        ("; /__admin/magic lists the magic ones", ["mock-", "mock-soon", "mock-0mb", "mock-501mb", "mock-error-4"]),
        # 20 is no error, and 99 is not in the vendor's table.
        ("; /__admin/magic lists the magic ones", ["mock-error-20", "mock-error-99"]),
    ],
)
def test_an_unknown_hash_is_code_43_and_the_journal_points_to_the_magic_ones(
    door: Door, hint: str, hashes: list[str]
) -> None:
    for collection_hash in hashes:
        assert {"code": 43, "status": "Forbidden"} == door.call(collectionHash=collection_hash)
        assert f"the account has no collection {collection_hash[:60]!r}{hint}" == door.entry.detail


def test_what_one_key_does_is_never_seen_through_another(door: Door) -> None:
    assert "PPC" == "".join(states(door, "mock-after-2-polls", 0, 0))
    other = door.call(signed("secret-test-other", apiKey="test-other", collectionHash="mock-after-2-polls"))
    assert "PROCESSING" == other["data"]["status"]
