"""A contract test kit for the Flipsnack API v1: it judges fakes of it and clients for it, by rules that are data."""

try:
    import hypothesis as _hypothesis  # noqa: F401 - looked for here, so that every entry says the same when it is absent
except ImportError as missing:  # pragma: no cover - a base-only install is tested from the built wheel
    raise ImportError(
        f"flipsnack_contract needs {missing.name}, which comes with an extra: pip install 'flipsnack-kit[contract]', "
        "or, in a checkout, .venv/bin/pip install --editable '.[contract]'"
    ) from None
