"""Writes the JSON Schemas of the adapter protocol. Run by `make generate`; a test fails when a file is stale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from flipsnack_contract.adapter.messages import FromAdapter, FromKit

FOLDER = Path(__file__).parent / "src/flipsnack_contract/spec/adapter"
FILES: dict[str, Any] = {"from_kit.schema.json": FromKit, "from_adapter.schema.json": FromAdapter}


def text(direction: Any) -> str:
    """The content of one file: the JSON Schema of `FromKit` or `FromAdapter`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(direction)}
    return json.dumps(schema, indent=2) + "\n"


def main(folder: Path) -> None:
    """Write the files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, direction in FILES.items():
        (folder / name).write_text(text(direction), encoding="utf-8")


if __name__ == "__main__":
    main(FOLDER)
