import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import Door, make_door
from mock_server.tests.doctor.bad_signers import KEY, SECRET

from flipsnack_mock.doctor.case import ANOTHER, OWN
from flipsnack_mock.doctor.cases import case_of_entry, case_of_params, case_of_url
from flipsnack_mock.doctor.diagnosis import diagnose
from flipsnack_mock.protocol.errors import BadRequest

WORLD = make_door().world
DOCUMENTED = "LK12NS-0-IOBW3S89VVJH12Z"
PUBLISHED_SECRET = "123ABCDE-456-7890-FGH"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.flipsnack.com/v1/?b=%20x&a=1%2B",
        "http://127.0.0.1:3547/t/worker-1/v1?b=%20x&a=1%2B#part",
        "/v1/?b=%20x&a=1%2B",
        "?b=%20x&a=1%2B",
        "b=%20x&a=1%2B",
    ],
)
def test_a_url_is_read_as_the_api_reads_it(door: Door, url: str) -> None:
    case = case_of_url(door.world, url)
    assert (("b", " x"), ("a", "1+")) == case.sent
    assert (("b", "%20x"), ("a", "1%2B")) == case.raw
    assert () == case_of_url(door.world, url.partition("b=")[0] + "#").sent


@pytest.mark.parametrize("url", ["?a=1&a=2", "?a=%zz", "?a=%ff", "?a=\udcff"])
def test_what_the_api_cannot_read_is_no_case(door: Door, url: str) -> None:
    with pytest.raises(BadRequest):
        case_of_url(door.world, url)
    with pytest.raises(BadRequest, match="more than once"):
        case_of_params(door.world, [("a", "1"), ("a", "2")], key=None, secret=None)


@settings(max_examples=40)
@given(st.text(), st.text())
def test_any_text_is_read_or_refused(before: str, query: str) -> None:
    try:
        case = case_of_url(WORLD, f"{before}?apiKey={KEY}&{query}&signature=0")
    except BadRequest:
        return
    assert diagnose(case, most_characters=100_000).verdict in ("explained", "unexplained", "unsigned", "no-secret")


def test_the_secret_belongs_to_the_key_in_the_request(door: Door) -> None:
    """Documented accounts and `test-` keys are known without setup, and a diagnosis creates no account."""
    own = case_of_url(door.world, f"?apiKey={DOCUMENTED}").secrets
    # The two documented accounts share a secret: neither is another's.
    assert {OWN: PUBLISHED_SECRET} == own
    known = case_of_url(door.world, f"?apiKey={KEY}").secrets
    assert SECRET == known[OWN]
    assert f"{ANOTHER}{DOCUMENTED}" in known
    assert door.world.existing(KEY) is None
    assert OWN not in case_of_url(door.world, "?apiKey=nobody").secrets
    assert "mine" == case_of_url(door.world, f"?apiKey={DOCUMENTED}", secret="mine").secrets[OWN]


def test_an_entry_is_the_request_as_it_came_and_a_form_has_no_spelling_of_a_url(door: Door) -> None:
    door.send("collectionHash=mock%2Dcomplete&apiKey=test-core&signature=x")
    [entry] = door.world.journal.entries()
    case = case_of_entry(door.world, entry)
    assert ("collectionHash", "mock-complete") == case.sent[0]
    assert ("collectionHash", "mock%2Dcomplete") == case.raw[0]
    body = b"apiKey=test-core&signature=x"
    door.send("a=1", method="POST", content_type="application/x-www-form-urlencoded", body=body)
    form = case_of_entry(door.world, door.entry)
    assert ((("a", "1"), ("apiKey", "test-core"), ("signature", "x")), ()) == (form.sent, form.raw)


def test_an_account_that_takes_capitals_says_so() -> None:
    door = make_door(uppercase_signatures=True)
    assert case_of_url(door.world, f"?apiKey={KEY}").uppercase
    assert not case_of_url(make_door().world, f"?apiKey={KEY}").uppercase
