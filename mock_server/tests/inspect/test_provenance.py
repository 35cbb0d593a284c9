from urllib.parse import urlencode

import pytest
from mock_server.tests.conftest import DOCUMENT, Door, make_door, signed

from flipsnack_mock.inspect.ledger import ledger
from flipsnack_mock.inspect.provenance import (
    CHECK_RULES,
    METHOD_RULES,
    OUTCOME_RULES,
    cited_rules,
    invented_in,
    passed_checks,
    signature_verdict,
)
from flipsnack_mock.protocol.checks import STEPS
from flipsnack_mock.protocol.methods import METHODS

LEDGER = {rule["id"]: rule["class"] for rule in ledger()["rule"]}


def rules(door: Door) -> set[str]:
    return set(cited_rules(door.entry))


def test_the_table_names_every_check_and_only_rules_of_the_ledger() -> None:
    assert set(STEPS) == set(CHECK_RULES)
    assert set(METHODS) == set(METHOD_RULES)
    named = {rule for table in (CHECK_RULES, OUTCOME_RULES, METHOD_RULES) for rules in table.values() for rule in rules}
    assert named <= LEDGER.keys()


@pytest.mark.parametrize(
    ("rule", "params"),
    [
        ("signature.empty-values", {"title": ""}),
        ("signature.decoded-utf8", {"title": "Größe"}),
        ("signature.decoded-utf8", {"title": "a b"}),
        ("signature.byte-order", {"Title": "a"}),
    ],
)
def test_a_rule_is_named_only_where_it_mattered(door: Door, rule: str, params: dict[str, str]) -> None:
    """A reading of ours is a ground of the requests that another reading would have answered otherwise."""
    door.call()
    assert rule not in rules(door)
    door.send(urlencode(signed(**params)))
    assert rule in rules(door)


@pytest.mark.parametrize(
    ("changes", "first", "checks", "signature"),
    [
        ({"collectionHash": "nope"}, "code.43-unknown", STEPS[:-1], "right"),
        ({"signature": "0" * 32}, "code.44", STEPS[: STEPS.index("signature")], "wrong"),
        ({"apiKey": "nobody"}, "code.41", STEPS[: STEPS.index("key")], "unjudged"),
        ({"format": "csv"}, "format.unknown", STEPS[: STEPS.index("format")], "unjudged"),
    ],
)
def test_a_refusal_rests_on_the_rule_that_refused(
    door: Door, changes: dict[str, str], first: str, checks: tuple[str, ...], signature: str
) -> None:
    """The rule that refused stands first, and the order of the checks is a ground; later checks are none."""
    door.call(**changes)
    assert first == next(iter(cited_rules(door.entry)))
    assert "order.checks" in rules(door)
    assert (checks, signature) == (passed_checks(door.entry), signature_verdict(door.entry))


def test_classes_come_from_the_ledger(door: Door) -> None:
    door.call(collectionHash="mock-complete")
    assert cited_rules(door.entry).items() <= LEDGER.items()
    assert {"code.20", "job.fresh-resource-url", "answer.json"} <= rules(door)
    assert ((*STEPS,), "right") == (passed_checks(door.entry), signature_verdict(door.entry))


def test_a_download_rests_on_the_rules_of_the_url(door: Door) -> None:
    url = door.call()["data"]["resourceUrl"]
    door.fetch(url)
    assert {"url.zip", "url.lives-60s"} == rules(door)
    door.now += 60_000_000
    door.fetch(url)
    assert {"url.expired-is-403"} == rules(door)
    door.fetch(url.replace("Expires=1", "Expires=2"))
    assert {"url.tamper-proof"} == rules(door)


HASH = "mock-complete"
ANSWERED = [
    ("collection.create", {}, {"upload.title-default", "upload.quota"}, {"upload.file-wins", "upload.file-url-signed"}),
    (
        "collection.create",
        {"title": "A", "fileUrl": "http://a/b.pdf"},
        {"upload.file-url-signed"},
        {"upload.title-default"},
    ),
    (
        "collection.getCollection",
        {},
        {"conversion.states", "collection.empty-texts"},
        {"conversion.failure-is-reported"},
    ),
    ("collection.update", {"title": ""}, {"update.empty-text", "update.keeps"}, {"update.publishing-renames"}),
    ("collection.deleteCollection", {}, {"delete.gone"}, {"collection.object"}),
    ("collection.getEmbed", {}, {"embed.size"}, {"embed.start-page"}),
    ("collection.getStats", {"endDate": "2024-01-31"}, {"stats.dates", "parameter.value"}, {"parameter.unknown"}),
    ("collection.getList", {"to": "3"}, {"list.range"}, {"list.query", "list.status", "answer.xml-lists"}),
    ("collection.getList", {"format": "xml", "nosuch": "1"}, {"answer.xml-lists", "parameter.unknown"}, {"list.range"}),
    ("user.getStats", {}, {"user.uploads-left"}, {"parameter.value", "stats.fields"}),
    ("collection.downloadHTML", {}, {"conversion.then-package", "job.fresh-resource-url"}, {"collection.object"}),
]


@pytest.mark.parametrize(("action", "params", "cited", "others"), ANSWERED)
def test_an_answer_rests_on_the_rules_of_its_method(
    door: Door, action: str, params: dict[str, str], cited: set[str], others: set[str]
) -> None:
    named = "collectionHash" in {one.name for one in METHODS[action].parameters}
    wanted = signed(action=action, collectionHash=HASH if named else None, **params)
    files = (DOCUMENT,) if action == "collection.create" and "fileUrl" not in params else ()
    door.send(urlencode(wanted), method=METHODS[action].verb, files=files)
    assert 20 == door.entry.code
    assert cited <= rules(door)
    assert not others & rules(door)


def test_an_entry_says_what_in_it_is_invented() -> None:
    """Names of the request and of the answer, also under the name that a setting gave them, and rules."""
    door = make_door(invented_names={"flipbooks": "items", "collectionThumbnail": ""})
    door.upload(DOCUMENT, title="A")
    assert ("flipbookStatus", "flipbookTitle", "items") == invented_in(door.entry)
    door.upload(DOCUMENT)
    assert "upload.title-default" in invented_in(door.entry)
    door.act("collection.getList", to="3")
    assert ("to",) == invented_in(door.entry)
    door.call()
    assert () == invented_in(door.entry)
