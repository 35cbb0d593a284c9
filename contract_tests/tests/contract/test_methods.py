import tomllib
from importlib import resources

import pytest

from flipsnack_contract.contract.ledger import sources
from flipsnack_contract.contract.methods import (
    Field,
    Method,
    Parameter,
    UnknownMethod,
    method,
    methods,
    parse_methods,
    unbuilt,
)

TWO = """
[[method]]
name = "collection.fold"
host = "upload"
verb = "POST"
idempotent = false
read_only = false
class = "documented"
source = ["design"]
parameters = [{ name = "pages", type = "number", required = true, class = "invented", source = ["design"] }]
fields = [{ name = "folded", type = "boolean", class = "invented", source = ["design"] }]
codes = [{ code = 43, class = "documented", source = ["design"] }]
"""


def test_a_method_is_a_value() -> None:
    """How well each part is known is left out: no check depends on it."""
    fold = Method(
        name="collection.fold",
        host="upload",
        verb="POST",
        idempotent=False,
        read_only=False,
        parameters=(Parameter("pages", "number", required=True),),
        fields=(Field("folded", "boolean"),),
        codes=frozenset({43}),
    )
    assert (fold,) == parse_methods(TWO)
    assert ("apiKey", "signature", "action", "pages") == fold.required
    assert ("GET", True, False) == (fold.other_verb, fold.takes("pages"), fold.takes("title"))


def test_a_method_is_found_by_its_name() -> None:
    """An unknown name is refused with the known ones."""
    assert "collection.downloadHTML" == method("collection.downloadHTML").name
    with pytest.raises(UnknownMethod, match=r"'collection\.fold' is not in spec/methods\.toml; it has collection\."):
        method("collection.fold")


def test_a_name_is_in_the_table_once() -> None:
    """Two entries with one name are a mistake in the table, and no method is both built and unbuilt."""
    with pytest.raises(ValueError, match="a name twice"):
        parse_methods(TWO + TWO)
    assert set() == {one.name for one in methods()} & set(unbuilt())


@pytest.mark.parametrize(
    ("parameter", "right", "wrong"),
    [
        (Parameter("a", "string"), "text", ()),
        (Parameter("a", "string", default="x"), "x", ()),
        (Parameter("a", "string", allowed=("asc", "desc")), "asc", ("none-of-these", "ascx")),
        (Parameter("a", "number"), "1", ("x", "1x", "0x1")),
        (Parameter("a", "boolean"), "1", ("maybe", "2")),
    ],
)
def test_a_parameter_knows_right_and_wrong_values(parameter: Parameter, right: str, wrong: tuple[str, ...]) -> None:
    """By its default, its allowed values or its type."""
    assert (right, wrong) == (parameter.example, parameter.wrong_values)


def test_each_entry_of_the_table_says_how_well_it_is_known() -> None:
    """A class of the table's four, and sources of the ledger."""
    text = resources.files("flipsnack_contract").joinpath("spec", "methods.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["method"]:
        for one in (entry, *entry["parameters"], *entry["fields"], *entry["codes"]):
            assert one["class"] in ("documented", "observed", "assumed", "invented")
            assert one["source"]
            assert set(one["source"]) <= sources().keys()
