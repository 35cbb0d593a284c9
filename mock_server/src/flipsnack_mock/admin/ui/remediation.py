"""What to do about a refusal, in plain words: by the rule that was broken, or by the code."""

from __future__ import annotations

from flipsnack_mock.inspect.records import Record
from flipsnack_mock.protocol.methods import METHODS

__all__ = ["BY_CODE", "BY_RULE", "advice"]

BY_RULE: dict[str, str] = {
    "request.path": "Send calls to /v1/, with the method's name in the parameter action.",
    "request.other-verbs": "Use GET; only uploads are sent by POST.",
    "request.get-for-reads": "Send the parameters in the query of a GET (curl: -G -d, not -F).",
    "request.duplicate-parameter": "Send each parameter once.",
    "request.undecodable": "Percent-encode names and values as UTF-8.",
    "request.size": "Send less: no call of the API needs that much.",
    "request.empty-is-missing": "Give the parameter a value: an empty one counts as missing.",
    "format.unknown": "Use format=json or jsonp, or leave format out.",
    "callback.required": "Add callback=NAME, or use format=json.",
    "callback.identifier": "Use the name of a JavaScript function as callback.",
    "code.43-unknown": "Create the collection above, or use a magic hash such as mock-complete.",
    "url.expired-is-403": "Call collection.downloadHTML again and use the resource URL of that answer.",
    "url.tamper-proof": "Fetch the resource URL exactly as it was given.",
    "url.ranges": "Fetch a package by GET or HEAD.",
}

BY_CODE: dict[int, str] = {
    22: "Wait and repeat the call, or switch maintenance off on this page.",
    30: "Send apiKey, signature, action and what the method requires.",
    31: "Wait a second before the next call of this key, or move the clock on.",
    32: "Wait a minute before the next call of this key, or move the clock on.",
    40: "Send a well-formed request: the reason above says what is not.",
    41: "Use a key of this page. Keys that begin with test- exist as soon as they are used.",
    42: "Use the exact name of a method; letter case counts.",
    43: "Use a collection of this account that is not deleted.",
    44: "Sign the decoded parameters, ordered by name, with the secret of this account in front.",
}

_FAULT = "A fault did this: see to it that the client copes with it, or remove the fault below."
_MAGIC = "The magic hash asked for this answer: see to it that the client copes with it."
_UNBUILT = f"Of the vendor's methods this fake carries out {', '.join(METHODS)} alone."


def advice(record: Record) -> str:
    """One sentence on what to do about the refusal of `record`; empty when it was not refused."""
    status = record.answer.http_status if record.answer else 0
    if record.fault:
        return _FAULT
    if status == 501:
        return _UNBUILT
    if record.code == 20 or not (record.failed or record.detail):
        return ""
    if record.failed == "collection" and not record.rule:
        return _MAGIC
    return BY_RULE.get(record.rule) or BY_CODE.get(record.code or 0, "")
