from collections.abc import Mapping

import pytest

from flipsnack_contract.contract.library import CollectionModel, LibraryModel
from flipsnack_contract.contract.oracle import JobModel

NOVEMBER, DECEMBER = 1_700_000_000_000_000, 1_702_000_000_000_000
DAYS = ({"date": "2024-02-28", "views": 1}, {"date": "2024-02-29", "views": 2, "pages": [{"page": 1, "views": 3}]})


def _library() -> LibraryModel:
    titles = {"a1": "b Spring", "b2": "A", "c3": "c"}
    made = [CollectionModel(one, title, conversion=JobModel("immediate", 0)) for one, title in titles.items()]
    made[0].days = DAYS
    return LibraryModel(2, now=NOVEMBER, collections=made)


@pytest.mark.parametrize(
    ("asked", "count", "expected"),
    [
        ({}, 3, ["c3", "b2", "a1"]),
        ({"orderMode": "asc"}, 3, ["a1", "b2", "c3"]),
        ({"orderBy": "date", "orderMode": "desc"}, 3, ["c3", "b2", "a1"]),
        ({"from": "1", "to": "1"}, 3, ["b2"]),
        ({"from": "3"}, 3, []),
        ({"query": "SPRING"}, 1, ["a1"]),
        ({"collectionStatus": "unlisted"}, 0, []),
        ({"orderBy": "name"}, 3, ["b2", "a1", "c3"]),
        ({"orderBy": "name", "query": "A"}, 1, ["b2"]),
    ],
)
def test_a_list_is_chosen_ordered_and_then_cut(
    asked: Mapping[str, str], count: int, expected: list[str] | None
) -> None:
    listing = _library().listing(asked)
    assert count == listing["collectionCount"]
    found = listing.get("collections")
    assert expected == (None if found is None else [one["collectionHash"] for one in found])


def test_the_order_of_two_titles_that_differ_first_in_a_mark_is_open() -> None:
    made = [CollectionModel(one, title) for one, title in (("a1", "a b"), ("b2", "a-b"), ("c3", "c"))]
    assert {"collectionCount": 3} == LibraryModel(2, collections=made).listing({"orderBy": "name"})


def test_statistics_are_those_of_the_days_and_deleted_collections_stay_in_the_sums() -> None:
    library = _library()
    first = library.collections[0]
    assert [2, 1] == [
        first.statistics(dates)["views"] for dates in ({"startDate": "2024-02-29"}, {"endDate": "2024-02-28"})
    ]
    assert 3 == first.statistics({"includePageStats": "1"})["pages"][0]["views"]
    first.is_deleted = True
    assert (43, 20) == (library.code_of("collection.getStats", "a1"), library.code_of("collection.getStats", "b2"))
    assert 3 == library.of_user()["views"]


def test_uploads_are_free_again_in_the_next_month_and_none_is_left_below_zero() -> None:
    library = LibraryModel(1, now=NOVEMBER, uploads=[NOVEMBER, NOVEMBER])
    assert 0 == library.uploads_left
    library.now = DECEMBER
    assert 1 == library.uploads_left


def test_a_collection_is_busy_while_it_is_converted_and_has_no_package_when_that_failed() -> None:
    made = CollectionModel("a1", "A", conversion=JobModel("failed-after-2s", NOVEMBER))
    library = LibraryModel(1, now=NOVEMBER, collections=[made])
    assert (38, 20) == (library.code_of("collection.update", "a1"), library.code_of("collection.getEmbed", "a1"))
    library.now += 2_000_000
    assert (20, "FAILED") == (library.code_of("collection.downloadHTML", "a1"), library.package_state(made))
