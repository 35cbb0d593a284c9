import datetime
import json
import tomllib
from pathlib import Path

import pytest

from flipsnack_mock.api.methods import RUN
from flipsnack_mock.protocol import methods
from flipsnack_mock.protocol.methods import INVENTED, METHODS, OBJECTS, PACKAGE_METHOD, UNBUILT, Argument, Parameter

REPOSITORY = Path(__file__).resolve().parents[3]


def test_the_copy_is_the_contract_kits_table() -> None:
    """`make generate` makes it."""
    copy = json.loads(Path(methods.__file__).with_name("methods.json").read_text())
    assert tomllib.loads((REPOSITORY / "contract_tests/src/flipsnack_contract/spec/methods.toml").read_text()) == copy


def test_each_method_of_the_table_is_built_and_no_other() -> None:
    assert METHODS.keys() == RUN.keys()
    assert not METHODS.keys() & UNBUILT.keys()


def test_download_html_is_what_the_vendor_documents() -> None:
    method = METHODS["collection.downloadHTML"]
    assert ("api", "GET", True, PACKAGE_METHOD) == (method.host, method.verb, method.idempotent, method.name)
    assert [("collectionHash", "string", True)] == [(one.name, one.type, one.required) for one in method.parameters]
    fields = {field.name: field.present for field in method.fields}
    assert {"status": "always", "resourceUrl": "with the status COMPLETE"} == fields
    assert [38, 43, 46] == [one.code for one in method.codes]


@pytest.mark.parametrize(
    ("accepted", "refused", "changes"),
    [
        ({"x": "x", "": "", "a b\n": "a b\n"}, (), {}),
        ({"0": 0, "-3": -3}, ("", "x", "10.5", "1e3", "0x1", " 1", "٣"), {"type": "number"}),
        ({"1": 1, "007": 7}, ("0", "-1"), {"type": "number", "minimum": 1}),
        ({"true": True, "False": False, "0": False, "1": True}, ("", "yes", "2"), {"type": "boolean"}),
        (
            {"2024-02-29": datetime.date(2024, 2, 29)},
            ("", "2023-02-29", "20240229", "2024-2-9", "2024-02-29T00:00:00"),
            {"type": "date"},
        ),
        (
            {url: url for url in ("http://a", "HTTPS://a.test/x.pdf?y")},
            ("", "ftp://a.test/x", "http://", "http:///x", "a.test/x.pdf", "https://a.test/x y"),
            {"type": "url"},
        ),
        ({"": ""}, ("document.pdf",), {"type": "file"}),
        ({"asc": "asc"}, ("", "ASC", "up"), {"allowed": ("asc", "desc")}),
    ],
    ids=["string", "number", "minimum", "boolean", "date", "url", "file", "allowed"],
)
def test_a_value_is_read_by_its_type_and_the_allowed_values(
    accepted: dict[str, Argument], refused: tuple[str, ...], changes: dict[str, object]
) -> None:
    fields = {"name": "x", "does": "", "type": "string", "required": False, "signed": True, "source": ()}
    parameter = Parameter(certainty="assumed", **(fields | changes))  # type: ignore[arg-type]

    expected = accepted | dict.fromkeys(refused)
    assert expected == {text: parameter.argument(text) for text in expected}


def test_each_default_and_each_example_is_a_value_of_its_parameter() -> None:
    for method in METHODS.values():
        for one in method.parameters:
            texts = [*one.examples, *([] if one.default is None else [one.default])]
            assert None not in [one.argument(text) for text in texts]


def test_what_a_method_returns_and_what_a_list_holds_is_an_object_of_the_table() -> None:
    assert METHODS["collection.create"].fields == OBJECTS["collection"].fields == METHODS["collection.update"].fields
    fields = [field for table in (METHODS, OBJECTS) for one in table.values() for field in one.fields]
    assert {field.items for field in fields if field.type == "list"} <= OBJECTS.keys()


def test_the_invented_names_are_those_that_no_source_documents() -> None:
    assert {"to", "collectionThumbnail", "flipbooks", "flipbookTitle", "flipbookStatus"} == INVENTED
