"""Runs about collections: right ones, and ones that are wrong in one thing, by the check that they break."""

import hashlib
from typing import Any

from contract_tests.tests.scenarios.builders import COLLECTION, of, scenario_run

from flipsnack_contract.scenarios.event import Event
from flipsnack_contract.scenarios.scenario import Fault, TimelineEvent
from flipsnack_contract.scenarios.scenario_run import ScenarioRun

DOCUMENT = b"a document"
STORED: dict[str, Any] = {"title": "", "description": "", "status": "public", "deleted": False}
NEW = {**STORED, "hash": "new", "document": {"digest": hashlib.sha256(DOCUMENT).hexdigest(), "size": len(DOCUMENT)}}
OTHER = {**NEW, "document": {"digest": "0" * 64, "size": 4}}
MADE = of("create", data={"collectionHash": "new"}, state="processing")
DONE = {"hash": "new", "conversion": "complete"}
LOST = of("create", name="#1", fault="fault-0:reset", http_status=None, code=None)
LOSING = (Fault(name="lost", affects="upload", fault={"kind": "reset"}),)
REFUSED = of("create", code=45, failed="method")
PUBLISHING = {"collectionHash": COLLECTION, "collectionStatus": "public"}
PUBLISHED = of("update", params=PUBLISHING, data={"collectionHash": "new"})
ADDED = (TimelineEvent(after_s=1, what="add"),)


def _uploaded(*calls: Event, **fields: Any) -> ScenarioRun:
    return scenario_run(*calls, **{"op": "create", "document": DOCUMENT, "account": (NEW,), "value": DONE, **fields})


def _shown(after_s: float, state: str, collection: str = "new") -> Event:
    return of("getCollection", after_s, params={"collectionHash": collection}, state=state)


def _updated(**fields: Any) -> ScenarioRun:
    told = {"a": 1, "title": " x "}
    made = of("update", params={"collectionHash": COLLECTION, "title": "x"}, data=told)
    return scenario_run(made, **{"op": "call", "action": "collection.update", "value": told, **fields})


def _listed(*ranges: tuple[int, int], hashes: tuple[str, ...] = ("a", "b"), **fields: Any) -> ScenarioRun:
    form = {"format": fields["format"]} if "format" in fields else {}
    calls = [of("getList", 9 * at, params={"from": str(a), "to": str(b), **form}) for at, (a, b) in enumerate(ranges)]
    account = tuple({**STORED, "hash": name} for name in ("a", "b"))
    known = {"op": "list", "value": {"hashes": list(hashes)}, "account": account, "before": ("a", "b")}
    return scenario_run(*calls, **{**known, **fields})


def _asked(at: float) -> Event:
    return of("getStats", at, params={"collectionHash": COLLECTION}, data={"views": 1})


def _statistics(pause: float) -> ScenarioRun:
    return scenario_run(_asked(0), _asked(pause), op="statistics", value={"views": 1})


def _published(*calls: Event, **fields: Any) -> ScenarioRun:
    return scenario_run(PUBLISHED, *calls, **{"op": "publish", "value": {"hash": "new"}, **fields})


KEPT: dict[str, ScenarioRun] = {
    "a document that is converted": _uploaded(MADE, _shown(0, "processing"), _shown(2, "complete")),
    "a document that cannot be converted": _uploaded(
        MADE, _shown(0, "failed"), error="conversion_failed", schedule="failed"
    ),
    "an upload that a limit refused": _uploaded(of("create", code=31), of("create", 2), _shown(2, "complete")),
    "an upload whose answer is lost": _uploaded(LOST, error="uncertain", faults=LOSING),
    "an upload whose collection was found": _uploaded(LOST, of("getList"), _shown(0, "complete"), faults=LOSING),
    "an upload that breaks off": _uploaded(error="uncertain", cut_after=5_000, account=()),
    "an upload that is refused": _uploaded(REFUSED, error="refused_file", code=45, document="text", account=()),
    "an empty file that is not even sent": _uploaded(error="refused_file", document="empty", account=()),
    "a collection that is published": _published(_shown(0, "complete")),
    "a list": _listed((0, 1), (2, 3)),
    "a list that changed": _listed((0, 1), (1, 2), timeline=ADDED),
    "a list in xml that changed": _listed((0, 1), (1, 2), hashes=("a",), timeline=ADDED, format="xml"),
    "statistics that are kept": scenario_run(_asked(0), op="statistics", value={"views": 1}, elapsed_s=20),
    "a change": _updated(params={"title": "x"}),
}
BROKEN: dict[str, list[tuple[ScenarioRun, str]]] = {
    "success-was-answered": [
        (scenario_run(op="publish", value={"hash": "x"}), "expected code 20 for collection.update"),
        (scenario_run(of("getStats", code=22), op="statistics"), "expected code 20 for collection.getStats"),
        (scenario_run(of("update"), op="publish", value={"hash": "x"}), "{'collectionStatus': 'public'}"),
    ],
    "nothing-is-said-that-was-not-asked-for": [(_updated(), "expected [], got ['title']")],
    "the-method-has-the-parameters-that-were-given": [(_updated(params={"title": " x"}), "'title': ' x'}, got")],
    "conversions-are-asked-for-a-few-seconds-apart": [
        (_uploaded(MADE, _shown(0, "processing"), _shown(1.4, "complete")), "got 1.400 s")
    ],
    "an-upload-is-not-repeated-blindly": [
        (_uploaded(LOST, of("create", 5), faults=LOSING), "what follows the upload #1"),
        (_uploaded(of("create", 0, code=None), of("getList", 1), of("create", 5)), "expected no other upload"),
    ],
    "a-refused-upload-is-not-tried-again": [(_uploaded(REFUSED, of("create", 60)), "what follows code 45 (#1)")],
    "uploads-are-posts-to-the-upload-host": [
        (_uploaded(of("create", method="GET")), "expected 'POST', got 'GET'"),
        (_uploaded(of("create", url="/v1/?action=collection.create")), "expected [], got ['action']"),
        (_uploaded(of("create", url="https://api.flipsnack.com/v1/")), "expected upload.flipsnack.com"),
    ],
    "the-temporary-hash-is-left": [(_published(_shown(0, "complete", COLLECTION)), "expected the new hash new")],
    "statistics-are-kept": [(_statistics(59), "at least 60 s after the same statistics, got 59.000 s")],
    "the-document-arrives-as-it-is": [
        (_uploaded(MADE, account=(OTHER,)), "got 4 bytes"),
        (_uploaded(of("create", code=30, failed="method")), "expected to be accepted, got code 30"),
    ],
    "a-lost-answer-is-reported-as-uncertain": [
        (_uploaded(error="transport", cut_after=5_000, account=()), "class uncertain, got error transport"),
        (
            _uploaded(LOST, error="transport", faults=LOSING),
            "expected an error of class uncertain, got error transport",
        ),
        (_uploaded(LOST, value={"hash": "old"}, faults=LOSING), "expected an error of class uncertain, got ok"),
    ],
    "an-upload-that-broke-off-is-not-repeated": [(_uploaded(MADE, cut_after=5_000), "expected [], got ['#1']")],
    "a-refused-upload-is-reported-with-its-code": [
        (_uploaded(REFUSED, error="refused_file", code=34), "expected error refused_file, code 45"),
        (_uploaded(REFUSED, error="bad_request", code=45), "got error bad_request, code 45"),
    ],
    "a-conversion-ends-as-the-api-says": [
        (_uploaded(MADE), "expected 'complete', got 'processing'"),
        (_uploaded(MADE, _shown(0, "complete"), value={"hash": "new"}), "expected 'complete', got None"),
        (_uploaded(MADE, _shown(0, "failed"), error="transport"), "expected 'conversion_failed', got 'transport'"),
    ],
    "an-undisturbed-conversion-is-followed-to-its-end": [
        (_uploaded(MADE, error="transport"), "expected ok, got error transport")
    ],
    "a-collection-that-is-reported-was-made": [(_uploaded(MADE, value={"hash": "item"}), "expected one of ['new']")],
    "the-value-of-a-call-is-the-data-of-its-answer": [
        (_updated(value={"b": 1}), "expected {'a': 1, 'title': ' x '}, got {'b': 1}")
    ],
    "the-value-of-a-call-in-jsonp-is-that-data-too": [
        (_updated(value={"b": 1}, format="jsonp"), "expected {'a': 1, 'title': ' x '}, got {'b': 1}")
    ],
    "the-texts-of-an-answer-in-xml-are-kept": [
        (_updated(value={"a": "1", "title": "x"}, format="xml"), "title in the value, after #1"),
        (_updated(value={"a": "2", "title": " x "}, format="xml"), "a in the value, after #1"),
    ],
    "the-new-hash-is-reported": [(_published(value={"hash": COLLECTION}), "expected 'new', got 'f000001'")],
    "ranges-follow-each-other": [
        (_listed((1, 2)), "expected 0, got 1"),
        (_listed((0, 1), (3, 4)), "expected from 2, got 3"),
        (_listed((0, 1), (1, 2)), "expected from 2, got 1"),
        (_listed((0, 1), (3, 4), timeline=ADDED), "expected from 2, got 3"),
        (_listed((0, 1), params={"query": "x"}), "expected {'query': 'x'}, got {}"),
    ],
    "each-collection-is-given-once": [
        (_listed((0, 1), hashes=("a", "b", "a")), "expected ['a', 'b'], got ['a', 'a', 'b']"),
        (_listed((0, 1), hashes=("a",)), "expected 2 of them, got without b"),
        (_listed((0, 1), hashes=("a", "b", "c")), "expected 2 of them, got with c"),
        (_listed((0, 1), hashes=("a", "b", "c"), timeline=ADDED), "expected 2 of them, got with c"),
    ],
    "a-list-in-xml-is-understood": [(_listed((0, 1), hashes=("a",), format="xml"), "expected ['a', 'b'], got ['a']")],
}
