import re
from collections.abc import Callable
from pathlib import Path

import pytest
from generate import fidelity, pages, tables
from generate.markdown import fresh

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.inspect.ledger import rules
from flipsnack_mock.protocol.methods import INVENTED, METHODS, UNBUILT
from flipsnack_mock.state.jobs import TRANSITIONS
from flipsnack_mock.state.settings import setting_docs


def test_every_generated_file_is_fresh() -> None:
    """Otherwise run `make generate`."""
    wanted = pages.files()
    assert set(pages.METHODS.glob("*.md")) == {path for path in wanted if path.parent == pages.METHODS}
    assert {path: path.read_text("utf-8") for path in wanted} == wanted


def test_every_method_has_a_page_with_all_that_the_table_says() -> None:
    for name, method in METHODS.items():
        page = (pages.METHODS / f"{name}.md").read_text("utf-8")
        named = [(one.name, one.certainty) for one in method.parameters]
        for field, certainty in named + [(one.name, one.certainty) for one in method.fields]:
            assert re.search(rf"^\| `{field}` .*\| {certainty} \|", page, re.MULTILINE), (name, field)
        assert all(re.search(rf"^\| {one.code} \|.*\| {one.certainty} \|", page, re.MULTILINE) for one in method.codes)
        assert '"code": 20' in page


def test_the_index_names_every_method() -> None:
    index = (pages.METHODS / "index.md").read_text("utf-8")
    assert all(f"| [`{name}`]({name}.md) |" in index for name in METHODS)


def test_the_page_about_fidelity_has_everything_that_is_not_documented() -> None:
    page = (pages.DOCS / fidelity.PAGE).read_text("utf-8")
    unsure = {name for name, rule in rules().items() if rule["class"] != "documented"}
    assert set() == {name for name in unsure | INVENTED | UNBUILT.keys() if f"| `{name}` |" not in page}


def test_every_setting_and_route_has_a_row() -> None:
    assert set(setting_docs()) <= set(re.findall(r"^\| `(\w+)` \|", tables.settings_table(), re.MULTILINE))
    rows = set(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", tables.routes_table(), re.MULTILINE))
    assert {(entry.method, entry.path) for entry in ROUTES} == rows


def test_the_page_about_the_control_plane_has_every_type_of_error() -> None:
    page = (pages.DOCS / "reference/control-plane.md").read_text("utf-8")
    source = "\n".join(path.read_text("utf-8") for path in (pages.REPOSITORY / "mock_server/src").rglob("*.py"))
    raised = set(re.findall(r"Refused\(\s*(\d+), \"(\w+)\"", source))
    assert len(raised) > 10
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d, ]+) \|", page, re.MULTILINE))
    assert set() == {(code, name) for code, name in raised if code not in rows.get(name, "")}


def test_every_transition_has_a_row() -> None:
    expected = {(str(state), str(target)) for state, row in TRANSITIONS.items() for target in row.values()}
    assert expected == set(re.findall(r"^\| `(\w+)` \| .* \| `(\w+)` \|$", tables.jobs_table(), re.MULTILINE))


PARTS = [(path, name) for path, parts in pages.PARTS.items() for name in parts]


@pytest.mark.parametrize(("path", "name"), PARTS, ids=lambda value: getattr(value, "name", value))
def test_a_page_that_lost_its_markers_is_refused(path: Path, name: str) -> None:
    text = path.read_text("utf-8").replace(f"<!-- generated: {name} -->", "")
    with pytest.raises(ValueError, match=f"has no <!-- generated: {name} -->"):
        fresh(text, pages.PARTS[path])


def test_a_stale_part_is_replaced_and_the_rest_stays() -> None:
    parts: dict[str, Callable[[], str]] = {"one": lambda: "new"}
    stale = "before\n<!-- generated: one -->\nold\n<!-- end: one -->\nafter\n"
    assert "before\n<!-- generated: one -->\n\nnew\n\n<!-- end: one -->\nafter\n" == fresh(stale, parts)
