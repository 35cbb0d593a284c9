from typing import Any

import pytest
from mock_server.tests.conftest import Fake, signed

from flipsnack_mock.state.jobs import TRANSITIONS, Move


def create(fake: Fake, **fields: object) -> str:
    return str(fake.account("POST", "/collections", fields).get_json()["hash"])


def state(fake: Fake, collection_hash: str) -> str:
    return str(fake.account("GET", f"/jobs/{collection_hash}").get_json()["state"])


def test_a_collection_can_be_created_with_all_it_has(fake: Fake) -> None:
    page = {"page": 1, "time_spent": 1, "clicks": 2, "views": 3}
    day = {"date": "2026-01-31", "impressions": 1, "views": 2, "time_spent": 3, "downloads": 4, "pages": [page]}
    wanted = {
        "hash": "abc",
        "title": "Été",
        "pages": 3,
        "package_bytes": 100_000,
        "schedule": "failed",
        "description": "D",
        "status": "unlisted",
        "width": 1,
        "height": 2,
        "conversion_schedule": "immediate",
        "statistics": [day],
    }
    answer = fake.account("POST", "/collections", wanted)
    job = {"hash": "abc", "state": "NEW", "polls": 0, "started_at": None, "schedule": "failed"}
    assert 201 == answer.status_code
    shown = answer.get_json()
    assert wanted | {"deleted": False} == {name: shown[name] for name in (*wanted, "deleted")}
    assert job == {name: value for name, value in shown["job"].items() if name != "legal"}
    assert "FAILED" == fake.call(collectionHash="abc").get_json()["data"]["status"]


def action(fake: Fake, name: str, collection_hash: str | None = None, **params: str) -> dict[str, Any]:
    return dict(fake.call(action=name, collectionHash=collection_hash, **params).get_json())


def test_statistics_are_replaced_and_answered(fake: Fake) -> None:
    collection_hash = create(fake, pages=2)
    pages = [{"page": 2, "time_spent": 5, "clicks": 6, "views": 7}]
    days = [
        {"date": "2024-01-31", "impressions": 1, "views": 2, "time_spent": 3, "downloads": 4, "pages": pages},
        {"date": "2024-02-01", "impressions": 10, "views": 0, "time_spent": 0, "downloads": 0, "pages": []},
    ]
    for sent in ([{"date": "2023-12-31", "views": 99}], days):
        assert 200 == fake.account("PUT", f"/collections/{collection_hash}/statistics", sent).status_code
    assert days == fake.account("GET", f"/collections/{collection_hash}/statistics").get_json()
    assert days == fake.account("GET", f"/collections/{collection_hash}").get_json()["statistics"]
    january = action(fake, "collection.getStats", collection_hash, endDate="2024-01-31", includePageStats="true")
    assert [{"page": 1, "time_spent": 0, "clicks": 0, "views": 0}, *pages] == january["data"].pop("pages")
    assert {"impressions": 1, "views": 2, "time_spent": 3, "downloads": 4} == january["data"]
    assert 11 == action(fake, "user.getStats")["data"]["impressions"]


def test_a_day_of_statistics_is_set_and_forgotten_beside_the_others(fake: Fake) -> None:
    path = f"/collections/{create(fake)}/statistics"
    pages = [{"page": 1, "time_spent": 0, "clicks": 0, "views": 5}]
    fake.account("PUT", path, [{"date": "2024-02-01", "pages": pages}, {"date": "2024-01-01", "views": 1}])
    [first, second] = fake.account("PUT", f"{path}/2024-02-01", {"views": 7}).get_json()
    assert ("2024-01-01", 1, "2024-02-01", 7, pages) == (
        *(first["date"], first["views"]),
        *(second["date"], second["views"], second["pages"]),
    )
    assert [] == fake.account("PUT", f"{path}/2024-02-01", {"pages": []}).get_json()[1]["pages"]
    assert ["2024-02-01"] == [day["date"] for day in fake.account("DELETE", f"{path}/2024-01-01").get_json()]
    refusal = fake.account("PUT", f"{path}/1.2.2024", {"views": 7})
    assert (400, "YYYY-MM-DD") == (refusal.status_code, refusal.get_json()["error"]["expected"])


def test_a_conversion_is_shown_and_forced(fake: Fake) -> None:
    collection_hash = create(fake, conversion_schedule="never")
    shown = fake.account("GET", f"/collections/{collection_hash}").get_json()["conversion"]
    assert {"state": "processing", "polls": 0, "started_at": None, "schedule": "never"} == {
        name: shown[name] for name in ("state", "polls", "started_at", "schedule")
    }
    assert 38 == action(fake, "collection.update", collection_hash)["code"]
    path = f"/collections/{collection_hash}/conversion"
    for state, legal in (("failed", ["processing"]), ("processing", ["complete", "failed"]), ("complete", [])):
        answer = fake.account("PUT", path, {"state": state}).get_json()
        assert (state, legal) == (answer["state"], answer["legal"])
        found = action(fake, "collection.getCollection", collection_hash)["data"]["flipbooks"][0]["flipbookStatus"]
        assert state == found == fake.account("GET", path).get_json()["state"]
    refusal = fake.account("PUT", path, {"state": "failed"})
    assert (409, []) == (refusal.status_code, refusal.get_json()["error"]["legal"])


def test_a_published_collection_is_known_by_its_temporary_hash_too(fake: Fake) -> None:
    temporary = create(fake, status="editable")
    published = action(fake, "collection.update", temporary, collectionStatus="public")["data"]["collectionHash"]
    shown = fake.account("GET", f"/collections/{temporary}").get_json()
    assert (published, "public", 650, 385) == tuple(shown[name] for name in ("hash", "status", "width", "height"))


def test_the_uploads_of_a_month_are_set(fake: Fake) -> None:
    expected = {"month": "2026-09", "count": 998, "left": 2, "months": {"2026-09": 998}}
    assert expected == fake.account("PUT", "/uploads", {"count": 998}).get_json()
    assert 2 == action(fake, "user.getStats")["data"]["api_uploads_left"]
    fake.account("PUT", "/uploads", {"month": "2026-10", "count": 1})
    assert {"2026-09": 998, "2026-10": 1} == fake.account("GET", "/uploads").get_json()["months"]
    assert "$.month" == fake.account("PUT", "/uploads", {"month": "9", "count": 1}).get_json()["error"]["path"]


def test_everything_has_a_default(fake: Fake) -> None:
    create(fake, hash="f000002")
    first, second = (fake.account("POST", "/collections", {}).get_json() for _ in range(2))
    assert (8, 0, "after-5s") == (first["pages"], first["package_bytes"], first["schedule"])
    assert 3 == len({"f000002", first["hash"], second["hash"]})
    assert "PROCESSING" == fake.call(collectionHash=first["hash"]).get_json()["data"]["status"]


@pytest.mark.parametrize("size", [60_000, 1_234_567])
def test_the_package_has_the_size_that_was_asked_for(fake: Fake, size: int) -> None:
    collection_hash = create(fake, package_bytes=size, schedule="immediate", pages=1)
    url = fake.call(collectionHash=collection_hash).get_json()["data"]["resourceUrl"]
    assert size == len(fake.resource(url).data)


def test_a_collection_belongs_to_one_account(fake: Fake) -> None:
    create(fake, hash="abc", schedule="immediate")
    other = signed("secret-test-other", apiKey="test-other", collectionHash="abc")
    assert 43 == fake.client.get("/v1/", query_string=other).get_json()["code"]
    assert 20 == fake.call(collectionHash="abc").get_json()["code"]
    assert {"jobs": []} == fake.admin("GET", "/__admin/accounts/test-other/jobs").get_json()
    assert 409 == fake.account("POST", "/collections", {"hash": "abc"}).status_code
    assert 201 == fake.admin("POST", "/__admin/accounts/test-other/collections", {"hash": "abc"}).status_code


def test_a_deleted_collection_is_code_43_and_its_links_live_out_their_minute(fake: Fake) -> None:
    collection_hash = create(fake, schedule="immediate")
    url = fake.call(collectionHash=collection_hash).get_json()["data"]["resourceUrl"]
    assert fake.account("DELETE", f"/collections/{collection_hash}").get_json()["deleted"]
    assert 43 == fake.call(collectionHash=collection_hash).get_json()["code"]
    assert 200 == fake.resource(url).status_code
    assert fake.account("GET", f"/collections/{collection_hash}").get_json()["deleted"]


def test_a_magic_collection_can_be_shown_and_deleted_before_its_first_use(fake: Fake) -> None:
    assert "NEW" == fake.account("GET", "/collections/mock-complete").get_json()["job"]["state"]
    fake.account("DELETE", "/collections/mock-complete")
    assert 43 == fake.call(collectionHash="mock-complete").get_json()["code"]


@pytest.mark.parametrize("path", ["/collections/nowhere", "/jobs/nowhere", "/collections/mock-soon"])
def test_an_unknown_hash_is_not_found(fake: Fake, path: str) -> None:
    create(fake, hash="abc")
    refusal = fake.account("GET", path).get_json()["error"]
    assert "not_found" == refusal["type"]
    assert refusal["message"].endswith("there are: abc")


def test_jobs_are_listed_with_their_state(fake: Fake) -> None:
    fake.call(collectionHash="mock-manual")
    fake.call(collectionHash="mock-manual")
    expected = {
        "hash": "mock-manual",
        "state": "PROCESSING",
        "polls": 2,
        "started_at": "2026-09-21T14:13:20.000000Z",
        "schedule": "manual",
        "legal": ["COMPLETE", "FAILED"],
    }
    assert {"jobs": [expected]} == fake.account("GET", "/jobs").get_json()
    assert expected == fake.account("GET", "/jobs/mock-manual").get_json()
    for collection_hash in ("mock-complete", "mock-failed"):
        fake.call(collectionHash=collection_hash)
        shown = fake.account("GET", f"/jobs/{collection_hash}").get_json()
        row = TRANSITIONS[shown["state"]]
        assert [target for move, target in row.items() if move is not Move.CALL] == shown["legal"]


@pytest.mark.parametrize("target", ["COMPLETE", "FAILED"])
def test_a_job_is_forced_to_an_end(fake: Fake, target: str) -> None:
    fake.call(collectionHash="mock-manual")
    for collection_hash in ("mock-manual", "mock-never"):
        answer = fake.account("PUT", f"/jobs/{collection_hash}", {"state": target})
        assert target == answer.get_json()["state"]
        assert target == fake.call(collectionHash=collection_hash).get_json()["data"]["status"]


@pytest.mark.parametrize(
    ("collection_hash", "target", "legal"),
    [
        ("mock-complete", "FAILED", []),
        ("mock-complete", "COMPLETE", []),
        ("mock-failed", "COMPLETE", ["PROCESSING"]),
        ("mock-manual", "PROCESSING", ["COMPLETE", "FAILED"]),
        ("mock-manual", "NEW", ["COMPLETE", "FAILED"]),
    ],
)
def test_an_illegal_move_is_refused_with_the_legal_ones(
    fake: Fake, collection_hash: str, target: str, legal: list[str]
) -> None:
    fake.call(collectionHash=collection_hash)
    before = state(fake, collection_hash)
    answer = fake.account("PUT", f"/jobs/{collection_hash}", {"state": target})
    refusal = answer.get_json()["error"]
    assert (409, "conflict", legal) == (answer.status_code, refusal["type"], refusal["legal"])
    assert before == state(fake, collection_hash)


def test_a_failed_job_is_started_again(fake: Fake) -> None:
    fake.call(collectionHash="mock-failed-manual")
    fake.account("PUT", "/jobs/mock-failed-manual", {"state": "FAILED"})
    assert "PROCESSING" == fake.account("PUT", "/jobs/mock-failed-manual", {"state": "PROCESSING"}).get_json()["state"]


def test_a_changed_default_schedule_leaves_finished_jobs_alone(fake: Fake) -> None:
    """COMPLETE stays COMPLETE: `job.never-goes-back`."""
    fake.account("PATCH", "/settings", {"default_schedule": "immediate"})
    collection_hash = create(fake)
    assert "COMPLETE" == fake.call(collectionHash=collection_hash).get_json()["data"]["status"]
    fake.account("PATCH", "/settings", {"default_schedule": "never"})
    assert "COMPLETE" == state(fake, collection_hash)
    fake.call(collectionHash=create(fake))
    assert ["COMPLETE", "PROCESSING"] == [job["state"] for job in fake.account("GET", "/jobs").get_json()["jobs"]]
