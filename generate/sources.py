"""Links to the sources of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flipsnack_mock.inspect.ledger import ledger


def sources(keys: Iterable[str], fidelity: str = "../fidelity.md") -> str:
    """Each source as a link to the vendor's page, or to the list on the page `fidelity`."""
    known = _known()
    return ", ".join(f"[{key}]({known[key].get('url', f'{fidelity}#sources')})" for key in keys)


def source_rows() -> Iterator[tuple[str, str]]:
    """Every source: its key, and its title with its address."""
    for key, source in _known().items():
        yield f"`{key}`", f"[{source['title']}]({source['url']})" if "url" in source else source["title"]


def _known() -> dict[str, Any]:
    return dict(ledger()["sources"])
