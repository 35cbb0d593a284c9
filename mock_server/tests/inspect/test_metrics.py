import flask
import pytest
from prometheus_client.parser import text_string_to_metric_families

from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.server.app import create_app

LABELS = ("namespace", "action", "code", "http_status")


@pytest.fixture(name="app")
def app_fixture() -> flask.Flask:
    return create_app()


def samples(app: flask.Flask) -> dict[tuple[str, ...], float]:
    """The value of each sample, by its name and the values of its labels."""
    text = app.test_client().get("/__admin/metrics").text
    return {
        (sample.name, *(sample.labels[label] for label in LABELS if label in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_action_code_and_status_and_invented_actions_share_one_label(app: flask.Flask) -> None:
    client = app.test_client()
    for _ in range(2):
        client.get("/v1/?apiKey=nobody&signature=x&action=collection.downloadHTML")
    client.get("/t/other/v1/?apiKey=nobody&signature=x&action=user.getStats")
    found = samples(app)
    assert 2 == found["flipsnack_mock_requests_total", "", "collection.downloadHTML", "41", "200"]
    assert 1 == found["flipsnack_mock_requests_total", "other", "user.getStats", "41", "200"]
    for number in range(20):
        client.get(f"/v1/?apiKey=nobody&signature=x&action=invented{number}")
    assert 20 == samples(app)["flipsnack_mock_requests_total", "", "other", "41", "200"]
    assert not [labels for labels in samples(app) if any("invented" in label for label in labels)]


def test_every_method_is_counted_by_its_name(app: flask.Flask) -> None:
    for action, method in (METHODS | UNBUILT).items():
        path = f"/v1/?apiKey=nobody&signature=x&action={action}"
        app.test_client().open(path, method=method.verb)
    counted = {labels[2] for labels in samples(app) if labels[0] == "flipsnack_mock_requests_total"}
    assert {*METHODS, *UNBUILT} == counted


def test_accounts_and_maintenance_are_gauges(app: flask.Flask) -> None:
    client = app.test_client()
    before = samples(app)
    client.post("/__admin/accounts", json={"key": "one-more"})
    client.put("/__admin/maintenance", json={"on": True})
    after = samples(app)
    assert before["flipsnack_mock_accounts", ""] + 1 == after["flipsnack_mock_accounts", ""]
    assert (0, 1) == (before["flipsnack_mock_maintenance", ""], after["flipsnack_mock_maintenance", ""])
