from mock_server.tests.conftest import Fake


def _names(fake: Fake) -> list[str]:
    return list((fake.admin("GET", "/__admin/namespaces").json or {})["namespaces"])


def test_namespaces_are_created_by_use_listed_and_deleted(fake: Fake) -> None:
    assert [] == _names(fake)
    fake.call(prefix="/t/one")
    fake.admin("POST", "/t/two/__admin/accounts", {"key": "a-key"})
    assert ["one", "two"] == _names(fake)
    assert 204 == fake.admin("DELETE", "/__admin/namespaces/two").status_code
    answer = fake.admin("DELETE", "/__admin/namespaces/two")
    assert (404, "there is no namespace 'two'; there are: one") == (
        answer.status_code,
        (answer.json or {})["error"]["message"],
    )
    assert 201 == fake.admin("POST", "/t/two/__admin/accounts", {"key": "a-key"}).status_code
