from mock_server.tests.conftest import Fake


def _names(fake: Fake) -> list[str]:
    return list((fake.admin("GET", "/__admin/namespaces").json or {})["namespaces"])


def test_a_namespace_is_listed_once_it_was_used(fake: Fake) -> None:
    """It comes into being by its first request, a call or one of the control plane."""
    assert [] == _names(fake)
    fake.call(prefix="/t/one")
    fake.admin("GET", "/t/two/__admin/accounts")
    assert ["one", "two"] == _names(fake)


def test_a_namespace_that_is_forgotten_begins_anew(fake: Fake) -> None:
    """Nothing of it is left."""
    fake.admin("POST", "/t/one/__admin/accounts", {"key": "a-key"})
    assert 204 == fake.admin("DELETE", "/__admin/namespaces/one").status_code
    assert [] == _names(fake)
    assert 201 == fake.admin("POST", "/t/one/__admin/accounts", {"key": "a-key"}).status_code


def test_a_namespace_that_is_not_there_cannot_be_forgotten(fake: Fake) -> None:
    """404, with those that are there."""
    fake.call(prefix="/t/one")
    answer = fake.admin("DELETE", "/__admin/namespaces/two")
    assert (404, "there is no namespace 'two'; there are: one") == (
        answer.status_code,
        (answer.json or {})["error"]["message"],
    )
