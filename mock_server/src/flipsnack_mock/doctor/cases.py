"""Builds a case from a URL, a list of parameters or a journal entry, with the secrets that a world knows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from flipsnack_mock.doctor.case import ANOTHER, OWN, Case
from flipsnack_mock.protocol.errors import BadRequest
from flipsnack_mock.protocol.identifiers import AUTOMATIC_PREFIX
from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.protocol.parameters import MAX_BODY_BYTES, parse_query
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.world import World

Pairs = tuple[tuple[str, str], ...]

_MOST_OTHERS = 20
"""How many secrets of other accounts, and how many other hashes and keys, are tried."""


def case_of_url(world: World, url: str, *, key: str | None = None, secret: str | None = None) -> Case:
    """The case of a URL, or of a query alone; raises `BadRequest` when the API could not read its parameters.

    `key` and `secret` override those that the world knows for the `apiKey` in the request.
    """
    query = url.partition("#")[0]
    query = query.partition("?")[2] if "?" in query else "" if "://" in query else query
    try:
        raw = query.encode()
    except UnicodeEncodeError:
        raise BadRequest("the URL is not UTF-8", rule="request.undecodable") from None
    return _case(world, tuple(parse_query(raw).items()), raw=_raw_pairs(raw), key=key, secret=secret)


def case_of_params(world: World, pairs: Iterable[tuple[str, str]], *, key: str | None, secret: str | None) -> Case:
    """The case of decoded parameters; raises `BadRequest` when a name appears twice."""
    sent = tuple(pairs)
    if sum(len(name) + len(value) for name, value in sent) > MAX_BODY_BYTES:
        raise BadRequest(f"the parameters have more than {MAX_BODY_BYTES} characters", rule="request.size")
    if twice := sorted(name for name, count in Counter(name for name, _ in sent).items() if count > 1):
        raise BadRequest(f"the parameter {twice[0][:60]!r} was sent more than once", rule="request.duplicate-parameter")
    return _case(world, sent, key=key, secret=secret)


def case_of_entry(world: World, entry: Entry) -> Case:
    """The case of a request in the journal whose parameters the API could read."""
    raw = _raw_pairs(entry.request.query)
    sent = tuple(entry.params.items())
    case = _case(world, sent, raw=raw if len(raw) == len(sent) else ())
    return msgspec.structs.replace(case, files=entry.request.files)


def _case(world: World, sent: Pairs, *, raw: Pairs = (), key: str | None = None, secret: str | None = None) -> Case:
    key = key or dict(sent).get("apiKey", "")
    account = world.existing(key)
    return Case(
        sent=sent,
        raw=raw,
        secrets=dict(_secrets(world, key, secret)),
        values={
            "action": tuple(sorted(METHODS.keys() | UNBUILT)),
            "collectionHash": tuple(islice(account.collections, _MOST_OTHERS)) if account else (),
            "apiKey": tuple(islice((other.key for other in world.accounts), _MOST_OTHERS)),
        },
        uppercase=(account.behaviour if account else world.behaviour).uppercase_signatures,
        others=world.secrets,
    )


def _secrets(world: World, key: str, given: str | None) -> Iterator[tuple[str, str]]:
    own = given or _known_secret(world, key)
    if own is not None:
        yield OWN, own
    others = (other for other in world.accounts if other.key != key and other.secret != own)
    for other in islice(others, _MOST_OTHERS):
        yield ANOTHER + other.key, other.secret


def _known_secret(world: World, key: str) -> str | None:
    account = world.existing(key)
    if account is not None:
        return account.secret
    # A `test-` account is created when it is used; a diagnosis does not count as use.
    return world.seed_of(key).secret if key.startswith(AUTOMATIC_PREFIX) or key in world.seeded else None


def _raw_pairs(query: bytes) -> Pairs:
    pieces = (piece.partition("=") for piece in query.decode("utf-8", "replace").split("&") if piece)
    return tuple((name, value) for name, _, value in pieces)
