"""The order in which a call is checked: the rule `order.checks` of the ledger."""

STEPS = (
    "well-formed",
    "format",
    "maintenance",
    "required",
    "key",
    "limits",
    "action",
    "verb",
    "signature",
    "parameters",
    "collection",
)
"""The names of the checks; the journal names the one that refused a call."""

METHOD = "method"
"""The journal names this when a call passed all checks, and the method itself refused it."""
