"""A reference client for the Flipsnack API v1.

    with Flipsnack(api_key, secret) as flipsnack:
        flipsnack.download_html("d3m0h45h").save("package.zip")

`flipsnack_client.exceptions` draws the tree of everything that can be raised.

PYTEST_DONT_REWRITE
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

# The command begins in this package, and has to answer Ctrl-C before the HTTP library is imported.
if TYPE_CHECKING:
    from flipsnack_client.public import *  # noqa: F403
else:

    def __getattr__(name):
        from importlib import import_module

        public = import_module("flipsnack_client.public")
        # That import has also set the package's modules as attributes of the package.
        return globals()[name] if name in globals() else getattr(public, name)

    def __dir__():
        return sorted({*globals(), *__getattr__("__all__")})
