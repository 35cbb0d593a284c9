"""A second correct server, written from the rules alone: the broken servers are made of it.

It shares no code with the fake or the kit, so a check that passes on the fake only by an accident of the fake fails
here. Every step is a method or a table, so that breaking one rule takes a few lines.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from contract_tests.zoo.alt_accounts import MINUTE, SECOND, Account
from contract_tests.zoo.alt_downloads import Downloads, HttpAnswer
from contract_tests.zoo.alt_request import Call, Pair, decode, pairs_in_parts, pairs_in_text

Fields = dict[str, Any]
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
RESERVED = """break case catch class const continue debugger default delete do else enum export extends false finally
    for function if import in instanceof new null return super switch this throw true try typeof var void while with"""


class Refusal(Exception):
    """An answer of the API with another code than 20."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class AltServer(Downloads):
    """A WSGI application; each instance has accounts of its own. `breaks` is the rule that it breaks: none."""

    breaks = ""
    checks: Sequence[str] = (
        "well_formed",
        "format",
        "maintenance",
        "required",
        "key",
        "limits",
        "action",
        "verb",
        "signature",
        "parameters",
        "collection",
    )
    messages: Mapping[int, str] = {
        20: "OK",
        22: "Maintenance mode",
        30: "Missing mandatory parameter",
        31: "Requests per second limit exceeded",
        32: "Requests per minute limit exceeded",
        40: "Bad request",
        41: "Invalid credentials",
        42: "Invalid action",
        43: "Forbidden",
        44: "Invalid signature",
        46: "Invalid collection",
    }
    limits: Sequence[tuple[int, int, int]] = ((31, 5, SECOND), (32, 60, MINUTE))
    content_types: Mapping[str, str] = {
        "json": "application/json",
        "jsonp": "application/javascript",
        "xml": "application/xml",
    }
    reserved = frozenset(RESERVED.split())
    xml_root = "response"

    def __init_subclass__(cls, *, breaks: str = "") -> None:
        if breaks:
            cls.breaks = breaks

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read()
        if path.startswith("/__admin"):
            status, said = self.control(method, path, json.loads(body or "{}"))
            answer: HttpAnswer = status, {"Content-Type": "application/json"}, json.dumps(said).encode()
        elif path.startswith("/packages/"):
            answer = self.download(f"{path}?{environ['QUERY_STRING']}", environ)
        elif not path.startswith("/v1"):
            answer = 404, {"Content-Type": "text/plain"}, b"not found"
        else:
            origin = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"
            query, content_type = environ["QUERY_STRING"], environ.get("CONTENT_TYPE", "")
            answer = self.answer(Call(method, path, query, content_type, body, origin))
        status, headers, body = answer
        start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(body)))])
        return [b"" if method == "HEAD" else body]

    # --- one call of the API

    def answer(self, call: Call) -> HttpAnswer:
        """Read the call, check it in order, carry it out, write the answer."""
        self.read(call)
        try:
            for name in self.checks:
                getattr(self, f"check_{name}")(call)
            said = self.envelope(call, 20, self.run(call))
        except Refusal as refusal:
            said = self.envelope(call, refusal.code)
        return self.write(call, said)

    def read(self, call: Call) -> None:
        """Find parameters and account; of a malformed call as much as can be read."""
        try:
            pairs = [(self.decode_name(name), self.decode_value(value)) for name, value in self.raw_pairs(call)]
            call.params = self.parameters(pairs)
            call.is_malformed = self.has_duplicates(pairs) or "" in call.params
        except ValueError:
            call.is_malformed = True
        call.found_account = self.accounts.get(call.get("apiKey"))

    def raw_pairs(self, call: Call) -> list[Pair]:
        """The escaped parameters of query and body; raises `ValueError`."""
        in_query = pairs_in_text(call.query.encode("latin-1"))
        if call.method != "POST" or not call.body:
            return in_query
        if call.content_type.startswith("multipart/form-data"):
            return in_query + pairs_in_parts(call.content_type, call.body)
        if call.content_type.startswith("application/x-www-form-urlencoded"):
            return in_query + pairs_in_text(call.body)
        raise ValueError("expected a form")

    def decode_name(self, raw: bytes) -> str:
        """The text of an escaped name; raises `ValueError`."""
        return decode(raw)

    def decode_value(self, raw: bytes) -> str:
        """The text of an escaped value; raises `ValueError`."""
        return decode(raw)

    def parameters(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        """The parameters by name."""
        return dict(pairs)

    def has_duplicates(self, pairs: list[tuple[str, str]]) -> bool:
        """Whether a parameter is there twice."""
        return len(dict(pairs)) != len(pairs)

    # --- the checks

    def check_well_formed(self, call: Call) -> None:
        self.require(not call.is_malformed, 40)
        self.require(call.path in ("/v1", "/v1/") and call.method in ("GET", "POST"), 40)

    def check_format(self, call: Call) -> None:
        form = self.requested_format(call)
        self.require(form in self.content_types, 40)
        self.require(form != "jsonp" or bool(self.callback(call)), 30)
        self.require(form != "jsonp" or self.is_callback(self.callback(call)), 40)

    def check_maintenance(self, call: Call) -> None:
        account = call.found_account
        self.require(not (self.in_maintenance or (account and account.in_maintenance)), 22)

    def check_required(self, call: Call) -> None:
        self.require(all(map(call.get, ("apiKey", "signature", "action"))), 30)

    def check_key(self, call: Call) -> None:
        self.require(call.found_account is not None, 41)

    def check_limits(self, call: Call) -> None:
        for code, most, window in self.limits:
            self.require(self.calls_within(window, call.account) < most, code)
        call.account.counted.append(call.account.now)

    def calls_within(self, window: int, account: Account) -> int:
        """How many counted calls the window that ends now holds."""
        return sum(account.now - instant < window for instant in account.counted)

    def check_action(self, call: Call) -> None:
        self.require(call.get("action") == "collection.downloadHTML", 42)

    def check_verb(self, call: Call) -> None:
        self.require(call.method == "GET", 40)

    def check_signature(self, call: Call) -> None:
        self.require(self.is_signed(call), 44)

    def check_parameters(self, call: Call) -> None:
        self.require(bool(call.get("collectionHash")), 30)

    def check_collection(self, call: Call) -> None:
        collection = call.account.collections.get(call.get("collectionHash"))
        self.require(collection is not None and not collection.is_deleted, 43)
        call.found_collection = collection

    def require(self, condition: bool, code: int) -> None:
        """Raise `Refusal` unless the condition holds."""
        if not condition:
            raise Refusal(code)

    # --- the signature

    def is_signed(self, call: Call) -> bool:
        """Whether the signature is the one of the call."""
        return call.get("signature") == self.signature(call, call.account.secret)

    def signature(self, call: Call, secret: str) -> str:
        """The signature of a call by a secret."""
        return self.digest(self.signed_text(secret, self.signed_pairs(call)))

    def signed_pairs(self, call: Call) -> list[tuple[str, str]]:
        """Names and values in the order in which they are signed."""
        return sorted((name, value) for name, value in call.params.items() if name not in ("signature", "file"))

    def signed_text(self, secret: str, pairs: list[tuple[str, str]]) -> str:
        """What is hashed."""
        return secret + "".join(name + value for name, value in pairs)

    def digest(self, text: str) -> str:
        """The digest of what is hashed."""
        return hashlib.md5(text.encode()).hexdigest()

    # --- the job

    def run(self, call: Call) -> dict[str, Any]:
        """Start or poll the job; the data of the answer."""
        account, collection = call.account, call.collection
        self.start(collection, account.now)
        collection.polls += 1
        state = self.state(collection, account.now)
        url = {"resourceUrl": call.origin + self.issue(account, collection)} if state == "COMPLETE" else {}
        return {"status": state, **url}

    # --- how an answer is written

    def envelope(self, call: Call, code: int, data: dict[str, Any] | None = None) -> Fields:
        """What an answer says, in whatever format."""
        return {"code": code, "status": self.message(call, code), **({} if data is None else {"data": data})}

    def message(self, _call: Call, code: int) -> str:
        """The text that belongs to a code."""
        return self.messages[code]

    def write(self, call: Call, said: Fields) -> HttpAnswer:
        """The HTTP answer in the format that was asked for; JSON where that cannot be known."""
        form = self.requested_format(call)
        is_known = form in self.content_types and (form != "jsonp" or self.is_callback(self.callback(call)))
        form = form if is_known and not call.is_malformed else "json"
        headers = {"Content-Type": f"{self.content_types[form]}; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        write = {"json": self.json, "jsonp": self.jsonp, "xml": self.xml}[form]
        return self.http_status(said), headers, write(said, call).encode("utf-8", "surrogatepass")

    def requested_format(self, call: Call) -> str:
        """The format that a call asks for, known or not."""
        return call.get("format") or "json"

    def callback(self, call: Call) -> str:
        """The callback that a call names; "" when it names none."""
        return call.get("callback")

    def is_callback(self, text: str) -> bool:
        """Whether a text is a dotted path of identifiers."""
        return all(IDENTIFIER.fullmatch(part) and part not in self.reserved for part in text.split("."))

    def http_status(self, _said: Fields) -> int:
        """The HTTP status of an answer."""
        return 200

    def json(self, said: Fields, _call: Call) -> str:
        return json.dumps(said)

    def jsonp(self, said: Fields, call: Call) -> str:
        return f"/**/{self.callback(call)}({json.dumps(said).replace('<', chr(92) + 'u003c')});"

    def xml(self, said: Fields, _call: Call) -> str:
        return self.element(self.xml_root, said)

    def element(self, name: str, value: object) -> str:
        """An XML element with all that is below it."""
        if not isinstance(value, dict):
            return f"<{name}>{self.xml_text(str(value))}</{name}>"
        return f"<{name}>{''.join(self.element(*item) for item in value.items())}</{name}>"

    def xml_text(self, text: str) -> str:
        """A text as it is written in XML."""
        return escape(text)
