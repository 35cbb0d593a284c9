import pytest

from flipsnack_contract.contract.ledger import UnknownRule, breaking, messages, named, rule, rules, sources, untested


def test_each_rule_cites_known_sources() -> None:
    """A rule stands on at least one source, and each is in the table of sources."""
    cited = {key for one in rules().values() for key in one.source}
    assert cited <= sources().keys()
    assert all(one.source for one in rules().values())


def test_a_documented_rule_cites_a_page_of_the_vendor() -> None:
    """`documented` is a claim about a page, so a page with an address must be among the sources."""
    without = [
        one.id
        for one in rules().values()
        if one.kind == "documented" and not any("flipsnack.com" in (sources()[key].url or "") for key in one.source)
    ]
    assert [] == without


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("by", {"server", "client"}),
        ("level", {"MUST", "SHOULD"}),
        ("kind", {"documented", "observed", "assumed", "invented"}),
    ],
)
def test_rules_use_the_ledgers_words(field: str, words: set[str]) -> None:
    """Who keeps it, how strictly and how well it is known are each one of a few words."""
    assert {getattr(one, field) for one in rules().values()} <= words


def test_a_rule_is_found_by_its_id() -> None:
    """The id is the address of a rule."""
    assert "url.lives-60s" == rule("url.lives-60s").id
    assert rule("url.lives-60s").is_must


def test_an_unknown_id_is_refused_with_a_hint() -> None:
    """The refusal names the id and the command that lists the known ones."""
    with pytest.raises(UnknownRule, match=r"'no\.such' is not a rule; .* list"):
        rule("no.such")


def test_what_is_not_tested_are_rules_with_reasons() -> None:
    """An entry of `untested.toml` is a rule of the ledger, with a sentence."""
    assert untested().keys() <= rules().keys()
    assert all(len(reason) > 20 for reason in untested().values())


def test_each_rule_can_be_broken_in_a_way_that_is_told() -> None:
    """One sentence for each rule, and none for a rule that is gone."""
    assert rules().keys() == breaking().keys()
    assert {True} == {way.endswith(".") for way in breaking().values()}


def test_messages_are_those_of_the_vendors_table() -> None:
    """Number and message, letter by letter, of the codes that collection.downloadHTML documents."""
    expected = {
        30: "Missing mandatory parameter",
        31: "Requests per second limit exceeded",
        32: "Requests per minute limit exceeded",
        40: "Bad request",
        41: "Invalid credentials",
        42: "Invalid action",
        43: "Forbidden",
        44: "Invalid signature",
    }
    assert expected == {code: messages()[code] for code in expected}


def test_a_code_is_named_for_readers() -> None:
    """With its message, or with a word that there is none."""
    assert "44 (Invalid signature)" == named(44)
    assert "99 (not in the table of the vendor)" == named(99)
