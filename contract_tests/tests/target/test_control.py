from collections.abc import Callable

import pytest

from flipsnack_contract.target.control import AccountControl, Control, Refused, find_control
from flipsnack_contract.target.target import HttpTarget, WsgiTarget
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings


def _fake(**settings: object) -> WsgiTarget:
    return WsgiTarget(create_app(load_settings(flags=settings, environment={}, file=None)[0]))


def test_a_control_plane_is_found_beside_v1(fake: WsgiTarget) -> None:
    """It is where `__admin` answers with its routes."""
    assert find_control(fake) is not None


def test_none_is_found_where_there_is_none() -> None:
    """Switched off, not reachable, or a base URL without v1."""
    assert find_control(_fake(admin=False)) is None
    assert find_control(HttpTarget("http://127.0.0.1:1/v1/")) is None
    assert find_control(WsgiTarget(create_app(), base_url="http://x.test/api/")) is None


def test_a_token_opens_a_guarded_one() -> None:
    """Without it the target counts as having none."""
    guarded = _fake(admin_token="let me in")
    assert find_control(guarded) is None
    assert find_control(guarded, token="let me in") is not None


def test_a_refusal_tells_why(fake: WsgiTarget) -> None:
    """With the status and the message of the control plane."""
    control = find_control(fake)
    assert control is not None
    account = control.create_account("control-refusal", "s")
    collection = account.create_collection(schedule="never")
    account.force(collection, "FAILED")
    with pytest.raises(Refused, match="409"):
        account.force(collection, "COMPLETE")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"null", "expected now_us in the answer to POST /clock/freeze, got None"),
        (b'{"now_us":"x"}', "expected now_us"),
        (b'{"now_us":true}', "expected now_us"),
        (b'{"now_us":-1}', "expected now_us"),
        (b'{"now_us":%d}' % 10**18, "expected now_us"),
        (b"[" * 100_000, "no JSON: \\[\\["),
        (b"\x1b[2J", "no JSON: \ufffd\\[2J"),
    ],
)
def test_what_is_no_answer_of_a_control_plane_is_a_refusal(body: bytes, says: str) -> None:
    """It is no error of the check that asked, and its text is cleaned and cut."""

    def app(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [])
        return [body]

    with pytest.raises(Refused, match=says) as caught:
        AccountControl(Control(WsgiTarget(app), "http://x.test/"), "key", "secret").freeze()
    assert len(str(caught.value)) < 500
