import json
import re
from pathlib import Path
from typing import get_args

import pytest
from mock_server.tests.conftest import Fake

from flipsnack_mock.faults.rules import FaultKind

PAGE = Path(__file__).parents[3] / "docs/faults.md"


@pytest.fixture(name="section")
def section_fixture() -> str:
    return PAGE.read_text("utf-8")


def rows(section: str, heading: str) -> dict[str, list[str]]:
    """The rows of the table with that first heading: the name in the first cell, and the other cells."""
    table = section.partition(f"| {heading} |")[2].partition("\n\n")[0]
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in table.splitlines()[2:]]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in cells}


def test_the_page_lists_every_kind_with_its_fields(section: str) -> None:
    kinds = {kind.__struct_config__.tag: list(kind.__struct_fields__) for kind in get_args(FaultKind)}
    assert kinds == {name: re.findall(r"`(\w+)`", cells[0]) for name, cells in rows(section, "kind").items()}


def test_the_rules_of_the_page_can_be_made(fake: Fake, section: str) -> None:
    bodies = re.findall(r"-d '(\{.+?\})'", section, re.DOTALL)
    assert bodies
    for body in bodies:
        assert 201 == fake.account("POST", "/faults", json.loads(body)).status_code
