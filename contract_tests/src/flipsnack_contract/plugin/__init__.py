"""The pytest plugin of the contract test kit: `pytest --pyargs flipsnack_contract --flipsnack-base-url URL`.

pytest finds it where flipsnack-kit is installed, or with `-p flipsnack_contract.plugin`. It does nothing unless the
package is among what is to be collected. Its hooks are in a module of their own: the commands read the options without
them. PYTEST_DONT_REWRITE
"""

pytest_plugins = ("flipsnack_contract.plugin.hooks",)
