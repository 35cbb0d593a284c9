"""`python -m generate.openapi FOLDER` writes the OpenAPI documents that a release has beside its packages."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from flipsnack_mock.admin.openapi.document import control_document
from flipsnack_mock.admin.openapi.vendor import vendor_document
from flipsnack_mock.server.app import create_app


def write_openapi(folder: Path) -> None:
    """Write the document of the imitated API and that of the control plane as JSON."""
    create_app()  # which fills the table of routes
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in {"vendor": vendor_document(), "control-plane": control_document()}.items():
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (folder / f"{name}.openapi.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write_openapi(Path(sys.argv[1]))
