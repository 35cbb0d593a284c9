"""Where Hypothesis keeps its files, and which constants it draws: none of the code that happens to lie here."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import configuration
from hypothesis.internal.conjecture import providers

_LOCAL = "_get_local_constants"


def keep_files_in(folder: Path | None) -> None:
    """Keep Hypothesis' files below `folder`, or nowhere; without this it leaves `.hypothesis` in the current folder."""
    configuration.set_hypothesis_home_dir((folder or Path(os.devnull)) / "hypothesis")


@contextmanager
def same_everywhere() -> Iterator[None]:
    """Draw no constants of local source until the block ends.

    Hypothesis takes numbers and texts out of the modules that are not installed in site-packages, and there is no
    setting for that: a run from a checkout would draw other values by one seed than a run of an installed kit.
    """
    known: Any = getattr(providers, _LOCAL, None)  # older versions draw none
    if known is None:
        yield
        return
    # `known` reads every module, so it is asked only where the class has no name of its own.
    made = getattr(providers, "Constants", None) or type(known())
    nothing = made()
    _use(lambda: nothing)
    try:
        yield
    finally:
        _use(known)


def _use(local_constants: Any) -> None:
    setattr(providers, _LOCAL, local_constants)
    providers.CONSTANTS_CACHE.cache.clear()  # it holds those of before
