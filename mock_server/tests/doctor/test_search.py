import hashlib
import itertools
from typing import Any
from urllib.parse import quote, unquote

import msgspec
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from mock_server.tests.conftest import DOCUMENT, make_door, signature_of
from mock_server.tests.doctor.bad_signers import KEY, MISTAKEN_STEPS, SECRET, signer_with, together, url_of
from mock_server.tests.doctor.wrong_programs import PROGRAMS, Params, Program
from mock_server.tests.doctor.wrong_programs import SECRET as PROGRAM_SECRET

from flipsnack_mock.doctor.case import OWN, Case
from flipsnack_mock.doctor.cases import case_of_entry, case_of_url
from flipsnack_mock.doctor.mistakes import MISTAKES
from flipsnack_mock.doctor.search import SearchResult, search
from flipsnack_mock.doctor.signature_format import PRINTED_EXAMPLES
from flipsnack_mock.protocol.messages import Form, UploadedFile
from flipsnack_mock.protocol.signature import canonical
from flipsnack_mock.state.settings import Settings
from flipsnack_mock.state.world import World

WORLD = World(Settings())
# Every mistake shows in this request: capital names, blanks, marks, empty values, a file, a URL.
RICH = {
    "collectionHash": "mock-complete",
    "action": "collection.downloadHTML",
    "Zone": " Carte du Café ",
    "note": "Crème brûlée à la carte & more",
    "query": "",
    "orderBy": "",
    "format": "json",
    "file": "document.pdf",
    "fileUrl": "https://a.test/my document.pdf",
    "apiKey": KEY,
}
# What is not found costs a second: a failure is not made smaller.
PHASES = (Phase.reuse, Phase.generate)
NAMES = st.text("abcXYZ", min_size=1, max_size=4)
VALUES = st.text(st.sampled_from("aB7 +&=%/~éßç\u0301Ω名"), max_size=6)


@st.composite
def requests(draw: Any) -> dict[str, str]:
    """A request with the usual parameters and some of anybody's, in any order."""
    params = {"apiKey": KEY, "action": "collection.downloadHTML", "collectionHash": "mock-complete"}
    params |= draw(st.dictionaries(NAMES, VALUES, max_size=4))
    params |= draw(st.fixed_dictionaries({}, optional={"format": st.just("json"), "file": VALUES}))
    return dict(draw(st.permutations(list(params.items()))))


def case_of(params: dict[str, str], signature: str) -> Case:
    return case_of_url(WORLD, url_of(params, signature))


def names(finding: SearchResult) -> list[set[str]]:
    return [{made.mistake for made in explanation.made} for explanation in finding.explanations]


def check(params: dict[str, str], *planted: str) -> None:
    """The mistakes are named, or others that give the same digest for this request."""
    try:
        signature = signer_with(*planted).sign(params)
    except UnicodeEncodeError:
        assume(False)
    assume(signature.strip() and "\0" not in signature and signature != signature_of(SECRET, params))
    case = case_of(params, signature)
    finding = search(case)
    assert finding.complete
    assert finding.explanations, f"{planted} in {params} not found"
    assert len(finding.explanations[0].made) <= len(planted)


@pytest.mark.parametrize("name", [name for name in MISTAKEN_STEPS if name != "leading-zeros"])
def test_each_mistake_is_found_and_no_other(name: str) -> None:
    """In a request where every mistake makes a difference, the one that was made is named, and it alone."""
    params = dict(RICH)
    assert [{name}] == names(search(case_of(params, signer_with(name).sign(params))))


def test_lost_leading_zeros_are_found() -> None:
    numbers = (RICH | {"page": str(number)} for number in itertools.count())
    params = next(params for params in numbers if signer_with().sign(params).startswith("0"))
    assert [{"leading-zeros"}] == names(search(case_of(params, signer_with("leading-zeros").sign(params))))


@pytest.mark.parametrize(("program", "mistakes", "params", "sign"), PROGRAMS, ids=[row[0] for row in PROGRAMS])
def test_what_people_write_is_found(program: str, mistakes: str, params: Params, sign: Program) -> None:
    sent = (*params.items(), ("signature", sign(PROGRAM_SECRET, params)))
    found = search(Case(sent=sent, secrets={OWN: PROGRAM_SECRET}))
    assert mistakes.split() == [made.mistake for made in found.explanations[0].made], program


@pytest.mark.parametrize(
    "left", ["9F3-02M", "9F3", "9F3$$K-02M", "9F3K-02M", "FLIPSNACK_SECRET=9F3$K-02M", "9F3$K-02M\r"]
)
def test_what_a_shell_or_a_file_of_settings_makes_of_the_secret_is_found(left: str) -> None:
    case = case_of(RICH, hashlib.md5(canonical(left, RICH).encode()).hexdigest())
    found = search(msgspec.structs.replace(case, secrets={OWN: "9F3$K-02M"}))
    assert [{"secret-altered"}] == names(found)


def test_every_mistake_of_the_table_is_made_here() -> None:
    made = {mistake for _, mistakes, _, _ in PROGRAMS for mistake in mistakes.split()}
    assert {mistake.name for mistake in MISTAKES} == made | set(MISTAKEN_STEPS) | {"copied-example", "object-sent"}


@pytest.mark.parametrize("digits", [8, 12, 16, 31, 32, 33, 40, 64, 128])
def test_noise_of_any_length_is_never_explained(digits: int) -> None:
    noise = hashlib.sha512(str(digits).encode()).hexdigest()[:digits]
    assert () == search(case_of(RICH, noise), most_characters=20_000_000).explanations


@settings(max_examples=15, phases=PHASES)
@given(params=requests(), secret=st.text("ABCDEF0123456789-", min_size=12, max_size=24))
def test_another_secret_is_never_taken_for_a_mistake(params: dict[str, str], secret: str) -> None:
    assert () == search(case_of(params, signature_of(secret, params)), most_characters=2_000_000).explanations


@settings(max_examples=25, phases=PHASES)
@given(params=requests(), name=st.sampled_from(sorted(MISTAKEN_STEPS)))
def test_one_mistake_in_any_request_is_explained(params: dict[str, str], name: str) -> None:
    check(params, name)


@settings(max_examples=10, phases=PHASES)
@given(
    params=requests(),
    pair=st.sampled_from([pair for pair in itertools.combinations(MISTAKEN_STEPS, 2) if together(*pair)]),
)
def test_two_mistakes_in_any_request_are_explained(params: dict[str, str], pair: tuple[str, str]) -> None:
    check(params, *pair)


def test_a_third_mistake_is_found_where_it_can_be_seen() -> None:
    signature = signer_with("separators", "format-not-signed", "upper-case").sign(RICH)
    assert [{"separators", "format-not-signed", "upper-case"}] == names(search(case_of(RICH, signature)))


def upload_case(signed: dict[str, str], params: dict[str, str], *files: UploadedFile) -> Case:
    """The case of an upload by a multipart form with `params`, whose signature covers `signed`."""
    door = make_door()
    text = "secret-test-core" + "".join(name + signed[name] for name in sorted(signed))
    sent = params | {"signature": hashlib.md5(text.encode()).hexdigest()}
    door.send(method="POST", content_type="multipart/form-data", form=Form(tuple(sent.items())), files=files)
    assert 44 == door.entry.code
    return case_of_entry(door.world, door.entry)


UPLOAD = {"apiKey": "test-core", "action": "collection.create", "title": "Spring & more"}
PATH = r"C:\My documents\Spring.pdf"


@pytest.mark.parametrize(
    ("file_name", "value", "how"),
    [
        (DOCUMENT.file_name, DOCUMENT.file_name, "its name"),
        (PATH, "Spring.pdf", "its name"),
        (PATH, PATH, "its path"),
        (PATH, "@./Spring.pdf", "that path, as curl takes it"),
        (PATH, DOCUMENT.digest, "the SHA-256 of its bytes"),
        (PATH, "", "nothing"),
    ],
)
def test_a_file_that_was_signed_is_recognised(file_name: str, value: str, how: str) -> None:
    document = msgspec.structs.replace(DOCUMENT, file_name=file_name)
    finding = search(upload_case(UPLOAD | {"file": value}, UPLOAD, document))
    assert [{"file-included"}] == names(finding)
    assert f"file signed with {how}" == finding.explanations[0].made[0].detail


URL = "https://a.test/My%20document.pdf"


@pytest.mark.parametrize(
    ("signed", "mistake"),
    [
        ({"fileUrl": quote(URL, safe="")}, "file-url-changed"),
        ({"fileUrl": unquote(URL)}, "file-url-changed"),
        ({}, "sent-not-signed"),
        ({"fileUrl": URL, "collectionStatus": "public"}, "signed-not-sent"),
    ],
)
def test_an_upload_by_url_is_explained(signed: dict[str, str], mistake: str) -> None:
    assert {mistake} in names(search(upload_case(UPLOAD | signed, UPLOAD | {"fileUrl": URL})))


@pytest.mark.parametrize("more", [{f"p{number}": "x" * 50 for number in range(900)}, {"title": " " * 20_000}])
def test_the_work_is_bounded(more: dict[str, str]) -> None:
    """A request of the greatest length that the API reads is given up after so many characters, and that is said."""
    finding = search(case_of(RICH | more, "0" * 32), most_characters=1_000_000)
    assert not finding.complete
    assert finding.tried < 100


@pytest.mark.parametrize(
    ("alone", "complete", "words"),
    [
        (True, True, "Everything known"),
        (True, False, "alone, and likely ones together"),
        (False, False, "cut short before each"),
    ],
)
def test_how_much_was_tried_is_put_in_words(alone: bool, complete: bool, words: str) -> None:
    assert words in SearchResult((), 1, alone, complete).extent


def test_every_mistake_has_a_unique_name_and_sentences_about_cause_and_fix() -> None:
    names = [mistake.name for mistake in MISTAKES]
    assert len(set(names)) == len(names)
    for sentence in (sentence for mistake in MISTAKES for sentence in (mistake.what, mistake.fix)):
        assert sentence[0].isupper() or sentence[0] == "`", sentence
        assert sentence[-1] in ".)", sentence


@pytest.mark.parametrize(
    "given",
    [" ", " " * 1000, "1 " * 500, "\\x41" * 200, '`"\\x4' * 100, "ab-" * 333, "0x" * 500, "-1 " * 333, "%41" * 333],
)
def test_any_text_for_a_signature_is_read_back_without_an_explanation(given: str) -> None:
    assert () == search(case_of(RICH, given), most_characters=100_000).explanations


def test_printed_signatures_are_32_digits_or_the_29_of_the_old_prose() -> None:
    assert {32, 29} == {len(digest) for digest in PRINTED_EXAMPLES}
