"""ARCHITECTURE.md names what there is."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = (REPOSITORY / "ARCHITECTURE.md").read_text()


def _folder(package: str) -> Path:
    (folder,) = REPOSITORY.glob(f"*/src/{package}")
    return folder


@pytest.mark.parametrize("package", ["flipsnack_mock"])
def test_the_table_of_rooms_has_a_line_for_each_folder(package: str) -> None:
    """No more and no fewer: a room that is added is described."""
    _, _, below = PAGE.partition(f"room of `{package}`")
    table, _, _ = below.partition("\n\n")
    rooms = re.findall(r"^\|(?: \d+ \|)? `(\w+)/` \|", table, re.MULTILINE)

    assert rooms == list(dict.fromkeys(rooms))
    assert set(rooms) == {path.name for path in _folder(package).iterdir() if any(path.glob("*.py"))}


@pytest.mark.parametrize(
    ("package", "entries"), [("flipsnack_mock", {"__init__.py", "__main__.py", "pytest_plugin.py"})]
)
def test_a_package_has_no_module_beside_its_rooms(package: str, entries: set[str]) -> None:
    """But for its entries."""
    assert entries == {path.name for path in _folder(package).glob("*.py")}


@pytest.mark.parametrize("package", ["flipsnack_mock"])
def test_rooms_and_modules_are_small(package: str) -> None:
    """A folder has at most 16 modules, a module at most 300 lines."""
    modules = list(_folder(package).rglob("*.py"))
    folders = [module.parent for module in modules if module.name != "__init__.py"]

    assert [] == [folder for folder in set(folders) if folders.count(folder) > 16]
    assert [] == [module for module in modules if len(module.read_text().splitlines()) > 300]


def test_the_page_names_each_module_of_the_client() -> None:
    """The client has no rooms: its modules stand in one folder."""
    modules = {path.stem for path in _folder("flipsnack_client").glob("*.py")} - {"__init__", "__main__"}

    assert set() == {name for name in modules if f"`{name}`" not in PAGE}
