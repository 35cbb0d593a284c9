import logging

import pytest

from flipsnack_client.redaction import HIDDEN, hiding, install_mask, masked


def test_queries_and_named_texts_are_masked() -> None:
    text = 'GET "/v1/?apiKey=k&signature=s HTTP/1.1" to https://h/secret/p.zip'
    assert f'GET "/v1/?{HIDDEN} HTTP/1.1" to {HIDDEN}' == masked(text, ("https://h/secret/p.zip",))


def test_only_our_own_calls_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    install_mask()
    install_mask()
    logger = logging.getLogger("urllib3.connectionpool")
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        logger.debug("GET %s", "/theirs?a=b")
        with hiding():
            logger.debug("GET %s", "/ours?a=b")
        logger.debug("GET %s", "/theirs?a=b")
    assert ["GET /theirs?a=b", f"GET /ours?{HIDDEN}", "GET /theirs?a=b"] == caplog.messages
    assert 1 == len(logger.filters)
