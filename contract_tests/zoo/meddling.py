"""How a correct server is broken: something between it and the caller changes what is asked or what is answered."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote

from flipsnack_contract.contract.codes import messages
from flipsnack_contract.contract.signing import sign
from flipsnack_mock.server.app import create_app
from flipsnack_mock.state.settings import load_settings

App = Callable[..., Iterable[bytes]]
Pairs = Sequence[tuple[str, str]]
Made = tuple[str, str, Callable[[], App]]
"""A broken server: its name, the rule that it breaks, and how it is made."""
ACCOUNTS = "/__admin/accounts"


@dataclass(frozen=True)
class Asked:
    """A request on its way to the server, which knows the secret of each key (`secrets`)."""

    environ: dict[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """The verb."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The path."""
        return str(self.environ["PATH_INFO"])

    @property
    def query(self) -> str:
        """The raw query."""
        return str(self.environ["QUERY_STRING"])

    @property
    def body(self) -> bytes:
        """What is sent behind the headers; it can be read again."""
        raw: bytes = self.environ["wsgi.input"].read()
        self.environ["wsgi.input"] = io.BytesIO(raw)
        return raw

    @property
    def secret(self) -> str:
        """The secret of the key that asks; nothing for one that nobody has."""
        return self.secrets.get(self.get("apiKey") or "", "")

    @property
    def collection(self) -> str:
        """Whose collection of which hash it is for."""
        return f"{self.get('apiKey')} {self.get('collectionHash')}"

    @property
    def is_call(self) -> bool:
        """Whether it is a call of the API, rather than a download or a word to the control plane."""
        return self.path.startswith("/v1")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters in the query."""
        return parse_qsl(self.query, keep_blank_values=True, errors="surrogateescape")

    @property
    def is_well_formed(self) -> bool:
        """Whether nothing is there twice or cannot be decoded: what is malformed is not meddled with."""
        names = [name for name, _ in self.pairs]
        text = "".join(name + value for name, value in self.pairs)
        broken = re.search(r"%(?![0-9A-Fa-f]{2})", self.query) or re.search("[\0\udc80-\udcff]", text)
        return len(set(names)) == len(names) and not broken

    def get(self, name: str) -> str | None:
        """A parameter, or None."""
        return dict(self.pairs).get(name)

    def has(self, **changes: Any) -> Asked:
        """The same with other WSGI variables."""
        return replace(self, environ={**self.environ, **changes})

    def asks(self, pairs: Pairs) -> Asked:
        """The same with other parameters."""
        text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
        return self.has(QUERY_STRING=text)

    def signed_anew(self, pairs: Pairs) -> Asked:
        """The same with other parameters, signed rightly if it was before, wrongly otherwise."""
        rest = [pair for pair in pairs if pair[0] != "signature"]
        right = self.get("signature") == sign(self.secret, [pair for pair in self.pairs if pair[0] != "signature"])
        return self.asks([*rest, ("signature", sign(self.secret, rest) if right else "0" * 32)])


@dataclass(frozen=True)
class Answered:
    """An answer on its way back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for found, value in self.headers if found.lower() == name), "")

    def with_header(self, name: str, value: str) -> Answered:
        """The same with a header changed."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name)
        return replace(self, headers=(*kept, (name, value)))

    def says(self, body: bytes) -> Answered:
        """The same with another body."""
        return replace(self.with_header("content-length", str(len(body))), body=body)

    def replaced(self, old: bytes, new: bytes) -> Answered:
        """The same with a part of the body replaced."""
        return self.says(self.body.replace(old, new))


Change = Callable[[Asked], "Asked | Answered"]
Rewrite = Callable[[Asked, Answered], Answered]


def api_answer(code: int, status: str) -> Answered:
    """An answer of the API in JSON."""
    body = json.dumps({"code": code, "status": status}).encode()
    return Answered(200, (("content-type", "application/json; charset=utf-8"),), body)


def fake(**settings: Any) -> App:
    """The fake, with these settings."""
    return create_app(load_settings(flags=settings, environment={}, file=None)[0])


def forward(app: App, asked: Asked) -> Answered:
    """What `app` answers."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app(asked.environ, lambda status, headers, _failure=None: started.append((status, headers))))
    return Answered(int(started[-1][0].split()[0]), tuple(started[-1][1]), body)


def meddled(ask: Change = lambda asked: asked, answer: Rewrite = lambda _asked, answered: answered) -> App:
    """The fake with somebody between: `ask` changes a request or answers it itself, `answer` changes an answer."""
    return between(fake(), ask, answer)


def between(app: App, ask: Change, answer: Rewrite) -> App:
    """`app` with somebody between, who learns the secret of each key when it is made."""
    secrets: dict[str, str] = {}

    def meddling(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = Asked(environ, secrets)
        if asked.method == "POST" and asked.path == ACCOUNTS:
            made = json.loads(asked.body)
            secrets[made["key"]] = made["secret"]
        changed = ask(asked)
        answered = answer(asked, forward(app, changed)) if isinstance(changed, Asked) else changed
        start_response(f"{answered.status} -", list(answered.headers))
        return [answered.body]

    return meddling


def internal(method: str, path: str, query: str = "", body: object = None) -> Asked:
    """A request that a meddler makes of its own."""
    raw = b"" if body is None else json.dumps(body).encode()
    return Asked(
        {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "SERVER_NAME": "in-process.test",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "in-process.test",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(raw),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
    )


def asks(when: Callable[[Asked], bool], then: Callable[[Asked], Asked | Answered]) -> Callable[[], App]:
    """A server that does `then` with the calls that `when` picks, before it looks at them."""
    return lambda: meddled(lambda asked: then(asked) if asked.is_call and when(asked) else asked)


def answers(rewrite: Callable[[Answered], Answered], kind: str = "", when: bytes = b"") -> Callable[[], App]:
    """A server whose answers of that content type, with `when` in them, are rewritten."""

    def change(asked: Asked, answered: Answered) -> Answered:
        fits = asked.is_call and answered.header("content-type").startswith(kind) and when in answered.body
        return rewrite(answered) if fits else answered

    return lambda: meddled(answer=change)


def refuses(code: int, when: Callable[[Asked], bool]) -> Callable[[], App]:
    """A server that gives this code to the calls that `when` picks."""
    return asks(when, lambda _asked: api_answer(code, messages()[code]))
