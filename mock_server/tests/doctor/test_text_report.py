from hypothesis import given
from hypothesis import strategies as st
from mock_server.tests.doctor.bad_signers import KEY, SECRET, signer_with

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.diagnosis import diagnose
from flipsnack_mock.doctor.text_report import text_report


def text_of(params: dict[str, str], signature: str) -> str:
    sent = (*params.items(), ("signature", signature))
    return text_report(diagnose(Case(sent=sent, secrets={OWN: SECRET})))


def test_the_verdict_comes_first_and_the_right_one_last() -> None:
    """Verdict, cause with its remedy and its text, then what to sign, the right signature and the given one."""
    params = {"apiKey": KEY, "b": "1"}
    given_signature = signer_with("secret-last").sign(params)
    assert [
        "The secret was put after the parameters.",
        "",
        "  secret-last: the secret at the end",
        "               Put the secret in front of the joined parameters: once, without a name, nothing around it.",
        "  signed    apiKeytest-bad-signerb1[secret]",
        "",
        "  to sign   [secret]apiKeytest-bad-signerb1",
        f"  expected  {signer_with().sign(params)}",
        f"  given     {given_signature}",
    ] == text_of(params, given_signature).splitlines()


def test_what_else_fits_is_told_too() -> None:
    params = {"apiKey": KEY, "b": ""}
    text = text_of(params, signer_with("empty-dropped").sign(params))
    assert "This produces the same signature:" in text
    assert "sent-not-signed: b left out" in text


@given(st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)))
def test_nothing_that_a_terminal_obeys_is_printed(value: str) -> None:
    text = text_of({"apiKey": KEY, "b": value}, signer_with().sign({"apiKey": KEY, "b": value}))
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
