"""The buttons of the page: each is a form that calls another route of the control plane."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from flipsnack_mock.admin.routes import ROUTES, Context, Route
from flipsnack_mock.admin.ui.faults import with_exact_values
from flipsnack_mock.admin.ui.fields import AS_JSON
from flipsnack_mock.protocol.errors import Refused
from flipsnack_mock.protocol.expectation import expectation, place_of


class Action(NamedTuple):
    """The action of a button: the route that it calls, and the status message afterwards.

    `named` has fields of the form that have another name in the body of the route.
    """

    method: str
    path: str
    said: str
    named: Mapping[str, str] = {}


_ACCOUNT = "/__admin/accounts/<key>"
ACTIONS = {
    "advance": Action("POST", f"{_ACCOUNT}/clock/advance", "The clock was advanced."),
    "freeze": Action("POST", f"{_ACCOUNT}/clock/freeze", "The clock is frozen."),
    "resume": Action("POST", f"{_ACCOUNT}/clock/resume", "The clock is running."),
    "maintenance": Action("PUT", f"{_ACCOUNT}/maintenance", "Maintenance was switched for this account."),
    "maintenance-everywhere": Action("PUT", "/__admin/maintenance", "Maintenance was switched for all accounts."),
    "create-collection": Action("POST", f"{_ACCOUNT}/collections", "The collection was created."),
    "force": Action("PUT", f"{_ACCOUNT}/jobs/<hash>", "The job was forced."),
    "convert": Action("PUT", f"{_ACCOUNT}/collections/<hash>/conversion", "The conversion was forced."),
    "delete-collection": Action("DELETE", f"{_ACCOUNT}/collections/<hash>", "The collection is deleted: code 43."),
    "set-day": Action("PUT", f"{_ACCOUNT}/collections/<hash>/statistics/<date>", "The day was saved."),
    "forget-day": Action("DELETE", f"{_ACCOUNT}/collections/<hash>/statistics/<date>", "The day was removed."),
    "set-uploads": Action("PUT", f"{_ACCOUNT}/uploads", "The month's uploads were set."),
    "add-fault": Action("POST", f"{_ACCOUNT}/faults", "The fault was added."),
    "remove-fault": Action("DELETE", f"{_ACCOUNT}/faults/<id>", "The fault was removed."),
    "clear-faults": Action("DELETE", f"{_ACCOUNT}/faults", "All faults were removed."),
    "clear-requests": Action("DELETE", f"{_ACCOUNT}/requests", "The journal is empty."),
    "create-account": Action("POST", "/__admin/accounts", "The account was created."),
    "change-settings": Action("PATCH", f"{_ACCOUNT}/settings", "The settings were saved."),
    "fork": Action("POST", f"{_ACCOUNT}/fork", "The account was copied: this is the copy.", {"copy": "key"}),
    "restore": Action("PUT", f"{_ACCOUNT}/snapshot", "The account was restored."),
    "reset": Action("POST", f"{_ACCOUNT}/reset", "The account was reset."),
    "explain": Action("POST", "/__admin/explain", ""),
}


class RefusedForm(NamedTuple):
    """What was typed into the form of a button that was refused, or asked something, which the page shows again.

    `message` stands beside `field`; where that is empty, only above the page.
    """

    form: Mapping[str, str] = {}
    message: str = ""
    field: str = ""

    def of(self, button: str, **same: str) -> "RefusedForm":
        """This one where it is of `button`, and the fields that tell its forms apart are the `same`; else none."""
        wanted = {"do": button, **same}
        return self if wanted.items() <= self.form.items() else NOT_REFUSED

    def value(self, name: str, now: object) -> object:
        """What was typed into a field; `now` where nothing was refused."""
        return self.form.get(name, now)


NOT_REFUSED = RefusedForm()


def refused_form(form: Mapping[str, str], refusal: Refused) -> RefusedForm:
    """The form of a `refusal`, with the field that its path leads to."""
    place = str(refusal.facts.get("path", "$")).partition("[")[0].removeprefix("$.")
    action = ACTIONS.get(form.get("do", ""))
    named = {field: name for name, field in action.named.items()} if action else {}
    candidates = (named.get(place, place), f"{place}{AS_JSON}", "snapshot")
    return RefusedForm(form, refusal.message, next((name for name in candidates if name in form), ""))


def carry_out(context: Context, wanted: str, form: Mapping[str, str]) -> Any:
    """The answer of the route that the button `wanted` calls with the fields of `form`.

    Raises `Refused` for an unknown button, for fields that it does not take, and as the route does.
    """
    action = ACTIONS.get(wanted)
    if action is None:
        raise Refused(400, "bad_request", f"the page has no button {wanted[:40]!r}")
    entry = next(one for one in ROUTES if (one.method, one.path) == (action.method, action.path))
    if wanted == "add-fault":
        form = with_exact_values(form)
    parts = {name: value for name, value in form.items() if f"<{name}>" in entry.path}
    if missing := [name for name in re.findall(r"<([a-z]+)>", entry.path) if name not in parts]:
        raise Refused(400, "bad_request", f"the form has no field {missing[0]!r}, which the button {wanted!r} needs")
    fields = {action.named.get(name, name): value for name, value in form.items() if name not in parts and value}
    body = fields["snapshot"].encode() if "snapshot" in fields and wanted == "restore" else _body(entry, fields)
    return entry.handler(context._replace(args=parts, query={}, raw_body=body))


def _body(entry: Route, fields: Mapping[str, str]) -> bytes:
    """The form fields as the JSON body of the route; `a.b` is the field `b` of the object `a`, `a:json` is JSON."""
    if entry.body is None:
        return b""
    nested = _nested(fields)
    if "key" not in entry.body.__struct_fields__:
        # Every form contains the key of its account.
        nested.pop("key", None)
    try:
        body = msgspec.to_builtins(msgspec.convert(nested, entry.body, strict=False))
    except msgspec.ValidationError as refusal:
        message, path = expectation(refusal, entry.body), place_of(refusal)
        raise Refused(400, "bad_request", message, path=path) from None
    # What the form does not name is left to the route.
    return msgspec.json.encode({name: body[name] for name in nested if name in body})


def _nested(fields: Mapping[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        *outer, inner = name.split(".")
        into = nested
        for part in outer:
            into = into.setdefault(part, {})
            if not isinstance(into, dict):
                raise Refused(
                    400, "bad_request", f"the form has the fields {part!r} and {name!r}; expected one of them"
                )
        into[inner.removesuffix(AS_JSON)] = _decoded(inner, value) if inner.endswith(AS_JSON) else value
    return nested


def _decoded(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as refusal:
        field = name.removesuffix(AS_JSON)
        message = f"{field}: {expectation(refusal, None)}"
        raise Refused(400, "bad_request", message, path=f"$.{field}") from None
