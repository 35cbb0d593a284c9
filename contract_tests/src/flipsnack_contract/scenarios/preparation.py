"""Prepares an account for a scenario: its collections, settings and document; and the case that a client is given."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

from flipsnack_contract.adapter.case import Case, TimedAction
from flipsnack_contract.adapter.fake_server import Sandbox
from flipsnack_contract.adapter.messages import CaseOptions
from flipsnack_contract.contract.documents import jpg, padded_pdf, padded_png, pdf
from flipsnack_contract.scenarios.scenario import Scenario, TimelineEvent
from flipsnack_contract.target.control import AccountControl

# A client that still runs so long after its deadline does not end by itself.
AFTER_DEADLINE_MS = 120_000
LONGEST_MS = 3 * 3_600_000
"""A client without a deadline that still runs so long after its start does not give up by itself."""
OLD = b"what was there before"
OWN, FOREIGN = "f000001", "foreign"
"""The hashes of the collection that a scenario is about: of the account's own, and of another one's."""
NEIGHBOURS = {
    "another.zip": b"another package",
    "another.zip.part": b"a part of another package",
    "notes.txt": b"notes\n",
    "package.zip.bak": b"an older package",
    "package (1).zip": b"another older package",
    "package.part": b"a part of something else",
    "package.tmp": b"a note",
    "x.part": b"a part of another file",
    "x.tmp": b"",
}
"""Other files in the folder of the file: a run leaves them as they are."""
VISITED = [{"date": "2024-01-15", "views": 5, "time_spent": 90}, {"date": "2024-02-01", "views": 100}]
"""Statistics of a collection that is asked for those of some days; all others have none."""
STALE, STALE_ENDS = b"what a run left that was killed", (".part", ".tmp", ".partial", ".download")
"""A working file of another run, and how its name ends after that of the file: a client may use it up, or leave it."""
ARCHIVE = b"PK"
"""How a package begins."""
TEXT = b"What I did in my holidays.\r\nNothing.\n"
TITLES = ("Spring catalogue", "Summer & more", "Ünïcode 日本", "Price list", "Spring catalogue")


def collections_of(scenario: Scenario) -> list[dict[str, Any]]:
    """The collections that the account begins with: the one that the scenario is about, and those to be listed."""
    own = scenario.is_about_collection and scenario.whose in ("own", "deleted")
    found = [{"hash": OWN, **_about(scenario)}] if own else []
    for number in range(scenario.collections):
        status = ("public", "unlisted", "editable")[number % 3]
        found.append({"hash": f"f{2 + number:06}", "title": TITLES[number % len(TITLES)], "status": status})
    return found


def collection_for(scenario: Scenario, sandbox: Sandbox) -> str:
    """The hash that the client is told, of a collection as the scenario says. Empty for no collection."""
    if not scenario.is_about_collection:
        return ""
    if scenario.whose == "unknown":
        return scenario.unknown_hash
    if scenario.whose == "foreign":
        strange = {"hash": FOREIGN, **_about(scenario)}
        sandbox.control.create_account("somebody-else", "another secret", collections=[strange])
        return FOREIGN
    if scenario.whose == "deleted":
        sandbox.account.delete_collection(OWN)
    return OWN


def _about(scenario: Scenario) -> dict[str, Any]:
    """What the collection is that the scenario is about."""
    fields: dict[str, Any] = {"schedule": scenario.schedule, "pages": scenario.pages}
    fields |= {"package_bytes": scenario.package_bytes} if scenario.package_bytes else {}
    fields |= {"status": "editable"} if scenario.op == "publish" else {}
    fields |= {"statistics": VISITED} if "startDate" in scenario.params else {}
    fields |= {"conversion_schedule": scenario.conversion} if scenario.conversion else {}
    return fields


def prepare(scenario: Scenario, sandbox: Sandbox) -> None:
    """Set what the account's settings are in the scenario."""
    settings: dict[str, Any] = dict(scenario.settings)
    if scenario.op == "create":
        settings["conversion_schedule"] = scenario.schedule
    if settings:
        sandbox.account.settings(**settings)


def furnish(scenario: Scenario, dest: Path) -> bytes | None:
    """Put into the folder what is there before the run; what is at the destination then, None for no file.

    Where there is an older file, working files of a killed run are there too.
    """
    for name, content in NEIGHBOURS.items():
        dest.with_name(name).write_bytes(content)
    if (old := old_file_of(scenario)) is not None:
        dest.write_bytes(old)
        leave_stale(dest)
    return old


def leave_stale(dest: Path) -> None:
    """Put the working files of a killed run beside the file, where the client has none of that name."""
    # A client may have done anything to the folder, which is judged later.
    with suppress(OSError):
        for end in STALE_ENDS:
            if not (left := dest.with_name(dest.name + end)).exists():
                left.write_bytes(STALE)


def document_of(scenario: Scenario, boundary: bytes = b"") -> bytes:
    """The document that the client is to upload: it holds bytes of every kind, and a `boundary` between parts."""
    size, kind = scenario.document_bytes, scenario.document
    more = _every_byte(size) + (b"\r\n--%b\r\n\r\n--%b--\r\n" % (boundary, boundary) if boundary else b"")
    match kind:
        case "pdf":
            return padded_pdf(pdf(scenario.pages), more)
        case "png":
            return padded_png(more)
        case "jpg":
            return jpg() + more
    return TEXT if kind == "text" else b""


def old_file_of(scenario: Scenario) -> bytes | None:
    """The file that is at the destination before; None for none."""
    size = scenario.old_bytes
    return None if size is None else (OLD * (size // len(OLD) + 1))[:size]


def _every_byte(size: int) -> bytes:
    return hashlib.shake_256(b"a document of the kit").digest(size)


def case_of(scenario: Scenario, sandbox: Sandbox, collection: str, document: bytes | None = None) -> Case:
    """What the client is asked to do; the document to upload is there then."""
    deadline = None if scenario.deadline_s is None else milliseconds(scenario.deadline_s)
    horizon = LONGEST_MS if deadline is None else deadline + AFTER_DEADLINE_MS
    return Case(
        id=sandbox.name,
        op=scenario.op,
        base_url=sandbox.base_url,
        key="unknown-key" if scenario.who == "unknown-key" else scenario.key,
        secret=f"not {scenario.secret}" if scenario.who == "wrong-secret" else scenario.secret,
        args=_args(scenario, sandbox, collection, document),
        options=CaseOptions(format=scenario.format, deadline_ms=deadline, page_size=scenario.page_size),
        cancel_after_ms=None if scenario.cancel_after_s is None else milliseconds(scenario.cancel_after_s),
        needs=scenario.needs,
        horizon_ms=horizon + milliseconds(scenario.suspended_s),
    )


def _args(
    scenario: Scenario, sandbox: Sandbox, collection: str, document: bytes | None
) -> dict[str, str | dict[str, str]]:
    file = "" if document is None else str(_written(scenario, sandbox, document))
    match scenario.op:
        case "download" | "poll":
            return {"collection": collection, "dest": str(sandbox.dest)}
        case "call":
            params = {**({"collectionHash": collection} if collection else {}), **scenario.params}
            return {"action": scenario.action, "params": params, "files": {"file": file} if file else {}}
        case "create":
            return {"file": file, "params": scenario.params}
        case "list":
            return {"params": scenario.params}
    return {"collection": collection, "params": scenario.params}


def _written(scenario: Scenario, sandbox: Sandbox, document: bytes) -> Path:
    file = sandbox.dest.with_name(scenario.document_name)
    file.write_bytes(document)
    return file


def action_of(event: TimelineEvent, collection: str) -> TimedAction:
    """The event as something that happens on the clock of the account."""

    def happen(account: AccountControl) -> None:
        if event.what.startswith("maintenance"):
            account.maintenance(on=event.what == "maintenance-on")
        elif event.what == "add":
            account.create_collection(title="A new one")
        elif event.what == "delete":
            account.delete_collection(collection or listed(account)[0])
        elif account.job_state(collection) in ("NEW", "PROCESSING"):
            account.force(collection, "COMPLETE" if event.what == "complete" else "FAILED")

    if event.what == "suspend":
        return TimedAction(milliseconds(event.after_s), suspend_ms=milliseconds(event.for_s))
    return TimedAction(milliseconds(event.after_s), happen)


def listed(account: AccountControl) -> list[str]:
    """The hashes of the collections that are not deleted, newest first."""
    return [one["hash"] for one in reversed(account.collections()) if not one["deleted"]]


def milliseconds(seconds: float) -> int:
    """Whole milliseconds."""
    return round(seconds * 1000)
