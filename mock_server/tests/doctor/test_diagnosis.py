from itertools import combinations

import msgspec
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import signature_of
from mock_server.tests.doctor.bad_signers import KEY, MISTAKEN_STEPS, OTHER_SECRET, SECRET, signer_with, together

from flipsnack_mock.doctor.case import ANOTHER, OWN, Case
from flipsnack_mock.doctor.diagnosis import diagnose

PARAMS = {"collectionHash": "fxh4k89", "action": "collection.downloadHTML", "apiKey": KEY, "note": "Café à la carte"}
CANONICAL = f"[secret]actioncollection.downloadHTMLapiKey{KEY}collectionHashfxh4k89noteCafé à la carte"
SECRETS = {OWN: SECRET, f"{ANOTHER}45FD-267-7SG7832": OTHER_SECRET}


def case(signature: str | None, *, secrets: dict[str, str] = SECRETS, uppercase: bool = False) -> Case:
    sent = PARAMS | ({} if signature is None else {"signature": signature})
    return Case(sent=tuple(sent.items()), secrets=secrets, uppercase=uppercase)


def test_a_right_signature_is_called_right() -> None:
    found = diagnose(case(signature_of(SECRET, PARAMS)))
    assert ("right", CANONICAL, signature_of(SECRET, PARAMS)) == (found.verdict, found.canonical, found.expected)
    assert ((), 0) == (found.causes, found.tried)


def test_a_cause_says_what_was_signed_and_how_to_mend_it() -> None:
    [cause] = diagnose(case(signer_with("separators").sign(PARAMS))).causes
    [mistake] = cause.mistakes
    assert "separators" == mistake.name
    assert "'=' between name and value, '&' between parameters" == mistake.how
    assert "nothing in between" in mistake.fix
    assert cause.signed.startswith("[secret]action=collection.downloadHTML&apiKey=")


def test_the_verdict_depends_on_signature_secret_and_setting() -> None:
    """Unsigned requests have an expected signature, unknown accounts none; a setting accepts upper case."""
    unsigned = diagnose(case(None))
    assert ("unsigned", signature_of(SECRET, PARAMS)) == (unsigned.verdict, unsigned.expected)
    unknown = diagnose(case("0" * 32, secrets={}))
    assert ("no-secret", None, CANONICAL) == (unknown.verdict, unknown.expected, unknown.canonical)
    upper = signature_of(SECRET, PARAMS).upper()
    assert "right" == diagnose(case(upper, uppercase=True)).verdict
    assert "upper-case" == diagnose(case(upper)).causes[0].mistakes[0].name


def test_another_accounts_secret_is_named_by_its_key() -> None:
    [cause] = diagnose(case(signer_with("secret-of-another").sign(PARAMS))).causes
    assert "signed with the secret of 45FD-267-7SG7832" == cause.mistakes[0].how
    assert cause.signed.startswith("[secret of 45FD-267-7SG7832]action")


@pytest.mark.parametrize(
    ("digest", "words"),
    [
        ("2298a6456c1dd2d12b895ce4688ffe31", "matches no documented request"),
        ("26e781d3d1751d82ec284acf4a019def", "How to sign a request"),
        ("26e781d3d1751d82ec284acf4a019", "three digits are missing"),
    ],
)
def test_an_example_of_the_vendors_page_is_recognised(digest: str, words: str) -> None:
    [mistake] = diagnose(case(digest)).causes[0].mistakes
    assert "copied-example" == mistake.name
    assert words in mistake.how


@pytest.mark.parametrize(
    ("sent", "writer"),
    [
        ("[B@1b6d3586", "Java"),
        ("[object Promise]", "JavaScript"),
        ("System.Byte[]", "C#"),
        ("<md5 _hashlib.HASH object @ 0x7f1>", "Python"),
        ("#<Digest::MD5: 9e107d9d>", "Ruby"),
        ("Array", "PHP"),
        ("undefined", "a value that is not a text"),
        ("{{signature}}", "a placeholder"),
    ],
)
def test_the_text_of_an_object_in_place_of_the_digits_is_recognised(sent: str, writer: str) -> None:
    [mistake] = diagnose(case(sent)).causes[0].mistakes
    assert "object-sent" == mistake.name
    assert writer in mistake.how


@pytest.mark.parametrize(
    ("secret", "named"),
    [
        (SECRET, SECRET),
        (OTHER_SECRET, OTHER_SECRET),
        ("a-secret-of-my-own", "the one that you configured for it (18 characters)"),
    ],
)
def test_a_wrong_secret_is_said_first_and_names_the_right_one_where_everybody_knows_it(secret: str, named: str) -> None:
    wrong = case(signature_of("nobody has it", PARAMS), secrets={OWN: secret})
    found = diagnose(wrong, most_characters=5_000_000)
    assert ("unexplained", ()) == (found.verdict, found.causes)
    assert f"Most likely another secret was used; this account's secret is {named}." == found.summary
    assert f"{found.tried:,} ways to sign were tried; none produces the signature." == found.notes[1]
    assert any("cannot be found by trying" in note for note in found.notes)
    assert "a-secret-of-my-own" not in msgspec.json.encode(found).decode()


@pytest.mark.parametrize(
    ("most", "summary", "note"),
    [
        (5_000_000, "Most likely another secret was used; ", "The diagnosis was cut short: each known mistake was"),
        (
            50_000,
            "The search was cut short before every known mistake",
            "The diagnosis was cut short before each known",
        ),
    ],
)
def test_how_far_the_search_came_is_said(most: int, summary: str, note: str) -> None:
    found = diagnose(case(signature_of("nobody has it", PARAMS)), most_characters=most)
    assert found.summary.startswith(summary)
    assert found.notes[2].startswith(note)


def test_a_format_that_no_right_signature_has_is_said_before_the_secret() -> None:
    found = diagnose(case("JueB09F1HYLsKErPSgGd7w=="), most_characters=5_000_000)
    assert "The signature looks like 16 bytes in base64; the vendor's signature is hexadecimal." in found.summary
    assert f"Most likely another secret was used; this account's secret is {SECRET}." in found.summary


def test_what_is_no_digest_is_not_blamed_on_the_secret() -> None:
    found = diagnose(case("signature"))
    assert ("unexplained", "The signature is not a digest; expected 32 lower-case hexadecimal digits.") == (
        found.verdict,
        found.summary,
    )


@settings(max_examples=12, phases=(Phase.reuse, Phase.generate))
@given(st.sampled_from([pair for pair in combinations(MISTAKEN_STEPS, 2) if together(*pair)]))
def test_no_secret_is_ever_in_a_diagnosis(pair: tuple[str, str]) -> None:
    # The decomposed accent of NFD is not in Latin-1: nobody can sign so.
    assume(set(pair) != {"normal-form", "latin-1"})
    found = diagnose(case(signer_with(*pair).sign(PARAMS)), most_characters=5_000_000)
    # What cannot be explained names the secret of a `test-` account, which everybody knows.
    text = msgspec.json.encode(msgspec.structs.replace(found, summary="")).decode()
    assert SECRET not in text
    assert OTHER_SECRET not in text
    sent = (("apiKey", KEY), ("secret", SECRET), ("signature", "0" * 32))
    assert SECRET not in diagnose(Case(sent=sent, secrets=SECRETS), most_characters=0).canonical
