"""Where the commands print."""

from __future__ import annotations

import sys

from rich.console import Console

__all__ = ["window"]


def window(*, width: int = 160) -> Console:
    """The terminal, or `width` columns where the output goes somewhere else."""
    return Console(width=None if sys.stdout.isatty() else width)
