"""The table of routes of the control plane."""

from collections.abc import Callable, Collection, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from flipsnack_mock.protocol.errors import FieldError, Refused
from flipsnack_mock.protocol.expectation import accepted, expectation, place_of
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.documents import Documents
from flipsnack_mock.state.settings import Setting
from flipsnack_mock.state.world import World, Worlds

Body = TypeVar("Body")
Handled = TypeVar("Handled", bound="Handler")

USUAL_BODY_BYTES = 1_200_000
"""The longest body of most routes: so much JSON is read in some tens of milliseconds, whatever it holds."""

_MOST_NAMES = 20
_SHOWN_NAME = 200


class Context(NamedTuple):
    """The arguments of a handler: the world (its lock is held), real time in microseconds, the variable parts of the
    path, the query, the raw body, what was `read` of it already (its shape and its value), and the values of the whole
    process."""

    world: World
    at: int
    args: Mapping[str, str]
    query: Mapping[str, str]
    raw_body: bytes
    worlds: Worlds
    sources: Mapping[str, Setting]
    documents: Documents
    authority_pem: bytes = b""
    waited: bool = False
    read: tuple[Any, Any] | None = None

    @property
    def account(self) -> Account:
        """The account named in the path; raises `Refused` (404) if there is none."""
        account = self.world.find(self.args["key"])
        if account is None:
            raise not_found("account", self.args["key"], self.world.keys)
        return account

    @property
    def now(self) -> int:
        """Virtual time of that account, in microseconds."""
        return self.account.now(self.at)

    def body(self, shape: type[Body]) -> Body:
        """The body as a value of `shape`; raises `Refused` (400) with the field and what was expected."""
        if self.read is not None and self.read[0] is shape:
            value: Body = self.read[1]
            return value
        try:
            return msgspec.json.decode(self.raw_body or b"{}", type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as refusal:
            raise _mismatch("body", refusal, shape) from None


Handler = Callable[[Context], Any]
Access = Literal["token", "open", "page"]


class Route(NamedTuple):
    """One route: `body` and `query` are the types of its request body and its query, if it has them.

    `status` is that of the answer to an accepted request; for 204 the handler returns None. `access` is `token` for
    holders of the token, `open` for everyone, `page` for browsers, which sign in on the page. The body has at most
    `most_bytes`.
    """

    method: str
    path: str
    does: str
    handler: Handler
    body: Any = None
    access: Access = "token"
    query: Any = None
    status: int = 200
    most_bytes: int = USUAL_BODY_BYTES


ROUTES: list[Route] = []


def route(method: str, path: str, does: str, **options: Any) -> Callable[[Handled], Handled]:
    """Register a handler for `method` and `path`; `does` is its line in the list of routes, `options` more fields."""

    def register(handler: Handled) -> Handled:
        ROUTES.append(Route(method, path, does, handler, **options))
        return handler

    return register


def parse_query(query: Mapping[str, str], shape: type[Body]) -> Body:
    """The parameters of a query as a value of `shape`; raises `Refused` (400) with what is wrong and where."""
    try:
        return msgspec.convert(dict(query), shape, strict=False)
    except msgspec.ValidationError as refusal:
        raise _mismatch("query", refusal, shape) from None


def _mismatch(what: str, refusal: Exception, shape: Any) -> Refused:
    """The refusal of what msgspec refuses, with the `path` that it, or a `FieldError`, names, and what is expected."""
    message, path = f"invalid {what}: {expectation(refusal, shape)}", place_of(refusal)
    if isinstance(refusal.__cause__, FieldError):
        return bad_request(message, path)
    if not isinstance(refusal, msgspec.ValidationError):
        return bad_request(message, path, expected="JSON")
    return bad_request(message, path, expected=accepted(refusal, shape).words)


def bad_request(message: str, path: str, **facts: object) -> Refused:
    """The refusal (400) of the value at `path` in a body or a query; `expected` among the facts says what fits."""
    return Refused(400, "bad_request", message, path=path, **facts)


def not_found(what: str, name: str, known: Collection[str]) -> Refused:
    """The refusal (404) of a `what` that does not exist; `known` are those that do, of which the first are named."""
    shown = ", ".join(islice(known, _MOST_NAMES)) or "none"
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return Refused(404, "not_found", f"there is no {what} {name[:_SHOWN_NAME]!r}; there are: {shown}{more}")


def conflict(message: str, **facts: object) -> Refused:
    """The refusal (409) of a change that the current state does not allow."""
    return Refused(409, "conflict", message, **facts)
