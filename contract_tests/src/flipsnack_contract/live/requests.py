"""Probes of what a call must be like: its key, its signature, its parameters, and the shape of the answer."""

from __future__ import annotations

from flipsnack_contract.checks.check import check
from flipsnack_contract.contract.assertions import Violation, expect, expect_code, expect_in
from flipsnack_contract.live.call import Call, Collection, Key, Signature
from flipsnack_contract.live.caller import Limited, Reader

KEY = {"credentials"}
# Not a collection of anybody: what is right with such a call is told by 43 in place of an error of its own.
RIGHT = 43
STRANGER = Call(key=Key.UNKNOWN)


def _nobodys(*more: tuple[str, str], signature: Signature = Signature.RIGHT, backwards: bool = False) -> Call:
    return Call(collection=Collection.NOBODYS, more=more, signature=signature, backwards=backwards)


@check("code.41", calls=1)
def an_unknown_key(reader: Reader) -> None:
    """A key that nobody has is 41."""
    expect_code(41, reader.ask(STRANGER), "a call with an unknown key")


@check("code.30", calls=2)
def no_key_and_no_signature(reader: Reader) -> None:
    """Without apiKey, and without signature, a call is 30."""
    expect_code(30, reader.ask(Call(key=Key.NONE)), "a call without apiKey")
    expect_code(30, reader.ask(Call(signature=Signature.NONE)), "a call without signature")


@check("code.30", calls=1, needs=KEY)
def no_collection(reader: Reader) -> None:
    """Without collectionHash a call is 30."""
    expect_code(30, reader.ask(Call(collection=Collection.NONE)), "a call without collectionHash")


@check("code.44", calls=1, needs=KEY)
def a_wrong_signature(reader: Reader) -> None:
    """A signature that does not match is 44."""
    expect_code(44, reader.ask(_nobodys(signature=Signature.WRONG)), "a call with a wrong signature")


@check("code.43-unknown", calls=1, needs=KEY)
def a_collection_nobody_has(reader: Reader) -> None:
    """A hash that nobody ever had is 43."""
    expect_code(RIGHT, reader.ask(_nobodys()), "a call for a collection nobody has")


@check("format.unknown", calls=1)
def a_format_that_is_none(reader: Reader) -> None:
    """format=yaml is 40, as JSON."""
    expect_code(40, reader.ask(Call(key=Key.UNKNOWN, more=(("format", "yaml"),))), "a call for YAML")


@check("callback.required", calls=1)
def jsonp_without_a_callback(reader: Reader) -> None:
    """format=jsonp without callback is 30, as JSON."""
    expect_code(30, reader.ask(Call(key=Key.UNKNOWN, more=(("format", "jsonp"),))), "JSONP without callback")


@check("request.duplicate-parameter", calls=1)
def a_parameter_twice(reader: Reader) -> None:
    """A parameter that is sent twice is 40."""
    expect_code(40, reader.ask(Call(key=Key.UNKNOWN, more=(("twice", "1"), ("twice", "2")))), "a parameter twice")


@check("answer.http-200", calls=1)
def errors_are_http_200(reader: Reader) -> None:
    """An error of the API has HTTP status 200."""
    expect(200, reader.reply(STRANGER).status, "the HTTP status of an error")


@check("answer.json", calls=1)
def the_default_is_json(reader: Reader) -> None:
    """Without `format` the answer is application/json in UTF-8."""
    expect_in(
        ("application/json;charset=utf-8", "application/json"),
        reader.reply(STRANGER).content_type,
        "the content type of an answer",
    )


@check("answer.same-in-every-format", calls=3)
def an_error_in_each_format(reader: Reader) -> None:
    """An error says the same in JSON, JSONP and XML."""
    wanted = {"json": (), "jsonp": (("format", "jsonp"), ("callback", "app.answer")), "xml": (("format", "xml"),)}
    answers = {form: reader.ask(Call(key=Key.UNKNOWN, more=more)) for form, more in wanted.items()}
    for form, answer in answers.items():
        said = (answer.code, answer.status)
        expect((answers["json"].code, answers["json"].status), said, f"an error in {form}")


@check("signature.sorted", calls=1, needs=KEY)
def any_order_of_sending(reader: Reader) -> None:
    """Parameters sent backwards, an unknown one among them, are right when they were signed by name."""
    expect_code(RIGHT, reader.ask(_nobodys(("Zebra", "1"), ("_last", "2"), backwards=True)), "a call sent backwards")


@check("signature.decoded-utf8", calls=1, needs=KEY)
def decoded_text_is_signed(reader: Reader) -> None:
    """Letters beyond ASCII and characters that a query escapes are signed as text in UTF-8."""
    expect_code(RIGHT, reader.ask(_nobodys(("note", "é ß 日本 + & = %41 /"))), "a call with such a text")


@check("signature.empty-values", calls=1, needs=KEY)
def an_empty_value_is_signed(reader: Reader) -> None:
    """The name of an empty parameter counts."""
    expect_code(RIGHT, reader.ask(_nobodys(("note", ""))), "a call with an empty parameter")


@check("signature.lower-case", calls=1, needs=KEY)
def upper_case_is_wrong(reader: Reader) -> None:
    """The right signature in upper case is 44."""
    expect_code(44, reader.ask(_nobodys(signature=Signature.UPPER)), "a call signed in upper case")


@check("limit.sliding-window", calls=12, needs={"alone", "credentials"})
def who_keeps_to_the_pace_is_served(reader: Reader) -> None:
    """Twelve calls as fast as five in a second allow are all served, where nobody else uses the key."""
    for number in range(1, 13):
        what = f"call {number} of 12 that keep both limits"
        try:
            expect_in((20, 43), reader.ask(_nobodys()).code, what)
        except Limited as refusal:
            raise Violation(what, "to be served", str(refusal)) from None
