import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipsnack_mock.inspect.masking import MASK, Mask, label, masked_urls
from flipsnack_mock.protocol.secrets import Secrets

OWN = "123ABCDE-456-7890-FGH"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.text("abcXYZ09_-", min_size=1, max_size=8).filter(lambda name: name.lower() != "signature")


@given(st.dictionaries(names, texts, max_size=5), st.integers(0, 5), st.booleans())
def test_the_secret_is_masked_wherever_it_stands(params: dict[str, str], place: int, plus: bool) -> None:
    values = list(params.items())
    values.insert(place, ("value", f"before {OWN} after"))
    query = urlencode(values, quote_via=quote_plus if plus else quote).encode()
    assert OWN not in Mask(OWN).raw(query)
    assert "value" in Mask(OWN).leaks(dict(values))


def hexed(secret: str) -> str:
    return secret.encode().hex()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in small letters": str.lower,
    "percent-encoded": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "encoded here and there": lambda secret: secret.replace("A", "%41").replace("-", "%2d"),
    "encoded twice": lambda secret: quote(quote(secret.replace("-", "/"), safe=""), safe="").replace("%252F", "%252D"),
    "in hexadecimal digits": hexed,
    "in base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "encoded three times": lambda secret: quote(
        quote(quote(secret.replace("-", "/"), safe=""), safe=""), safe=""
    ).replace("%25252F", "%25252D"),
    "for HTML": lambda secret: secret.replace("A", "&#65;").replace("-", "&#x2d;"),
    "for HTML, then percent-encoded": lambda secret: quote(secret.replace("A", "&#65;").replace("-", "&#x2d;")),
    "percent-encoded, then for JSON": lambda secret: quote(secret).replace("-", "%2d").replace("%", "\\u0025"),
    "for JSON": lambda secret: secret.replace("A", "\\u0041"),
    "for JavaScript": lambda secret: "".join(f"%u{ord(one):04x}" for one in secret),
    "for Python": lambda secret: "".join(f"\\x{ord(one):02X}" for one in secret),
    "in base64 behind a key": lambda secret: base64.b64encode(f"key1:{secret}".encode()).decode(),
    "in base64 among others": lambda secret: base64.urlsafe_b64encode(f"ab{secret}cd".encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_of_the_secret_is_as_good_as_the_secret(spelling: str) -> None:
    """As a value, a name, in a path, in a query and among other words."""
    written, mask = SPELLINGS[spelling](OWN), Mask(OWN)
    for text in (written, f"before {written} after", f"/v1/{written}/x", f"'{written}' is no method"):
        assert written not in mask.text(text)
        assert MASK in mask.text(text)
    assert written not in str(mask.params({written: written}))
    assert written not in mask.raw(f"{written}={written}&{written}".encode())
    assert ("a",) == mask.leaks({"a": written, "b": "no"})


@given(st.dictionaries(names, texts, max_size=5))
def test_what_has_no_secret_is_shown_as_it_was_sent(params: dict[str, str]) -> None:
    query = urlencode({name: value for name, value in params.items() if "secret" not in name.lower()})
    assert query == Mask(OWN).raw(query.encode())


@given(texts.filter(bool))
def test_a_signature_is_masked_whatever_it_is(signature: str) -> None:
    """The value of `signature` is never shown, in a query or a form."""
    query = urlencode({"a": "1", "signature": signature, "b": "2"}).encode()
    assert f"a=1&signature={MASK}&b=2" == Mask(OWN).raw(query)
    assert f"a=1&signature={MASK}&b=2" == Mask(OWN).raw(query, "application/x-www-form-urlencoded")


def test_of_any_other_body_nothing_is_shown() -> None:
    assert MASK == Mask(OWN).raw(b'{"secret": "abc"}', "application/json")
    assert MASK == Mask(OWN).raw(b"signature = abc", "text/plain")
    assert MASK == Mask(OWN).raw(b"--cut\r\n", "multipart/form-data; boundary=cut")


@pytest.mark.parametrize("name", ["secret", "apiSecret", "API_SECRET"])
def test_what_is_called_a_secret_is_masked(name: str) -> None:
    assert {name: MASK} == Mask(None).params({name: "whatever"})
    assert (name,) == Mask(None).leaks({name: "whatever"})


OF_WORDS = SPELLINGS | {"in base64 twice": lambda secret: base64.b64encode(base64.b64encode(secret.encode())).decode()}


@pytest.mark.parametrize("spelling", sorted(OF_WORDS.keys() - {"in base64 among others"}))
def test_a_word_that_is_a_spelling_of_another_accounts_secret_is_masked(spelling: str) -> None:
    written, mask = OF_WORDS[spelling](OWN), Mask(None, Secrets([OWN]))
    for text in (written, f"before {written} after", f"nothing is served at /v1/{written}: look"):
        assert written not in mask.text(text)


def test_signatures_are_masked_wherever_they_stand() -> None:
    """Of the request, and of the link that it pastes."""
    signature, token = "0123456789abcdef" * 2, "AZrI0kqG_hY-AAAAAAAAAAGd"
    mask = Mask(None, sent={"signature": signature, "Signature": token})
    assert f"/v1/{MASK}/{label(token)}" == mask.text(f"/v1/{signature}/{token}")
    link = "http://h/p.zip?Expires=1&Signature=AAA&Key-Pair-Id=K"
    for text in (link, quote(link, safe=""), quote(quote(link, safe=""), safe="")):
        assert text.replace("AAA", label("AAA")) == mask.text(text)


SEVERAL_WORDS = ("one&two=3", "a secret", '"x"; y', " un, deux\n", "Käse/{sieben}", "one two three four five six")


@pytest.mark.parametrize("secret", SEVERAL_WORDS)
@pytest.mark.parametrize(
    "spelling", [str, str.upper, quote, quote_plus, html.escape, json.dumps, lambda one: quote(quote(one))]
)
def test_a_secret_of_others_that_is_several_words_is_masked(secret: str, spelling: Callable[[str], str]) -> None:
    written, others = spelling(secret), Secrets(["single", secret, "one or two"])
    mask = Mask(None, others)
    for text in (written, f"before {written} after", f"/v1/{written}/x", f"a={written}&b=one two"):
        assert written.strip() not in mask.text(text)
        assert ("a",) == mask.leaks({"a": text, "b": "one two"})
    assert written.strip() not in mask.raw(f"a={quote(written)}&b=c".encode())
    others.remove(secret)
    assert "one&two, a SECRETS" == mask.text("one&two, a SECRETS")


def test_secrets_of_other_accounts_are_masked_as_a_word() -> None:
    mask = Mask(None, Secrets(["other-secret"]))
    assert "/v1/***/x" == mask.text("/v1/other-secret/x")
    assert {"a": MASK, "b": "no other-secrets"} == mask.params({"a": "other-secret", "b": "no other-secrets"})
    assert "the path is '***'" == mask.text("the path is 'secret-test-gone'")


def test_a_short_secret_does_not_blacken_everything() -> None:
    mask = Mask("ab")
    assert {"title": "about", "note": MASK} == mask.params({"title": "about", "note": "ab"})


def test_the_same_resource_url_has_the_same_label() -> None:
    text = "http://h/p.zip?Expires=1&Signature=AAA-_b&Key-Pair-Id=K, &amp;Signature=CCC&amp;x"
    assert (
        f"http://h/p.zip?Expires=1&Signature={label('AAA-_b')}&Key-Pair-Id=K, &amp;Signature={label('CCC')}&amp;x"
        == (masked_urls(text))
    )
    assert label("AAA") == label("AAA") != label("CCC")
    assert f"Expires=1&Signature={label('AAA')}" == Mask(OWN).raw(b"Expires=1&Signature=AAA")


@given(st.binary(max_size=60), st.sampled_from(["", "application/x-www-form-urlencoded"]))
def test_any_bytes_can_be_masked(raw: bytes, content_type: str) -> None:
    """Whatever a client sends, showing it never fails."""
    Mask(OWN, Secrets(["other-secret"])).raw(raw, content_type)
