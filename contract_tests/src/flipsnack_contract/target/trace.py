"""The steps of an example in words, for the reader of a failure. Keys are shortened, signatures left out."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.contract.decoding import Malformed, cut, decode
from flipsnack_contract.contract.ledger import named
from flipsnack_contract.target.target import Reply, Request

_SIGNATURE = re.compile(r"(?<=[?&])(signature|Signature)=[^&\s]*")
_KEY = re.compile(r"(?<=[?&])apiKey=([^&\s]{0,6})[^&\s]*")
FORMS = {"application/json": "json", "application/javascript": "jsonp", "application/xml": "xml"}
MOST = 200


class Trace:
    """The steps of one example, oldest first; beyond 200 the middle is left out."""

    def __init__(self) -> None:
        self._steps: list[str | Callable[[], str]] = []

    def add(self, step: str | Callable[[], str]) -> None:
        """Add a step; a function is called only when the steps are read, which is after a failure."""
        self._steps.append(step)

    def __iter__(self) -> Iterator[str]:
        half, left_out = MOST // 2, len(self._steps) - MOST
        shown = [*self._steps[:half], f"… {left_out} steps …", *self._steps[-half:]] if left_out > 0 else self._steps
        return (masked(step if isinstance(step, str) else step()) for step in shown)


def masked(text: str) -> str:
    """`text` with the value of each signature left out and each API key shortened to six characters."""
    return _KEY.sub(r"apiKey=\1…", _SIGNATURE.sub(r"\1=…", text))


def in_words(request: Request, reply: Reply) -> str:
    """`GET /v1/ with action=…, note=… -> code 20 (OK), status COMPLETE`."""
    sent = _parameters(request)
    return f"{_request(request, sent)} -> {_answer(reply, dict(sent).get('callback'))}"


def _parameters(request: Request) -> list[tuple[str, str]]:
    form = request.body.decode("latin-1") if "form-urlencoded" in request.headers.get("Content-Type", "") else ""
    text = "&".join(filter(None, (urlsplit(request.url).query, form)))
    return parse_qsl(text, keep_blank_values=True) if "action=" in text else []


def _request(request: Request, sent: list[tuple[str, str]]) -> str:
    if sent:
        shown = ", ".join(f"{name}={_hidden(name, value)}" for name, value in sent)
        return f"{request.method} {urlsplit(request.url).path} with {cut(shown)}"
    body = f" with {len(request.body)} bytes" if request.body else ""
    part = f", {request.headers['Range']}" if "Range" in request.headers else ""
    return f"{request.method} {cut(request.url)}{body}{part}"


def _hidden(name: str, value: str) -> str:
    if name == "signature":
        return "…"
    return value[:6] + "…" if name == "apiKey" and len(value) > 6 else cut(value, 80)


def _answer(reply: Reply, callback: str | None) -> str:
    kind, status = reply.content_type or "no content type", f"HTTP {reply.status}, "
    try:
        answer = decode(reply.body, FORMS[kind.partition(";")[0]], callback=callback)
    except (KeyError, Malformed):
        is_text = kind.startswith((*FORMS, "text/"))
        text = f": {cut(reply.body[:600].decode('utf-8', 'replace'))}"
        return f"{status}{kind}{text if is_text else f', {len(reply.body)} bytes'}"
    known = "".join(f", {name} {cut(str(value), 80)}" for name, value in (answer.data or {}).items())
    return f"{'' if reply.status == 200 else status}code {named(answer.code)}{known}"
