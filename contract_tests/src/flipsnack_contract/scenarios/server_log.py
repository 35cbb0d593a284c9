"""The fake's journal of one scenario, read over HTTP."""

from collections.abc import Mapping
from typing import Any

from flipsnack_contract.scenarios.event import Event, Kind
from flipsnack_contract.scenarios.fault_catalogue import CANARY_PATH
from flipsnack_contract.target.control import Control

AS_LOGGED = ("method", "params", "code", "fault", "failed", "detail", "rule", "signature", "range")


def fetch_server_log(control: Control, *, diagnose: bool = False) -> tuple[Event, ...]:
    """Every request of a namespace, oldest first. Raises `Refused`.

    With `diagnose` the fake says what is wrong with the first wrong signature; that is the request's `detail` then.
    """
    records: list[dict[str, Any]] = control.call("GET", "/requests?limit=100000")["requests"]
    wrong = next((record for record in records if record.get("signature") == "wrong"), None)
    if diagnose and wrong is not None:
        wrong["detail"] = _diagnosis(control, wrong)
    # Numbered by their order, so that a failure reads the same in each run.
    return tuple(logged_event(f"#{number}", record) for number, record in enumerate(records, 1))


def logged_event(name: str, record: Mapping[str, Any]) -> Event:
    """The event of a record of the fake's journal. Raises `KeyError`, `TypeError`."""
    now = record["now_us"]
    return Event(
        name=name,
        kind=_kind(record),
        # A resource URL is known by its path and its masked signature.
        url=f"{record['path']}?{record.get('params', {}).get('Signature', '')}",
        start=now,
        end=now,
        wall=now,
        http_status=(record.get("answer") or {}).get("http_status"),
        state=record.get("status"),
        leaks=tuple(record.get("leaks", ())),
        **{field: record[field] for field in AS_LOGGED if field in record},
    )


def _kind(record: Mapping[str, Any]) -> Kind:
    if record["path"].endswith(CANARY_PATH):
        return "other"
    return "call" if record["kind"] == "api" else "download"


def _diagnosis(control: Control, record: dict[str, Any]) -> str:
    diagnosis: dict[str, Any] = control.call("GET", f"/requests/{record['id']}/diagnosis").get("signature", {})
    causes = diagnosis.get("causes", [])
    fixes = [mistake["fix"] for mistake in causes[0]["mistakes"]] if causes else []
    return " ".join((diagnosis.get("summary", record.get("detail", "")), *fixes))
