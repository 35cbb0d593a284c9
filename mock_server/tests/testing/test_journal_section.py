import io
import re

import pytest
import requests
from mock_server.tests.conftest import KEY, make_door, signed

from flipsnack_mock.faults.presets import PRESETS
from flipsnack_mock.faults.rules import FaultRule
from flipsnack_mock.inspect.printable import printable
from flipsnack_mock.server.request_log import request_log
from flipsnack_mock.state.settings import load_settings
from flipsnack_mock.testing import MockServer, journal_section


@pytest.mark.parametrize("changes", [{}, {"signature": "wrong"}, {"collectionHash": "no\n\x1b[31msuch"}], ids=str)
@pytest.mark.parametrize("fault", [None, "maintenance", "bad-gateway"])
def test_a_line_is_that_of_the_log(changes: dict[str, str], fault: str | None) -> None:
    door = make_door()
    door.code()
    if fault is not None:
        rule = FaultRule(id="f1", fault=PRESETS[fault].fault, made_at=door.now)
        door.world.existing(KEY).faults["f1"] = rule  # type: ignore[union-attr]  # the call before has made it
    door.call(**changes) if fault != "bad-gateway" else door.send(b"apiKey=test-core")
    written = io.StringIO()
    log = request_log(load_settings(flags={"admin": False}, environment={}, file=None)[0], written)
    assert log is not None
    log(door.entry)
    log.close()
    assert f"{printable(journal_section._line(door.record))}\n" == written.getvalue()


def test_the_last_wrong_signature_is_explained() -> None:
    with MockServer() as server:
        for signature in ("0" * 32, signed()["signature"].upper()):
            requests.get(server.base_url, params=signed(signature=signature), timeout=30)
        text = journal_section.journal_section(server.admin.account(KEY))
    assert ["r1", "r2"] == re.findall(r"(r\d) GET", text)
    assert text.endswith("\nr2: The hexadecimal digits are in upper case.")
