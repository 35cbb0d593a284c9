from urllib.parse import parse_qsl, urlsplit

from hypothesis import given

from flipsnack_contract.checks.request_cases import extras
from flipsnack_contract.contract.signing import sign
from flipsnack_contract.target.session import CallDraft

BASE = "http://fake.test/v1/"
PLAIN = CallDraft((("action", "a"), ("apiKey", "k")), "s")


@given(pairs=extras())
def test_a_request_carries_what_was_drafted(pairs: list[tuple[str, str]]) -> None:
    """Names, values and their order survive the encoding, and the signature comes last."""
    draft = CallDraft(tuple(pairs), "s")
    query = urlsplit(draft.request(BASE).url).query
    assert [*pairs, ("signature", sign("s", pairs))] == parse_qsl(query, keep_blank_values=True)


def test_what_is_changed_is_signed_anew() -> None:
    """A draft is signed when it is sent, not when it is begun."""
    changed = PLAIN.with_(action="b", more="1")
    assert (("action", "b"), ("apiKey", "k"), ("more", "1")) == changed.parameters
    assert sign("s", changed.parameters) == dict(changed.signed())["signature"]


def test_a_parameter_can_be_left_out() -> None:
    """Any of them, the signature too."""
    assert (("apiKey", "k"),) == PLAIN.without("action").parameters
    assert PLAIN.parameters == PLAIN.without("signature").signed()


def test_a_post_carries_a_form() -> None:
    """Its parameters are in the body."""
    request = CallDraft(PLAIN.parameters, "s", verb="POST").request(BASE)
    assert (BASE, b"action=a&apiKey=k&signature=") == (request.url, request.body[:28])
    assert "application/x-www-form-urlencoded" == request.headers["Content-Type"]


def test_the_format_of_the_answer_is_known_beforehand() -> None:
    """What cannot be had is answered as JSON."""
    forms = [{}, {"format": "xml"}, {"format": "jsonp", "callback": "f"}, {"format": "jsonp"}, {"format": "yaml"}]
    assert ["json", "xml", "jsonp", "json", "json"] == [PLAIN.with_(**form).format for form in forms]
