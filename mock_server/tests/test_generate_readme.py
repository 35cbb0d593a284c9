import re
from pathlib import Path

import pytest
from mock_server import generate_readme

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.protocol.methods import INVENTED, METHODS, UNBUILT
from flipsnack_mock.state.jobs import TRANSITIONS
from flipsnack_mock.state.settings import setting_docs

PAGE = generate_readme.README.read_text("utf-8")
PAGES = {path: path.read_text("utf-8") for path in sorted(generate_readme.METHODS.glob("*.md"))}


def test_every_generated_file_is_fresh() -> None:
    wanted = generate_readme.files()
    assert set(PAGES) == {path for path in wanted if path.parent == generate_readme.METHODS}
    assert {path: path.read_text("utf-8") for path in wanted} == wanted


def test_every_method_has_a_page_with_all_that_the_table_says() -> None:
    for name, method in METHODS.items():
        page = PAGES[generate_readme.METHODS / f"{name}.md"]
        named = [(one.name, one.certainty) for one in method.parameters]
        for field, certainty in named + [(one.name, one.certainty) for one in method.fields]:
            assert re.search(rf"^\| `{field}` .*\| {certainty} \|", page, re.MULTILINE), (name, field)
        assert all(re.search(rf"^\| {one.code} \|.*\| {one.certainty} \|", page, re.MULTILINE) for one in method.codes)
        assert '"code": 20' in page


def test_the_index_names_every_method_and_everything_invented() -> None:
    index = generate_readme.ROOT.read_text("utf-8")
    assert all(f"`{name}`" in index for name in (*METHODS, *UNBUILT))
    assert all(f"`{name}`" in index for name in INVENTED)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_of_a_generated_page_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!\w+:)([^)]+)\)", PAGES[page])
    assert targets
    assert all((page.parent / target.partition("#")[0]).is_file() for target in targets)


def test_every_setting_and_route_has_a_row() -> None:
    assert set(setting_docs()) <= set(re.findall(r"^\| `(\w+)` \|", generate_readme.settings_table(), re.MULTILINE))
    rows = set(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", generate_readme.routes_table(), re.MULTILINE))
    assert {(entry.method, entry.path) for entry in ROUTES} == rows


def test_every_transition_is_an_arrow() -> None:
    expected = {(str(state), str(target)) for state, row in TRANSITIONS.items() for target in row.values()}
    arrows = set(re.findall(r"^    (\w+) --> (\w+):", generate_readme.jobs_diagram(), re.MULTILINE))
    assert expected == arrows


@pytest.mark.parametrize("name", generate_readme.PARTS)
def test_a_page_that_lost_its_markers_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"has no <!-- generated: {name} -->"):
        generate_readme.fresh(PAGE.replace(f"<!-- generated: {name} -->", ""))


@pytest.mark.parametrize("name", generate_readme.PARTS)
def test_a_stale_table_is_written_anew(name: str) -> None:
    stale = re.sub(rf"(<!-- generated: {name} -->\n).*?(<!-- end)", r"\1old\n\2", PAGE, flags=re.DOTALL)
    assert stale != PAGE
    assert generate_readme.fresh(stale) == PAGE
