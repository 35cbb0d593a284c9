"""The second correct server as a WSGI application.

It shares no code with the fake or the kit, so a check that passes on the fake only by an accident of the fake fails
here. Every step is a method or a table, so that breaking one rule takes a few lines.
"""

import base64
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from contract_tests.zoo.alt_server.accounts import MINUTE, SECOND, Account
from contract_tests.zoo.alt_server.answers import Answers, HttpAnswer
from contract_tests.zoo.alt_server.catalogue import Catalogue
from contract_tests.zoo.alt_server.control import Control
from contract_tests.zoo.alt_server.downloads import Downloads
from contract_tests.zoo.alt_server.request import Call, Pair, Refusal, decode, in_parts, pairs_in_text, require
from contract_tests.zoo.alt_server.statistics import Statistics
from contract_tests.zoo.alt_server.table import METHODS, TYPES, UNKNOWN, Method
from contract_tests.zoo.alt_server.uploads import Uploads

HASH = re.compile("[a-z0-9]{7,10}")
VENDOR = {"api.flipsnack.com": "api", "upload.flipsnack.com": "upload"}
COVER = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTvTXwAAAABJRU5ErkJggg==")


class AltServer(Control, Downloads, Uploads, Catalogue, Statistics, Answers):
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
        "host",
        "signature",
        "parameters",
        "values",
        "collection",
        "conversion",
    )
    limits: Sequence[tuple[int, int, int]] = ((31, 5, SECOND), (32, 60, MINUTE))
    methods: Mapping[str, Method] = METHODS
    types: Mapping[str, Callable[[str], bool]] = TYPES
    ranges: Sequence[tuple[str, str]] = (("startDate", "endDate"), ("from", "to"))
    busy_while_converting: Sequence[str] = ("update", "download_html")

    def __init_subclass__(cls, *, breaks: str = "") -> None:
        if breaks:
            cls.breaks = breaks

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        verb, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if path.startswith("/__admin"):
            status, said = self.control(verb, path, json.loads(body or "{}"))
            answer: HttpAnswer = status, {"Content-Type": "application/json"}, json.dumps(said).encode()
        elif path.startswith("/packages/"):
            answer = self.download(f"{path}?{environ['QUERY_STRING']}", environ)
        elif path.startswith("/covers/"):
            answer = 200, {"Content-Type": "image/png"}, COVER
        elif not path.startswith("/v1"):
            answer = 404, {"Content-Type": "text/plain"}, b"not found"
        else:
            query, content_type = environ["QUERY_STRING"], environ.get("CONTENT_TYPE", "")
            scheme, host = environ["wsgi.url_scheme"], environ["HTTP_HOST"]
            answer = self.answer(Call(verb, path, query, content_type, body, scheme, host))
        status, headers, body = answer
        start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(body)))])
        return [b"" if verb == "HEAD" else body]

    # --- one call of the API

    def answer(self, call: Call) -> HttpAnswer:
        """Read the call, check it in order, carry it out, write the answer."""
        self.read(call)
        try:
            for name in self.checks:
                getattr(self, f"check_{name}")(call)
            said = self.envelope(call, 20, getattr(self, call.method.run)(call))
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
        call.method = self.find_method(call.get("action"))

    def raw_pairs(self, call: Call) -> list[Pair]:
        """The escaped parameters of query and body; raises `ValueError`."""
        in_query = pairs_in_text(call.query.encode("latin-1"))
        if call.verb != "POST" or not call.body:
            return in_query
        if call.content_type.startswith("multipart/form-data"):
            in_body, call.files = in_parts(call.content_type, call.body)
            return in_query + in_body
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
        require(not call.is_malformed, 40)
        require(call.path in ("/v1", "/v1/") and call.verb in ("GET", "POST"), 40)

    def check_format(self, call: Call) -> None:
        form = self.requested_format(call)
        require(form in self.content_types, 40)
        require(form != "jsonp" or bool(self.callback(call)), 30)
        require(form != "jsonp" or self.is_callback(self.callback(call)), 40)

    def check_maintenance(self, call: Call) -> None:
        account = call.found_account
        require(not (self.in_maintenance or (account and account.in_maintenance)), 22)

    def check_required(self, call: Call) -> None:
        require(all(map(call.get, ("apiKey", "signature", "action"))), 30)

    def check_key(self, call: Call) -> None:
        require(call.found_account is not None, 41)

    def check_limits(self, call: Call) -> None:
        for code, most, window in self.limits:
            require(self.calls_within(window, call.account) < most, code)
        call.account.counted.append(call.account.now)

    def calls_within(self, window: int, account: Account) -> int:
        """How many counted calls the window that ends now holds."""
        return len(account.counted) - bisect_right(account.counted, account.now - window)

    def check_action(self, call: Call) -> None:
        require(call.method is not UNKNOWN, 42)
        require((call.method.host, self.host_of(call), call.verb) != ("upload", "api", "POST"), 42)

    def find_method(self, action: str) -> Method:
        """The method of that name."""
        return self.methods.get(action, UNKNOWN)

    def check_verb(self, call: Call) -> None:
        require(call.verb == call.method.verb, 40)

    def check_host(self, call: Call) -> None:
        require(self.host_of(call) in (call.method.host, ""), 40)

    def host_of(self, call: Call) -> str:
        """The vendor's host that is called: api, upload, or "" for any other name, which serves both."""
        return VENDOR.get(call.host.lower().partition(":")[0], "")

    def check_signature(self, call: Call) -> None:
        require(self.is_signed(call), 44)

    def check_parameters(self, call: Call) -> None:
        require(bool(call.get("collectionHash")) or not call.method.for_collection, 30)

    def check_values(self, call: Call) -> None:
        for name, kind in call.method.types.items():
            if name in call.params:
                require(self.types[kind](call.get(name)), 40)
        for first, last in self.ranges:
            if {first, last} <= call.params.keys() & call.method.types.keys():
                require(self.is_range(call.get(first), call.get(last)), 40)

    def is_range(self, first: str, last: str) -> bool:
        """Whether the end of a range of days or of numbers is not before its beginning."""
        return int(first) <= int(last) if first.isdecimal() else first <= last

    def check_collection(self, call: Call) -> None:
        if not call.method.for_collection:
            return
        wanted = call.get("collectionHash")
        collection = call.account.collections.get(wanted)
        if collection is None and not HASH.fullmatch(wanted):
            raise Refusal(call.account.settings["invalid_hash"])
        require(collection is not None and not collection.is_deleted, 43)
        call.found_collection = collection

    def check_conversion(self, call: Call) -> None:
        if call.method.run in self.busy_while_converting:
            require(self.conversion_state(call.collection, call.account.now) != "PROCESSING", 38)

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

    # --- the methods: the data of the answer

    def create(self, call: Call) -> dict[str, Any]:
        return self.described(call, self.make_collection(call))

    def get_collection(self, call: Call) -> dict[str, Any]:
        call.collection.conversion.polls += 1
        return self.described(call, call.collection)

    def update(self, call: Call) -> dict[str, Any]:
        self.change(call, call.collection)
        return self.described(call, call.collection)

    def delete_collection(self, call: Call) -> dict[str, Any] | None:
        call.collection.is_deleted = True
        return None

    def get_embed(self, call: Call) -> dict[str, Any]:
        return {"embedCode": self.embed(call)}

    def get_stats(self, call: Call) -> dict[str, Any]:
        return self.statistics(call)

    def get_list(self, call: Call) -> dict[str, Any]:
        wanted = [one for one in self.own(call.account) if self.is_wanted(call, one)]
        found = self.ordered(call, wanted)
        part = self.in_range(call, found)
        return {"collectionCount": self.count(found, part), "collections": [self.listed(one) for one in part]}

    def user_stats(self, call: Call) -> dict[str, Any]:
        return {**self.user_sums(call.account), "api_uploads_left": self.uploads_left(call.account)}

    def download_html(self, call: Call) -> dict[str, Any]:
        """Start or poll the package."""
        account, package = call.account, call.collection.package
        self.start(package, account.now)
        package.polls += 1
        state = self.package_state(call.collection, account.now)
        url = {"resourceUrl": call.origin + self.issue(account, call.collection)} if state == "COMPLETE" else {}
        return {"status": state, **url}
