"""One request and its answer in words, for the reader of a failure."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from flipsnack_contract.contract.decoding import Answer, Malformed, decode
from flipsnack_contract.contract.ledger import named
from flipsnack_contract.target.target import Reply, Request

FORMS = {"application/json": "json", "application/javascript": "jsonp", "application/xml": "xml"}
LONGEST = 300


def in_words(request: Request, reply: Reply) -> str:
    """`GET /v1/ with action=…, note=… -> code 20 (OK), status COMPLETE`."""
    sent = _parameters(request)
    return f"{_request(request, sent)} -> {_answer(reply, dict(sent).get('callback'))}"


def _parameters(request: Request) -> list[tuple[str, str]]:
    form = request.body.decode("latin-1") if "form-urlencoded" in request.headers.get("Content-Type", "") else ""
    text = "&".join(filter(None, (urlsplit(request.url).query, form)))
    return parse_qsl(text, keep_blank_values=True) if "action=" in text else []


def _request(request: Request, sent: list[tuple[str, str]]) -> str:
    if not sent:
        body = f" with {len(request.body)} bytes" if request.body else ""
        return f"{request.method} {_cut(request.url)}{body}{_range(request.headers)}"
    shown = ", ".join(f"{name}={_hidden(name, value)}" for name, value in sent)
    return f"{request.method} {urlsplit(request.url).path} with {_cut(shown)}"


def _range(headers: Mapping[str, str]) -> str:
    return f", {headers['Range']}" if "Range" in headers else ""


def _hidden(name: str, value: str) -> str:
    if name == "signature":
        return "…"
    return value[:6] + "…" if name == "apiKey" and len(value) > 6 else _cut(value, 80)


def _answer(reply: Reply, callback: str | None) -> str:
    status = "" if reply.status == 200 else f"HTTP {reply.status}, "
    form = FORMS.get(reply.content_type.partition(";")[0])
    try:
        return status + _read(decode(reply.body, form, callback=callback)) if form else _raw(reply)
    except Malformed:
        return _raw(reply)


def _read(answer: Answer) -> str:
    known = (
        ""
        if answer.data is None
        else "".join(f", {name} {_cut(str(value), 80)}" for name, value in answer.data.items())
    )
    return f"code {named(answer.code)}{known}"


def _raw(reply: Reply) -> str:
    kind = reply.content_type or "no content type"
    if kind.startswith(("application/json", "application/javascript", "application/xml", "text/")):
        return f"HTTP {reply.status}, {kind}: {_cut(reply.body[: 2 * LONGEST].decode('utf-8', 'replace'))}"
    return f"HTTP {reply.status}, {kind}, {len(reply.body)} bytes"


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
