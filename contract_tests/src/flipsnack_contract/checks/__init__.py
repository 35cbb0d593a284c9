"""All checks, each citing its rule of the ledger. A new check is a decorated function in one of these modules."""

from functools import cache

from flipsnack_contract.checks import answers, codes, fields, formats, keys, limits, parameters, requests, signatures
from flipsnack_contract.checks.check import CONTROL, Check, check, checks_in
from flipsnack_contract.checks.methods import (
    collections,
    conversion,
    embedding,
    jobs,
    lists,
    packages,
    quota,
    statistics,
    uploads,
    urls,
)
from flipsnack_contract.checks.situations import lives
from flipsnack_contract.checks.stateful_model import History
from flipsnack_contract.contract.methods import Method, methods
from flipsnack_contract.target.target_under_test import CAPABILITIES

_GENERIC = (requests, parameters, answers, formats, fields, codes, signatures, limits, keys)
_OF_METHODS = (
    jobs,
    urls,
    packages,
    uploads,
    quota,
    conversion,
    collections,
    embedding,
    statistics,
    lists,
    lives,
)


@cache
def server_checks(table: tuple[Method, ...] | None = None) -> tuple[Check, ...]:
    """Every check of a server that has these methods, by default all of `spec/methods.toml`."""
    machine = check("history.agrees", needs=CONTROL)(History)
    found = (*checks_in(*_GENERIC, *_OF_METHODS, capabilities=CAPABILITIES), machine)
    return tuple(one for one in found if one.methods is None or any(map(one.methods, table or methods())))
