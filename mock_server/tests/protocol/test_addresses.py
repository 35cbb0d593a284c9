from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.protocol.addresses import namespace_of, url_parts, without_namespace


def seen(path: str, *, times: int = 1) -> tuple[str, str]:
    environ: dict[str, Any] = {"PATH_INFO": path}

    def app(inner: dict[str, Any], _start: Callable[..., Any]) -> list[bytes]:
        return [namespace_of(inner).encode(), inner["PATH_INFO"].encode()]

    for _ in range(times):
        name, rest = without_namespace(app)(environ, print)
    return name.decode(), rest.decode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/", ("", "/v1/")),
        ("/t/one/v1/", ("one", "/v1/")),
        ("/t/A.b_c-9/__admin", ("A.b_c-9", "/__admin")),
        ("/t/one/", ("one", "/")),
        ("/t/one", ("", "/t/one")),
        ("/t//v1/", ("", "/t//v1/")),
        ("/t/a b/v1/", ("", "/t/a b/v1/")),
        ("/t/" + "x" * 100 + "/v1", ("x" * 100, "/v1")),
        ("/t/" + "x" * 101 + "/v1", ("", "/t/" + "x" * 101 + "/v1")),
        ("/t/one/v1/a\nb", ("one", "/v1/a\nb")),
    ],
)
def test_the_namespace_is_taken_off_the_path(path: str, expected: tuple[str, str]) -> None:
    assert expected == seen(path)


def test_a_namespace_within_a_namespace_is_no_second_one() -> None:
    assert ("one", "/t/two/v1/") == seen("/t/one/t/two/v1/")
    assert ("one", "/t/two/v1/") == seen("/t/one/t/two/v1/", times=2)


@given(st.text("ab1:/?#[]@%.&="))
def test_any_text_is_taken_apart_as_a_url(text: str) -> None:
    """As `urlsplit` does, where that does not refuse it."""
    url = f"http://{text}"
    found = url_parts(url)
    with suppress(ValueError):
        expected = urlsplit(url)
        assert (expected.netloc, expected.path, expected.query) == found
