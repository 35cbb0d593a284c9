from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.doctor.careless import KEY, SECRET, careless

from flipsnack_mock.doctor import OWN, Case, diagnose
from flipsnack_mock.doctor.text_report import told


def text_of(params: dict[str, str], signature: str) -> str:
    """What a terminal is told of that request."""
    sent = (*params.items(), ("signature", signature))
    return told(diagnose(Case(sent=sent, secrets={OWN: SECRET})))


def test_the_verdict_comes_first_and_the_right_one_last() -> None:
    """Verdict, cause with its remedy and its text, then what to sign, the right signature and the given one."""
    params = {"apiKey": KEY, "b": "1"}
    given_signature = careless("secret-last").sign(params)
    assert [
        "The secret was put behind the parameters.",
        "",
        "  secret-last: the secret at the end",
        "               Put the secret in front of the joined parameters.",
        "  signed    apiKeytest-carelessb1[secret]",
        "",
        "  to sign   [secret]apiKeytest-carelessb1",
        f"  expected  {careless().sign(params)}",
        f"  given     {given_signature}",
    ] == text_of(params, given_signature).splitlines()


def test_what_else_fits_is_told_too() -> None:
    """With one empty value, to drop the empty ones and to drop that one are the same."""
    params = {"apiKey": KEY, "b": ""}
    text = text_of(params, careless("empty-dropped").sign(params))
    assert "The same signature comes of this, too:" in text
    assert "sent-not-signed: b left out" in text


@given(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)))
def test_nothing_that_a_terminal_obeys_is_printed(value: str) -> None:
    """Parameters are other people's text: control characters are spelt out."""
    text = text_of({"apiKey": KEY, "b": value}, careless().sign({"apiKey": KEY, "b": value}))
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
