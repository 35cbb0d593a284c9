from pathlib import Path

import pytest

from flipsnack_mock.api.methods import RUN
from flipsnack_mock.protocol import methods
from flipsnack_mock.protocol.methods import METHODS, PACKAGE_METHOD, UNBUILT, Parameter

REPOSITORY = Path(__file__).resolve().parents[3]


def test_the_copy_is_the_contract_kits_table() -> None:
    """`make generate` copies it."""
    copy = Path(methods.__file__).with_name("methods.toml").read_text()
    assert (REPOSITORY / "contract_tests/src/flipsnack_contract/spec/methods.toml").read_text() == copy


def test_each_method_of_the_table_is_built_and_no_other() -> None:
    assert METHODS.keys() == RUN.keys()
    assert not METHODS.keys() & UNBUILT


def test_download_html_is_what_the_vendor_documents() -> None:
    method = METHODS["collection.downloadHTML"]
    assert ("api", "GET", True, PACKAGE_METHOD) == (method.host, method.verb, method.idempotent, method.name)
    assert [("collectionHash", "string", True)] == [(one.name, one.type, one.required) for one in method.parameters]
    fields = {field.name: field.present for field in method.fields}
    assert {"status": "always", "resourceUrl": "with the status COMPLETE"} == fields
    assert [43] == [one.code for one in method.codes]


@pytest.mark.parametrize(
    ("accepted", "refused", "changes"),
    [
        (("x", "1", "a b\n"), (), {}),
        (("0", "-3", "10.5"), ("x", "1e3", "0x1", "1.", "٣"), {"type": "number"}),
        (("true", "False", "0", "1"), ("yes", "2"), {"type": "boolean"}),
        (("asc",), ("ASC", "up"), {"allowed": ("asc", "desc")}),
    ],
    ids=["string", "number", "boolean", "allowed"],
)
def test_a_value_is_accepted_by_its_type_and_the_allowed_values(
    accepted: tuple[str, ...], refused: tuple[str, ...], changes: dict[str, object]
) -> None:
    fields = {"name": "x", "does": "", "type": "string", "required": False, "signed": True, "source": ()}
    parameter = Parameter(certainty="assumed", **(fields | changes))  # type: ignore[arg-type]

    expected = dict.fromkeys(accepted, True) | dict.fromkeys(refused, False)
    assert expected == {value: parameter.accepts(value) for value in (*accepted, *refused)}
