"""The table of routes of the control plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from flipsnack_mock.protocol.errors import FieldError, Refused
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.settings import Setting
from flipsnack_mock.state.world import World, Worlds

__all__ = ["Context", "ROUTES", "Reply", "Route", "conflict", "not_found", "parse_body", "parse_query", "route"]

Body = TypeVar("Body")


class Reply(NamedTuple):
    """An answer of the control plane with a status other than 200."""

    status: int
    value: Any


class Context(NamedTuple):
    """The arguments of a handler: the world (its lock is held), real time in microseconds, the variable parts of the
    path, the query, the raw body, and the values of the whole process."""

    world: World
    at: int
    args: Mapping[str, str]
    query: Mapping[str, str]
    raw_body: bytes
    worlds: Worlds
    sources: Mapping[str, Setting]
    authority_pem: bytes = b""
    waited: bool = False

    @property
    def account(self) -> Account:
        """The account named in the path; raises `Refused` (404) if there is none."""
        account = self.world.find(self.args["key"])
        if account is None:
            raise not_found("account", self.args["key"], (known.key for known in self.world.accounts))
        return account

    @property
    def now(self) -> int:
        """Virtual time of that account, in microseconds."""
        return self.account.now(self.at)

    def body(self, shape: type[Body]) -> Body:
        """The body as a value of `shape`; raises `Refused` (400) with the field and what was expected."""
        return parse_body(self.raw_body, shape)


Handler = Callable[[Context], Any]
Access = Literal["token", "open", "page"]


class Route(NamedTuple):
    """One route: `body` is the shape of its request body, if it takes one, and `query` those of its query.

    `access` is who may use it: who has the token, anybody (`open`), or people in a browser (`page`), who sign in there.
    """

    method: str
    path: str
    does: str
    handler: Handler
    body: Any = None
    access: Access = "token"
    query: tuple[Any, ...] = ()


ROUTES: list[Route] = []


def route(
    method: str,
    path: str,
    does: str,
    *,
    body: Any = None,
    query: tuple[Any, ...] = (),
    access: Access = "token",
) -> Callable[[Handler], Handler]:
    """Register a handler for `method` and `path`; `does` is its line in the list of routes."""

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, path, does, handler, body, access, query))
        return handler

    return register


def parse_body(raw: bytes, shape: type[Body]) -> Body:
    """`raw` JSON as a value of `shape`; raises `Refused` (400) with what is wrong and where."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as refusal:
        raise _mismatch("body", refusal) from None


def parse_query(query: Mapping[str, str], shape: type[Body]) -> Body:
    """The parameters of a query as a value of `shape`; raises `Refused` (400) with what is wrong and where."""
    try:
        return msgspec.convert(dict(query), shape, strict=False)
    except msgspec.ValidationError as refusal:
        raise _mismatch("query", refusal) from None


def _mismatch(what: str, refusal: Exception) -> Refused:
    """The refusal of what msgspec refuses, with the `path` that it, or a `FieldError`, names."""
    path = str(refusal).rpartition(" - at ")[2].rpartition(" in ")[2].strip("`") if " - at " in str(refusal) else "$"
    if isinstance(refusal.__cause__, FieldError):
        path = f"{path}.{refusal.__cause__.field}"
    return Refused(400, "bad_request", f"the {what} is not what this route takes: {refusal}", path=path)


def not_found(what: str, name: str, known: Any) -> Refused:
    """The refusal (404) of a `what` that does not exist; `known` lists those that do."""
    names = list(known)
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return Refused(404, "not_found", f"there is no {what} {name!r}; there are: {shown or 'none'}")


def conflict(message: str, **facts: object) -> Refused:
    """The refusal (409) of a change that the current state does not allow."""
    return Refused(409, "conflict", message, **facts)
