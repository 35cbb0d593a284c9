"""ARCHITECTURE.md names what there is."""

import re
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FAKE = REPOSITORY / "mock_server/src/flipsnack_mock"
PAGE = (REPOSITORY / "ARCHITECTURE.md").read_text()


def test_the_table_of_rooms_has_a_line_for_each_folder() -> None:
    """No more and no fewer: a room that is added is described."""
    _, _, below = PAGE.partition("room of `flipsnack_mock`")
    table, _, _ = below.partition("\n\n")
    rooms = re.findall(r"^\|(?: \d+ \|)? `(\w+)/` \|", table, re.MULTILINE)

    assert rooms == list(dict.fromkeys(rooms))
    assert set(rooms) == {path.name for path in FAKE.iterdir() if any(path.glob("*.py"))}


def test_the_fake_has_no_module_beside_its_rooms_but_its_entries() -> None:
    assert {"__init__.py", "__main__.py", "pytest_plugin.py"} == {path.name for path in FAKE.glob("*.py")}


def test_rooms_and_modules_are_small() -> None:
    """A folder has at most 16 modules, a module at most 300 lines."""
    modules = list(FAKE.rglob("*.py"))
    folders = [module.parent for module in modules if module.name != "__init__.py"]

    assert [] == [folder for folder in set(folders) if folders.count(folder) > 16]
    assert [] == [module for module in modules if len(module.read_text().splitlines()) > 300]


def test_the_page_names_each_module_of_the_client() -> None:
    modules = {path.stem for path in (REPOSITORY / "client/src/flipsnack_client").glob("*.py")} - {
        "__init__",
        "__main__",
    }

    assert set() == {name for name in modules if f"`{name}`" not in PAGE}
