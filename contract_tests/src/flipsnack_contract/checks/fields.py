"""The fields of an answer's data: each is there, of its type, and with a value that it allows."""

from collections.abc import Iterable, Mapping
from typing import Any

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import expect_code, require
from flipsnack_contract.contract.methods import Field, objects
from flipsnack_contract.target.session import Session

RULE = "answer.fields"


def require_fields(fields: Iterable[Field], data: Mapping[str, Any], where: str) -> None:
    """Raise `Violation` unless the data has these fields, with values that they allow."""
    # Of which type each is was looked at when the answer was read.
    for one in fields:
        value = data.get(one.name)
        # An invented name may be another one there.
        is_due = one.name in data or (one.present == "always" and one.certainty != "invented")
        require(False, is_due and value is None, f"{one.name} is missing in {where}, or null", RULE)
        if one.allowed and value is not None:
            require(True, value in one.allowed, f"{one.name} in {where} is one of {one.allowed}: {value!r}", RULE)
        for number, element in enumerate(value if one.items and value else ()):
            require_fields(objects()[one.items or ""].fields, element, f"{one.name}[{number}]")


@check(RULE, needs={"collection"}, methods=lambda method: bool(method.fields), calls=1)
def data_has_the_fields_of_the_method(session: Session) -> None:
    """The data of an answer has the fields of the table, each of its type and with a value that it allows."""
    session.own_collection()  # so that a list has an element
    pages = {"includePageStats": "true"} if session.method.takes("includePageStats") else {}
    answer = session.ask(session.draft(**pages))
    expect_code(20, answer, "a right call")
    require_fields(session.method.fields, answer.data or {}, "the data")
