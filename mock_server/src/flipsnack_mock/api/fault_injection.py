"""What the fault rules of an account do to one request and to its response."""

from urllib.parse import quote

import msgspec

from flipsnack_mock.api import resource_urls
from flipsnack_mock.faults.base import AnswerFault, FaultNotApplicable, Moment
from flipsnack_mock.faults.content import ResourceUrlFault
from flipsnack_mock.faults.replacements import HttpAnswer, VendorCode
from flipsnack_mock.faults.rules import FaultRule, FaultTarget, count_failure, match_rule
from flipsnack_mock.protocol.envelope import NOSNIFF, Tree
from flipsnack_mock.protocol.errors import ApiError, Refused
from flipsnack_mock.protocol.messages import Request, Response
from flipsnack_mock.state.account import Account
from flipsnack_mock.state.journal import Entry
from flipsnack_mock.state.magic import magic_fault

NO_CONNECTION = "it needs the connection, which only flipsnack-mock's own server has, not another WSGI server"
"""Why a fault cannot act under a server that does not hand out its connection."""

STEP = "fault"
"""The journal names this instead of a failed check when a fault replaced the answer."""


_NO_PACKAGE = frozenset({304, 403, 412, 416})


class FaultResponse(Exception):
    """A fault answers with an HTTP response of its own."""

    def __init__(self, response: Response) -> None:
        super().__init__("a fault answers instead")
        self.response = response


class FaultInjection:
    """The faults of one request, whose account has fault rules or which names a magic hash with a fault.

    At most one rule meets a request.
    """

    __slots__ = ("_account", "_before", "_entry", "_rule", "_seen")

    def __init__(self, account: Account, seen: FaultTarget, entry: Entry) -> None:
        """Inject into the request that rules see as `seen` and that the journal keeps as `entry`."""
        self._account = account
        self._seen = seen
        self._entry = entry
        self._rule: FaultRule | None = None
        self._before = dict(account.faults)

    def meet(self, moment: Moment) -> None:
        """Take the first rule that matches the request at `moment`, unless one was taken before.

        Raises `ApiError` or `FaultResponse` when its fault replaces the answer.
        """
        if self._rule is not None:
            return
        entry = self._entry
        self._rule = rule = match_rule(
            self._account.faults, self._seen, moment, now=entry.now, request=entry.id
        ) or self._magic_rule(moment)
        if rule is None:
            return
        entry.fault = rule.mark
        detail = f"the fault {rule.mark} answers instead"
        if isinstance(rule.fault, VendorCode):
            entry.failed = STEP
            raise ApiError(rule.fault.code, detail, message=rule.fault.message, rule="")
        if isinstance(rule.fault, HttpAnswer):
            entry.failed, entry.detail = STEP, detail
            raise FaultResponse(rule.fault.plain(_url_of(entry.request)))

    def _magic_rule(self, moment: Moment) -> FaultRule | None:
        rule = magic_fault(self._seen.hash)
        return rule if rule is not None and rule.accepts(self._seen, moment, self._entry.now) else None

    def with_resource_url(self, data: Tree) -> Tree:
        """The data of an answer, its resource URL replaced when the fault changes it."""
        if "resourceUrl" not in data:
            return data
        self.meet("resource-url")
        fault = self._rule.fault if self._rule is not None else None
        if not isinstance(fault, ResourceUrlFault):
            return data
        url = resource_urls.make(
            self._account,
            self._account.collections[self._account.final_hash(self._seen.hash)],
            origin=fault.moved(self._entry.request.origin),
            now=self._entry.now,
            lifetime=fault.lifetime,
        )
        return {**data, "resourceUrl": url}

    def applied(self, response: Response) -> Response:
        """`response` with the fault in it; HTTP 500 when the fault can do nothing to it.

        An answer that the fault is not about stays as it is, and the rule does not count it: one without a body, one
        that is not the package, and a part of the package where a magic hash brings the fault.
        """
        rule = self._rule
        if rule is None:
            return response
        try:
            disturbed = self._disturbed(rule, response)
        except FaultNotApplicable as obstacle:
            if self._is_another_answer(rule, response):
                return self._passed_by(rule, response)
            return self._could_not_act(str(obstacle), response)
        effect = disturbed.effect
        if effect is not None and effect.needs_connection and not self._entry.request.cuttable:
            return self._could_not_act(NO_CONNECTION, response)
        return disturbed

    def _disturbed(self, rule: FaultRule, response: Response) -> Response:
        if isinstance(rule.fault, AnswerFault):
            if rule.fault.needs_body and _lacks_body(response, self._entry.fmt):
                raise FaultNotApplicable("the answer has not the body that was asked for")
            response = rule.fault.disturb(response, self._entry.fmt, rule.draw)
        if response.effect is not None and (obstacle := response.effect.obstacle(response.sent_range)):
            raise FaultNotApplicable(obstacle)
        return response

    def _is_another_answer(self, rule: FaultRule, response: Response) -> bool:
        if response.http_status == 206:
            return rule.id not in self._account.faults
        return not response.sent_range.length or response.http_status in _NO_PACKAGE

    def _passed_by(self, rule: FaultRule, response: Response) -> Response:
        self._entry.fault = ""
        if rule.id in self._before:
            self._account.faults[rule.id] = self._before[rule.id]
        return response

    def _could_not_act(self, obstacle: str, response: Response) -> Response:
        # Counted as a failure and not as a hit, so that a rule for one request waits for one that it can disturb.
        entry = self._entry
        rule_id, _, kind = entry.fault.rpartition(":")
        count_failure(self._account.faults, rule_id)
        entry.failed, entry.code = STEP, None
        entry.detail = f"the fault {entry.fault} could not act: {obstacle}"
        refusal = refusal_response(Refused(500, "fault_could_not_act", entry.detail, rule=rule_id, fault=kind))
        return msgspec.structs.replace(refusal, head=response.head)


def _lacks_body(response: Response, fmt: str) -> bool:
    return not response.sent_range.length or (fmt == "zip" and isinstance(response.body, bytes))


def refusal_response(refusal: Refused) -> Response:
    """The response that refuses a request in the control plane's error shape."""
    body = msgspec.json.encode(refusal.body())
    return Response(refusal.http_status, "application/json; charset=utf-8", body, (NOSNIFF,))


def _url_of(request: Request) -> str:
    query = f"?{request.query.decode('latin-1')}" if request.query else ""
    return f"{request.origin}{quote(request.path)}{query}"
