import pytest
from mock_server.tests.conftest import SECOND, START, Fake

NOW = "2026-09-21T14:13:20.000000Z"


def test_a_clock_shows_virtual_time(fake: Fake) -> None:
    """As text, in microseconds, and whether it stands still."""
    assert {"now": NOW, "now_us": START, "frozen": False} == fake.account("GET", "/clock").get_json()
    fake.pass_seconds(1.5)
    assert START + 1_500_000 == fake.account("GET", "/clock").get_json()["now_us"]


@pytest.mark.parametrize("seconds", [0, 0.000001, 5, 59.999999, 10 * 366 * 24 * 3600])
def test_it_can_be_moved_on(fake: Fake, seconds: float) -> None:
    """By up to ten years at once, running or frozen."""
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
    """ISO 8601 with an offset, or seconds since 1970."""
    assert expected == fake.account("POST", "/clock/set", {"at": at}).get_json()["now_us"]


@pytest.mark.parametrize(
    ("move", "body", "path", "reason"),
    [
        ("advance", {}, "$", "missing required field `seconds`"),
        ("advance", {"seconds": -1}, "$.seconds", "`float` >= 0.0"),
        ("advance", {"seconds": 1e300}, "$.seconds", "`float` <= 316224000"),
        ("advance", {"seconds": "5"}, "$.seconds", "`float`"),
        ("advance", {"minutes": 5}, "$", "unknown field `minutes`"),
        ("set", {}, "$", "missing required field `at`"),
        ("set", {"at": "tomorrow"}, "$.at", "Invalid RFC3339 encoded datetime"),
        ("set", {"at": "2026-09-21T14:13:20"}, "$.at", "`datetime` with a timezone"),
        ("set", {"at": None}, "$.at", "`float | datetime`"),
        ("set", {"at": -1}, "$.at", "`float` >= 0.0"),
        ("set", {"at": "2037-01-01T00:00:00Z"}, "$.at", "more than ten years ahead"),
        ("set", {"at": "9999-12-31T23:59:59Z"}, "$.at", "more than ten years ahead"),
        ("freeze", {"at": 1}, "$", "unknown field `at`"),
    ],
)
def test_a_bad_move_is_refused_by_field(fake: Fake, move: str, body: dict[str, object], path: str, reason: str) -> None:
    """HTTP 400; the clock stays as it is."""
    answer = fake.account("POST", f"/clock/{move}", body)
    refusal = answer.get_json()["error"]
    assert (400, path) == (answer.status_code, refusal["path"])
    assert reason in refusal["message"]
    assert {"now": NOW, "now_us": START, "frozen": False} == fake.account("GET", "/clock").get_json()


def test_it_never_goes_back(fake: Fake) -> None:
    """HTTP 409, with what it shows."""
    answer = fake.account("POST", "/clock/set", {"at": START / SECOND - 1})
    refusal = answer.get_json()["error"]
    assert (409, "conflict", NOW) == (answer.status_code, refusal["type"], refusal["now"])


def test_it_ends_with_the_calendar(fake: Fake) -> None:
    """Ten years at a time lead to a refusal, not to a server error; the API goes on answering."""
    statuses = {
        fake.account("POST", "/clock/advance", {"seconds": 10 * 366 * 24 * 3600}).status_code for _ in range(800)
    }
    assert {200, 409} == statuses
    assert fake.account("GET", "/clock").get_json()["now"].startswith("99")
    assert 20 == fake.call().get_json()["code"]


def test_frozen_time_stands_and_resumed_time_goes_on_from_there(fake: Fake) -> None:
    """A limit or a link then waits for the test alone."""
    fake.account("POST", "/clock/freeze")
    fake.pass_seconds(10)
    assert START == fake.account("GET", "/clock").get_json()["now_us"]
    assert {"now": NOW, "now_us": START, "frozen": False} == fake.account("POST", "/clock/resume").get_json()
    fake.pass_seconds(1)
    assert START + SECOND == fake.account("GET", "/clock").get_json()["now_us"]


def test_jobs_links_and_limits_live_by_it(fake: Fake) -> None:
    """Advancing the clock builds the package, kills its link, and empties both windows."""
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
