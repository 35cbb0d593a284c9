"""The WSGI app that a name leads to."""

import os
import pkgutil
import sys
from collections.abc import Callable, Iterable

FACTORY = "expected a function that takes no argument and returns a WSGI app, as flipsnack_mock:create_app"


def load_app(name: str) -> Callable[..., Iterable[bytes]]:
    """The WSGI app that `module:factory` makes; modules of the working directory are found, too.

    Raises `ValueError` saying what is wrong with the name.
    """
    if not all(name.partition(":")):
        raise ValueError(
            f"{name!r} is not the name of an app; expected module:factory, as in flipsnack_mock:create_app"
        )
    if (here := os.getcwd()) not in sys.path:
        # A command does not look in the folder in which it is called, other than `python -m`.
        sys.path.append(here)
    try:
        make = pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError) as missing:
        raise ValueError(
            f"{name!r} cannot be loaded: {missing}; expected a module that is installed, or in the folder {here}"
        ) from None
    try:
        app: Callable[..., Iterable[bytes]] = make()
    except Exception as trouble:  # any error of the factory becomes one line for the user
        raise ValueError(f"{name!r} makes no app: {type(trouble).__name__}: {trouble}; {FACTORY}") from None
    if not callable(app):
        raise ValueError(f"{name!r} makes no app but {app!r:.80}; {FACTORY}")
    return app
