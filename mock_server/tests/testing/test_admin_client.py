import pytest
from mock_server.tests.conftest import signature_of

from flipsnack_client import Flipsnack
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import AdminClient, AdminError, MockServer


def client(server: MockServer, key: str, secret: str | None = None) -> Flipsnack:
    return Flipsnack(key, secret or f"secret-{key}", base_url=server.base_url)


def test_an_account_is_put_back_after_a_test(server: MockServer) -> None:
    account = server.admin.account("test-put-back")
    polled = client(server, account.key).download_html("mock-after-2-polls")
    polled.poll_once()
    taken = account.snapshot()
    polled.poll_once()
    account.restore(taken)
    assert 1 == account.jobs.show("mock-after-2-polls")["polls"]


def test_a_fork_is_steered_by_its_own_client(server: MockServer) -> None:
    account = server.admin.account("test-original")
    created = account.collections.create(title="Shared", schedule="immediate")
    twin = account.fork("test-copied", "its-own")
    with client(server, twin.key, "its-own") as flipsnack:
        flipsnack.download_html(created["hash"]).poll_once()
    assert "COMPLETE" == twin.jobs.show(created["hash"])["state"]
    assert "NEW" == account.jobs.show(created["hash"])["state"]
    with pytest.raises(AdminError, match="taken"):
        account.fork("test-copied")


def test_the_cause_of_a_44_is_asked_for_by_its_request_id(server: MockServer) -> None:
    account = server.admin.account("test-ill")
    with client(server, account.key, " secret-test-ill") as flipsnack, pytest.raises(Exception, match="44"):
        flipsnack.download_html("mock-complete").poll_once()
    [request] = account.requests.list(code=44)
    [cause] = server.admin.diagnosis(request.id)["signature"]["causes"]
    assert ["secret-altered"] == [mistake["name"] for mistake in cause["mistakes"]]


def test_a_signature_is_explained_without_a_request(server: MockServer) -> None:
    params = {"apiKey": "nobody", "b": "1"}
    sent = params | {"signature": signature_of("mine", params)}
    assert "right" == server.admin.explain(sent, secret="mine")["verdict"]
    assert "no-secret" == server.admin.explain("?apiKey=nobody&signature=x")["verdict"]


def test_the_export_starts_another_server(server: MockServer) -> None:
    server.admin.account("test-exported").collections.create(hash="kept")
    seeds = load_settings(flags={}, environment={}, file=("export.toml", server.admin.export()))[0].seed
    with MockServer(seed=seeds) as other:
        assert "kept" == other.admin.account("test-exported").collections.show("kept")["hash"]


def test_namespaces_and_magic_hashes_are_listed(server: MockServer) -> None:
    with_namespace = AdminClient(server.url, namespace="passing")
    with_namespace.accounts()
    with_namespace.close()
    assert "passing" in server.admin.namespaces()
    server.admin.forget_namespace("passing")
    assert "passing" not in server.admin.namespaces()
    assert "FAILED at the first call" in [row["does"] for row in server.admin.magic() if row["hash"] == "mock-failed"]
