"""A signed call as a curl command for a shell."""

import shlex
from collections.abc import Iterator, Mapping

from flipsnack_client.defaults import BASE_URL, UPLOAD_URL
from flipsnack_client.method import Method


def curl_command(params: Mapping[str, str], base_url: str | None) -> str:
    """Return the command that sends these parameters, of which `file` is the path of an upload."""
    method = Method.named(params.get("action", ""), uploads="file" in params)
    url = base_url or (UPLOAD_URL if method.host == "upload" else BASE_URL)
    words = _posted(params) if method.verb == "POST" else _queried(params)
    return shlex.join(["curl", "-sS", *words, url])


def _queried(params: Mapping[str, str]) -> Iterator[str]:
    yield "-G"
    for name, value in params.items():
        yield from ("--data-urlencode", f"{name}={value}")


def _posted(params: Mapping[str, str]) -> Iterator[str]:
    for name, value in params.items():
        if name == "file":
            # In quotes: a comma or a semicolon would end the path.
            path = value.replace("\\", "\\\\").replace('"', '\\"')
            yield from ("-F", f'file=@"{path}"')
        else:
            # Not -F, in which a value may begin with @ or < for a file.
            yield from ("--form-string", f"{name}={value}")
