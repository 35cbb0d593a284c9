"""The pytest plugin of the contract test kit: `pytest -p flipsnack_contract.plugin --pyargs flipsnack_contract`.

Its hooks are in a module of their own: the commands read the options without them. PYTEST_DONT_REWRITE
"""

from importlib.util import find_spec

for _needed in ("pytest", "hypothesis", "msgspec"):
    if find_spec(_needed) is None:
        raise ModuleNotFoundError(
            f"flipsnack_contract.plugin needs {_needed}, which comes with an extra: "
            "pip install 'flipsnack-kit[contract]'",
            name=_needed,
        )

pytest_plugins = ("flipsnack_contract.plugin.hooks",)
