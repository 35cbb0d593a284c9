from collections.abc import Callable
from typing import Any

import pytest

from flipsnack_mock.protocol.addresses import namespace_of, without_namespace


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
