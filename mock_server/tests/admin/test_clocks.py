import pytest
from mock_server.tests.conftest import SECOND, START, Fake

NOW = "2026-09-21T14:13:20.000000Z"


@pytest.mark.parametrize("seconds", [0, 0.000001, 5, 59.999999, 10 * 366 * 24 * 3600])
def test_it_can_be_moved_on(fake: Fake, seconds: float) -> None:
    assert (
        START + round(seconds * SECOND)
        == fake.account("POST", "/clock/advance", {"seconds": seconds}).get_json()["now_us"]
    )
    frozen = fake.account("POST", "/clock/freeze").get_json()
    after = fake.account("POST", "/clock/advance", {"seconds": seconds}).get_json()
    assert (frozen["now_us"] + round(seconds * SECOND), True) == (after["now_us"], after["frozen"])


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW, START),
        ("2026-09-21T14:13:20.000001Z", START + 1),
        ("2026-09-21T16:13:21+02:00", START + SECOND),
        (START / SECOND + 1.5, START + 1_500_000),
        (1790000001, START + SECOND),
    ],
)
def test_it_can_be_set_to_a_later_instant(fake: Fake, at: str | float, expected: int) -> None:
    assert expected == fake.account("POST", "/clock/set", {"at": at}).get_json()["now_us"]


def test_it_never_goes_back(fake: Fake) -> None:
    answer = fake.account("POST", "/clock/set", {"at": START / SECOND - 1})
    refusal = answer.get_json()["error"]
    assert (409, "conflict", NOW) == (answer.status_code, refusal["type"], refusal["now"])


def test_it_ends_with_the_calendar(fake: Fake) -> None:
    statuses = {
        fake.account("POST", "/clock/advance", {"seconds": 10 * 366 * 24 * 3600}).status_code for _ in range(800)
    }
    assert {200, 409} == statuses
    assert fake.account("GET", "/clock").get_json()["now"].startswith("99")
    assert 20 == fake.call().get_json()["code"]


def test_time_passes_stands_while_frozen_and_goes_on_from_there(fake: Fake) -> None:
    assert {"now": NOW, "now_us": START, "frozen": False} == fake.account("GET", "/clock").get_json()
    fake.account("POST", "/clock/freeze")
    fake.pass_seconds(10)
    assert START == fake.account("GET", "/clock").get_json()["now_us"]
    assert {"now": NOW, "now_us": START, "frozen": False} == fake.account("POST", "/clock/resume").get_json()
    fake.pass_seconds(1)
    assert START + SECOND == fake.account("GET", "/clock").get_json()["now_us"]


def test_jobs_links_and_limits_live_by_it(fake: Fake) -> None:
    fake.account("PATCH", "/settings", {"requests_per_second": 1, "requests_per_minute": 2})
    fake.account("POST", "/clock/freeze")
    assert "PROCESSING" == fake.call(collectionHash="mock-after-5s").get_json()["data"]["status"]
    assert 31 == fake.call().get_json()["code"]
    fake.account("POST", "/clock/advance", {"seconds": 5})
    url = fake.call(collectionHash="mock-after-5s").get_json()["data"]["resourceUrl"]
    assert 200 == fake.resource(url).status_code
    fake.account("POST", "/clock/advance", {"seconds": 54.999999})
    assert 32 == fake.call().get_json()["code"]
    fake.account("POST", "/clock/advance", {"seconds": 0.000001})
    assert 20 == fake.call().get_json()["code"]
    assert 200 == fake.resource(url).status_code
    fake.account("POST", "/clock/advance", {"seconds": 5})
    assert 403 == fake.resource(url).status_code
