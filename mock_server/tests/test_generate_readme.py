import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from flipsnack_mock.admin.routes import ROUTES
from flipsnack_mock.state.jobs import TRANSITIONS
from flipsnack_mock.state.settings import setting_docs

SCRIPT = Path(__file__).parents[1] / "generate_readme.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_readme", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = _loaded()
PAGE = GENERATE.README.read_text("utf-8")


def test_the_tables_of_the_page_are_fresh() -> None:
    assert GENERATE.fresh(PAGE) == PAGE


def test_every_setting_and_route_has_a_row() -> None:
    assert set(setting_docs()) <= set(re.findall(r"^\| `(\w+)` \|", GENERATE.settings_table(), re.MULTILINE))
    rows = set(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", GENERATE.routes_table(), re.MULTILINE))
    assert {(entry.method, entry.path) for entry in ROUTES} == rows


def test_every_transition_is_an_arrow() -> None:
    expected = {(str(state), str(target)) for state, row in TRANSITIONS.items() for target in row.values()}
    arrows = set(re.findall(r"^    (\w+) --> (\w+):", GENERATE.jobs_diagram(), re.MULTILINE))
    assert expected == arrows


@pytest.mark.parametrize("name", GENERATE.PARTS)
def test_a_page_that_lost_its_markers_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"has no <!-- generated: {name} -->"):
        GENERATE.fresh(PAGE.replace(f"<!-- generated: {name} -->", ""))


@pytest.mark.parametrize("name", GENERATE.PARTS)
def test_a_stale_table_is_written_anew(name: str) -> None:
    stale = re.sub(rf"(<!-- generated: {name} -->\n).*?(<!-- end)", r"\1old\n\2", PAGE, flags=re.DOTALL)
    assert stale != PAGE
    assert GENERATE.fresh(stale) == PAGE
