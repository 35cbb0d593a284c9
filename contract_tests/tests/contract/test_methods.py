from typing import Any

import pytest

from flipsnack_contract.contract.ledger import sources
from flipsnack_contract.contract.methods import (
    Entry,
    MethodCode,
    Parameter,
    methods,
    objects,
    package_method,
    package_method_among,
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
parameters = [{ name = "pages", type = "number", required = true, class = "invented", source = ["design"] }]
codes = [{ code = 43 }]
"""


def test_a_method_is_a_value() -> None:
    """Its parameters, fields and codes too."""
    (fold,) = parse_methods(TWO)
    pages = Parameter(name="pages", type="number", required=True, certainty="invented", source=("design",))
    assert ((pages,), (), (MethodCode(code=43),)) == (fold.parameters, fold.fields, fold.codes)
    assert ("apiKey", "signature", "action", "pages") == fold.required
    assert (True, False) == (fold.takes("pages"), fold.takes("title"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("idempotent = false", 'idempotent = false\nnote = "x"'),
        ("idempotent = false", "idempotent = 1"),
        ('class = "invented"', 'class = "certain"'),
    ],
)
def test_an_unknown_entry_is_refused(right: str, wrong: str) -> None:
    """A slip in the table does not pass unnoticed."""
    with pytest.raises(ValueError, match="at `"):
        parse_methods(TWO.replace(right, wrong))


def test_the_method_that_makes_packages_is_found_by_its_answer() -> None:
    """It is the one with a `resourceUrl`; a table without one is refused."""
    assert "collection.downloadHTML" == package_method().name
    with pytest.raises(LookupError, match="no method of the table answers with a resourceUrl"):
        package_method_among(parse_methods(TWO))


def test_a_name_is_in_the_table_once() -> None:
    """Two entries with one name are a mistake in the table."""
    with pytest.raises(ValueError, match="repeats a name"):
        parse_methods(TWO + TWO)


@pytest.mark.parametrize(
    ("parameter", "right", "wrong"),
    [
        (Parameter(name="a", type="string"), "text", ()),
        (Parameter(name="a", type="string", default="x"), "x", ()),
        (
            Parameter(name="a", type="string", allowed=("asc", "desc")),
            "asc",
            ("none-of-these", "ascx", "ASC", "asc ", ""),
        ),
        (Parameter(name="a", type="boolean"), "true", ("maybe", "2", " true", "tru", "")),
    ],
)
def test_a_parameter_knows_right_and_wrong_values(parameter: Parameter, right: str, wrong: tuple[str, ...]) -> None:
    """By its default, its allowed values or its type; what is nearly an allowed value is wrong, but another one."""
    assert right == parameter.example
    assert {*wrong} <= {*parameter.wrong_values}
    assert bool(wrong) == bool(parameter.wrong_values)
    assert set() == {right, *parameter.allowed} & {*parameter.wrong_values}


@pytest.mark.parametrize("kind", ["number", "date", "url"])
def test_an_example_is_right_and_an_empty_value_is_wrong(kind: Any) -> None:
    parameter = Parameter(name="a", type=kind, minimum=1)
    assert parameter.example not in parameter.wrong_values
    assert {"", "0"} <= {*parameter.wrong_values}


def test_a_method_that_returns_an_object_has_its_fields() -> None:
    by_name = {one.name: one for one in methods()}
    assert objects()["collection"].fields == by_name["collection.update"].fields
    assert {"retired": 7, "other": 1} == {
        "retired": sum(one.retired for one in unbuilt()),
        "other": sum(not one.retired for one in unbuilt()),
    }


def test_each_entry_of_the_table_cites_sources_of_the_ledger() -> None:
    """The method, its parameters, fields and codes."""
    for one in methods():
        entries: tuple[Entry, ...] = (one, *one.parameters, *one.fields, *one.codes)
        for entry in entries:
            assert entry.source
            assert set(entry.source) <= sources().keys()
