from mock_server.tests.conftest import Fake

from flipsnack_mock.state.magic import listed


def test_the_list_is_served(fake: Fake) -> None:
    answer = fake.admin("GET", "/__admin/magic").json or {}
    assert [row.hash for row in listed()] == [row["hash"] for row in answer["magic"]]
    [row] = [row for row in answer["magic"] if row["hash"] == "mock-error-31-2-times"]
    assert ("mock-error-<code>-<n>-times", 31, "after-2-polls") == (row["pattern"], row["error"], row["schedule"])
    assert "after-<n>-polls" in answer["schedules"]
