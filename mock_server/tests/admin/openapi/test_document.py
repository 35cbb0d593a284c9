import io
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from mock_server.tests.conftest import Fake, signed
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.protocol.errors import CATALOGUE
from flipsnack_mock.protocol.methods import METHODS, UNBUILT
from flipsnack_mock.testing.pdf import make_pdf

DOCUMENTS = {"control": "/__admin/openapi.json", "vendor": "/__admin/openapi/vendor.json"}


def document(fake: Fake, name: str) -> dict[str, Any]:
    served: dict[str, Any] = fake.admin("GET", DOCUMENTS[name]).get_json()
    return served


def validator(described: dict[str, Any], schema: str) -> jsonschema.Draft202012Validator:
    """What judges values by one of the schemas of a document."""
    resource = Resource.from_contents(described, default_specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    reference = {"$ref": f"urn:document#/components/schemas/{schema}"}
    return jsonschema.Draft202012Validator(reference, registry=registry)


def inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from inside(inner)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_reference_leads_to_a_schema_and_every_schema_is_one(fake: Fake, name: str) -> None:
    described = document(fake, name)
    schemas = described["components"]["schemas"]
    known = {f"#/components/schemas/{schema}" for schema in schemas}
    named = {str(one["$ref"]) for one in inside(described) if "$ref" in one}
    assert named
    assert named <= known
    for schema in (*(one["schema"] for one in inside(described) if "schema" in one), *schemas.values()):
        jsonschema.Draft202012Validator.check_schema(schema)
    patterns = [str(one["pattern"]) for one in inside(described) if isinstance(one.get("pattern"), str)]
    assert all("\\Z" not in pattern for pattern in patterns)


def test_every_route_for_programs_is_described(fake: Fake) -> None:
    described = {
        (method.upper(), re.sub(r"{(\w+)}", r"<\1>", path)): operation
        for path, operations in document(fake, "control")["paths"].items()
        for method, operation in operations.items()
    }
    assert {(entry.method, entry.path): entry.does for entry in ROUTES if entry.access != "page"} == {
        route: operation["summary"] for route, operation in described.items()
    }
    assert len(described) == len({operation["operationId"] for operation in described.values()})


@pytest.mark.parametrize(
    ("schema", "path", "body", "status"),
    [
        ("NewAccount", "/__admin/accounts", {"key": "mine"}, 201),
        ("NewAccount", "/__admin/accounts", {"key": "a/b"}, 400),
        ("NewAccount", "/__admin/accounts", {}, 400),
        ("ClockAdvance", "/__admin/accounts/test-a/clock/advance", {"seconds": 1.5}, 200),
        ("ClockAdvance", "/__admin/accounts/test-a/clock/advance", {"seconds": -1}, 400),
        ("NewCollection", "/__admin/accounts/test-a/collections", {"hash": "x.y", "pages": 3}, 201),
        ("NewCollection", "/__admin/accounts/test-a/collections", {"hash": ".x"}, 400),
        ("NewCollection", "/__admin/accounts/test-a/collections", {"pages": 0}, 400),
        ("NewFault", "/__admin/accounts/test-a/faults", {"fault": {"kind": "delay", "seconds": 1}}, 201),
        ("NewFault", "/__admin/accounts/test-a/faults", {"fault": {"kind": "nosuch"}}, 400),
        ("NewFault", "/__admin/accounts/test-a/faults", {"preset": "slow", "nosuch": 1}, 400),
    ],
)
def test_a_body_is_taken_just_when_the_document_says_so(
    fake: Fake, schema: str, path: str, body: dict[str, Any], status: int
) -> None:
    assert status == fake.admin("POST", path, body).status_code
    assert (status < 400) == validator(document(fake, "control"), schema).is_valid(body)


@pytest.mark.parametrize("changes", [{}, {"collectionHash": "mock-never"}, {"signature": "x"}, {"apiKey": "nobody"}])
def test_answers_and_refusals_are_as_described(fake: Fake, changes: dict[str, str]) -> None:
    validator(document(fake, "vendor"), "Envelope").validate(fake.call(**changes).get_json())
    refusal = fake.admin("GET", "/__admin/accounts/nobody").get_json()
    validator(document(fake, "control"), "Refusal").validate(refusal)


def test_the_vendors_document_says_of_everything_how_well_it_is_known(fake: Fake) -> None:
    """Each parameter, field and code has the class of the method table, and an invented one says so in words."""
    described = document(fake, "vendor")
    schemas, methods = described["components"]["schemas"], described["x-methods"]
    assert list(METHODS) == list(methods)
    assert list(UNBUILT) == list(described["x-unbuilt"])
    for name, method in METHODS.items():
        shown = methods[name]
        assert {one.name: one.certainty for one in method.parameters} == classes(shown["parameters"])
        own = {one.code: one.certainty for one in method.codes}
        assert own.items() <= {one["code"]: one["x-class"] for one in shown["codes"]}.items()
        if method.fields:
            fields = schemas[shown["data"]["$ref"].rpartition("/")[2]]["properties"]
            assert {one.name: one.certainty for one in method.fields} == classes(fields)
    invented = [one for one in inside(described) if one.get("x-class") == "invented" and "description" in one]
    assert invented
    listed = [*described["paths"]["/v1/"]["get"]["parameters"], *schemas["collection"]["properties"].values()]
    assert all("invented" in one["description"] for one in listed if one["x-class"] == "invented")


def classes(described: dict[str, Any]) -> dict[str, str]:
    return {name: one["x-class"] for name, one in described.items()}


def test_an_upload_is_described_as_a_multipart_body(fake: Fake) -> None:
    content = document(fake, "vendor")["paths"]["/v1/"]["post"]["requestBody"]["content"]
    file = content["multipart/form-data"]["schema"]["properties"]["file"]
    assert ("string", "binary", "documented") == (file["type"], file["format"], file["x-class"])
    assert "file" not in content["application/x-www-form-urlencoded"]["schema"]["properties"]


@pytest.mark.parametrize("name", METHODS)
def test_the_data_of_every_method_is_as_described(fake: Fake, name: str) -> None:
    method, described = METHODS[name], document(fake, "vendor")
    params = {"includePageStats": "true"} if name == "collection.getStats" else {}
    hash_of = "mock-complete" if "collectionHash" in [one.name for one in method.parameters] else None
    call = signed(action=name, collectionHash=hash_of, **params)
    files = {"file": (io.BytesIO(make_pdf()), "a.pdf")} if method.verb == "POST" else {}
    sent = {"data": call | files} if files else {"query_string": call}
    answer = fake.client.open("/v1/", method=method.verb, **sent).get_json()
    validator(described, "Envelope").validate(answer)
    wanted = described["x-methods"][name]["data"]
    assert (wanted is None) == ("data" not in answer)
    if wanted is not None:
        validator(described, wanted["$ref"].rpartition("/")[2]).validate(answer["data"])
        assert {one.name for one in method.fields} == answer["data"].keys()


def test_the_vendors_document_knows_every_code(fake: Fake) -> None:
    envelope = document(fake, "vendor")["components"]["schemas"]["Envelope"]
    assert {20, *CATALOGUE} == set(envelope["properties"]["code"]["enum"])
    assert all(error.message in envelope["description"] for error in CATALOGUE.values())
