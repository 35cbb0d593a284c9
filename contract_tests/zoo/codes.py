"""Servers that give the wrong code, the wrong words for it, or look at things in another order."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

from contract_tests.zoo.meddling import Answered, App, Asked, Made, asks, meddled, refuses

from flipsnack_contract.contract.codes import messages
from flipsnack_contract.contract.methods import package_method


def _always(_asked: Asked) -> bool:
    return True


def _says(code: int, text: str, when: Callable[[Asked], bool] = _always) -> Callable[[], App]:
    def change(asked: Asked, answered: Answered) -> Answered:
        if not (asked.is_call and when(asked)):
            return answered
        for quoted in ('"status":"%s"', "<status>%s</status>"):
            answered = answered.replaced((quoted % messages()[code]).encode(), (quoted % text).encode())
        return answered

    return lambda: meddled(answer=change)


def _recoded(old: int, new: int, when: Callable[[Asked], bool] = _always) -> Callable[[], App]:
    """Another number for a code, in every format."""

    def change(asked: Asked, answered: Answered) -> Answered:
        if not (asked.is_call and when(asked)):
            return answered
        json_code, xml_code = (b'"code":%d', b"<code>%d</code>")
        return answered.replaced(json_code % old, json_code % new).replaced(xml_code % old, xml_code % new)

    return lambda: meddled(answer=change)


def _known_action(asked: Asked) -> bool:
    return asked.get("action") in (None, "", package_method().name)


def _unknown_hash(asked: Asked) -> bool:
    return not re.fullmatch(r"f\d{6}|foreign|the-same|", asked.get("collectionHash") or "")


def _post_of_unknown_key(asked: Asked) -> bool:
    sent = dict(parse_qsl(asked.body.decode("utf-8", "replace"))) if asked.method == "POST" and not asked.query else {}
    return bool(sent.keys() >= {"apiKey", "action", "signature"} and sent["apiKey"] not in asked.secrets)


SERVERS: tuple[Made, ...] = (
    # --- order
    (
        "looks at the action before the key",
        "order.checks",
        refuses(42, lambda a: not _known_action(a) and a.get("apiKey") == "not-a-key"),
    ),
    (
        "looks at the collection before the signature",
        "order.checks",
        refuses(
            43, lambda a: a.get("collectionHash") == "nobody-has-this" and (a.get("signature") or "").startswith("0123")
        ),
    ),
    ("looks at the verb first", "order.credentials-before-verb", refuses(40, lambda a: a.method == "POST")),
    ("looks at the verb before the key", "order.credentials-before-verb", refuses(40, _post_of_unknown_key)),
    # --- codes
    ("says Ok", "code.20", _says(20, "Ok")),
    ("says Maintenance", "code.22", _says(22, "Maintenance")),
    ("says Missing parameter", "code.30", _says(30, "Missing parameter")),
    ("lets the collection be missing", "code.30", _recoded(30, 43, lambda a: a.get("collectionHash") is None)),
    ("says Too many requests a second", "code.31", _says(31, "Too many requests")),
    ("says Too many requests a minute", "code.32", _says(32, "Too many requests")),
    ("says Bad Request", "code.40", _says(40, "Bad Request")),
    ("says Unknown key", "code.41", _says(41, "Unknown key")),
    (
        "trims keys",
        "code.41",
        asks(
            lambda a: (a.get("apiKey") or "").startswith(" ") and a.get("apiKey") != " ",
            lambda a: a.asks([(n, v.strip() if n == "apiKey" else v) for n, v in a.pairs]),
        ),
    ),
    ("says Unknown action", "code.42", _says(42, "Unknown action")),
    (
        "knows actions in any case",
        "code.42",
        asks(
            lambda a: (a.get("action") or "").lower() == package_method().name.lower(),
            lambda a: a.signed_anew([(n, package_method().name if n == "action" else v) for n, v in a.pairs]),
        ),
    ),
    ("says No access", "code.43", _says(43, "No access")),
    (
        "says No access to somebody else",
        "code.43",
        _says(43, "No access", lambda a: a.get("collectionHash") == "foreign"),
    ),
    ("tells unknown from foreign", "code.43-unknown", _recoded(43, 46, _unknown_hash)),
    ("says Wrong signature", "code.44", _says(44, "Wrong signature")),
    # --- every code a wrong number
    *(
        (f"says {new} for {old}", f"code.{old}", _recoded(old, new))
        for old, new in (
            (20, 200),
            (22, 23),
            (30, 40),
            (31, 429),
            (32, 31),
            (40, 30),
            (41, 44),
            (42, 40),
            (43, 44),
            (44, 41),
        )
    ),
)
