import pytest
from mock_server.tests.conftest import KEY, Fake, make_fake

from flipsnack_mock import __version__
from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.protocol.methods import INVENTED
from flipsnack_mock.state.magic import listed
from flipsnack_mock.state.settings import setting_docs


def test_health_and_the_rules_ledger_are_served(fake: Fake) -> None:
    expected = {"status": "ok", "service": "flipsnack-mock", "version": __version__}
    assert expected == fake.admin("GET", "/health").get_json()
    served = [entry["id"] for entry in fake.admin("GET", "/__admin/rules").get_json()["rule"]]
    assert [entry["id"] for entry in ledger()["rule"]] == served


def test_the_rules_say_which_names_are_invented_and_what_they_are_called_here() -> None:
    fake = make_fake(invented_names={"flipbooks": "items", "collectionThumbnail": ""})
    shown = fake.admin("GET", "/__admin/rules").get_json()["invented_names"]
    assert set(INVENTED) == set(shown)
    assert ("items", "", "to") == (shown["flipbooks"], shown["collectionThumbnail"], shown["to"])


@pytest.mark.parametrize(("path", "unknown"), [("/__admin", 22), (f"/__admin/accounts/{KEY}", 30)])
def test_maintenance_of_all_or_of_one_account_goes_on_and_off(fake: Fake, path: str, unknown: int) -> None:
    assert {"on": True} == fake.admin("PUT", f"{path}/maintenance", {"on": True}).get_json()
    assert {"on": True} == fake.admin("GET", f"{path}/maintenance").get_json()
    assert [22, unknown] == [fake.call().get_json()["code"], fake.client.get("/v1/").get_json()["code"]]
    fake.admin("PUT", f"{path}/maintenance", {"on": False})
    assert 20 == fake.call().get_json()["code"]


def test_reset_puts_everything_back(fake: Fake) -> None:
    fake.call()
    fake.admin("DELETE", "/__admin/accounts/45FD-267-7SG7832")
    fake.admin("PUT", "/__admin/maintenance", {"on": True})
    assert 200 == fake.admin("POST", "/__admin/reset").status_code
    accounts = fake.admin("GET", "/__admin/accounts").get_json()["accounts"]
    assert {"LK12NS-0-IOBW3S89VVJH12Z", "45FD-267-7SG7832"} == {account["key"] for account in accounts}
    assert KEY not in {account["key"] for account in accounts}
    assert 20 == fake.call().get_json()["code"]


def test_every_setting_is_shown_with_where_it_came_from() -> None:
    shown = make_fake(port=1234).admin("GET", "/__admin/settings").get_json()["settings"]
    assert list(setting_docs()) == list(shown)
    assert {"value": 1234, "source": "--port", "does": setting_docs()["port"]} == shown["port"]
    assert ("default", 60.0) == (shown["url_lifetime"]["source"], shown["url_lifetime"]["value"])


def test_the_list_is_served(fake: Fake) -> None:
    answer = fake.admin("GET", "/__admin/magic").json or {}
    assert [row.hash for row in listed()] == [row["hash"] for row in answer["magic"]]
    [row] = [row for row in answer["magic"] if row["hash"] == "mock-error-31-2-times"]
    assert ("mock-error-<code>-<n>-times", 31, "after-2-polls") == (row["pattern"], row["error"], row["schedule"])
    assert "after-<n>-polls" in answer["schedules"]


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
