"""Servers that keep the rules and servers that break one, for pytest runs inside a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import configuration

import flipsnack_contract.plugin.run_hooks  # noqa: F401 - else each run inside a test imports all of it again

SERVERS = '''
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings


def right(**flags):
    return create_app(load_settings(flags=flags, environment={}, file=None)[0])


def long_lived():
    """Breaks url.lives-60s, a MUST."""
    return right(url_lifetime=61)


def without_ranges():
    """Breaks url.ranges, a SHOULD."""
    app = right()
    return lambda environ, start: app({**environ, "HTTP_RANGE": ""}, start)


def refusing():
    """Its control plane makes no key, so that nothing can be judged."""
    app = right()

    def served(environ, start):
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == "/__admin/accounts":
            start("503 Service Unavailable", [])
            return [b"no"]
        return app(environ, start)

    return served


def html():
    """Breaks the format of every answer, whatever is checked."""
    app = right()

    def served(environ, start):
        if "__admin" in environ["PATH_INFO"] or "health" in environ["PATH_INFO"]:
            return app(environ, start)
        start("200 OK", [("Content-Type", "application/json;charset=utf-8")])
        return [b"<html>"]

    return served
'''


@pytest.fixture
def judge(pytester: pytest.Pytester) -> Iterator[Callable[..., pytest.RunResult]]:
    """Runs the plugin in this process, without the cache."""
    pytester.makepyfile(servers=SERVERS)
    pytester.syspathinsert()

    def run(*words: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(
            *("-p", "flipsnack_contract.plugin", "--pyargs", "flipsnack_contract", "-p", "no:cacheprovider"),
            *("-p", "no:html", "-p", "no:metadata", *words),
            no_reraise_ctrlc=True,
        )

    yield run
    configuration.set_hypothesis_home_dir(None)
