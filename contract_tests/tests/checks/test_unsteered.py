"""The checks of packages and limits without a control plane, at servers that each break one of their rules."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest
from contract_tests.tests.unsteered import HeldClock, unsteered

from flipsnack_contract.checks import server_checks
from flipsnack_contract.checks.check import Check, Plan
from flipsnack_contract.checks.runner import run_check
from flipsnack_contract.target.outcome import Outcome
from flipsnack_contract.target.result import Result
from flipsnack_contract.target.target import Reply, Request, WsgiTarget
from flipsnack_contract.target.target_under_test import Credentials, TargetUnderTest

Change = Callable[[int, Request, Reply], Reply]


class Changed(WsgiTarget):
    """A target whose answers are changed; `change` gets the number of the request, the request and the answer."""

    over_socket = True

    def __init__(self, app: Callable[..., Iterable[bytes]], change: Change) -> None:
        super().__init__(app)
        self._change, self._sent = change, 0

    def send(self, request: Request) -> Reply:
        """The changed answer."""
        self._sent += 1
        return self._change(self._sent, request, super().send(request))


def _unchanged(_number: int, _request: Request, reply: Reply) -> Reply:
    return reply


def _text(before: str, after: str) -> Change:
    return lambda _number, _request, reply: replace(reply, body=reply.body.replace(before.encode(), after.encode()))


def _back_once(number: int, _request: Request, reply: Reply) -> Reply:
    return replace(reply, body=reply.body.replace(b"COMPLETE", b"PROCESSING")) if number == 2 else reply


def _cut(_number: int, request: Request, reply: Reply) -> Reply:
    return replace(reply, body=reply.body[:100]) if "/packages/" in request.url else reply


def _whole(_number: int, request: Request, reply: Reply) -> Reply:
    return replace(reply, status=200) if "Range" in request.headers else reply


def _not_found(_number: int, _request: Request, reply: Reply) -> Reply:
    return replace(reply, status=404) if reply.status == 403 else reply


@dataclass
class _Repeated:
    """Repeats its first answer."""

    first: Reply | None = None

    def __call__(self, _number: int, _request: Request, reply: Reply) -> Reply:
        self.first = self.first or reply
        return self.first


def _result(one: Check, change: Change = _unchanged, **options: object) -> Result:
    clock = HeldClock()
    target = Changed(unsteered(clock, **options), change)
    key = Credentials("test-real-time", "secret-test-real-time", "mock-complete")
    return run_check(one, TargetUnderTest(target, credentials=key, alone=True, slow=True, clock=clock), Plan())


BROKEN: list[tuple[str, Change, dict[str, object]]] = [
    ("code-and-status-and-data-only-with-20", _text('"code":20', '"code":"20"'), {}),
    ("the-three-states-and-no-other", _text("COMPLETE", "RUNNING"), {}),
    ("what-is-final-stays", _back_once, {}),
    ("resource-url-with-complete-only", _text("resourceUrl", "url"), {}),
    ("resource-url-with-complete-only", _text("COMPLETE", "PROCESSING"), {}),
    ("each-answer-has-a-url-of-its-own", _Repeated(), {}),
    ("both-ends-are-those-of-a-zip", _cut, {}),
    ("head-has-the-headers-of-get", _whole, {}),
    ("a-url-lives-exactly-a-minute", _unchanged, {"url_lifetime": 50}),
    ("a-url-lives-exactly-a-minute", _unchanged, {"url_lifetime": 70}),
    ("an-expired-url-is-access-denied", _not_found, {}),
    ("an-expired-url-is-access-denied", _text("AccessDenied", "Gone"), {}),
    ("who-keeps-the-limits-is-never-refused", _unchanged, {"requests_per_second": 4}),
]
CHECKS = {one.name.partition("/")[2]: one for one in server_checks()}


@pytest.mark.parametrize(("name", "change", "options"), BROKEN)
def test_a_server_that_breaks_the_rule_is_found(name: str, change: Change, options: dict[str, object]) -> None:
    """By that rule, in each of the ways that the table has."""
    one = CHECKS[name]
    result = _result(one, change, **options)
    expected = Outcome.FAILED if one.rule.is_must else Outcome.WARNED
    assert (expected, one.rule.id) == (result.outcome, result.broke), result.message


def test_maintenance_proves_nothing() -> None:
    """The API may be in maintenance: no rule is broken by that."""
    result = _result(CHECKS["the-three-states-and-no-other"], _text('"code":20', '"code":22'))
    assert (Outcome.UNREACHABLE, True) == (result.outcome, "in maintenance" in result.message)
